//! Schemas of GraphQL: who may change what, how much one field gives, and what no field should give.

use std::collections::BTreeMap;

use palisade_inventory::graphql::{Definition, Facts, Kind, Schema};
use palisade_inventory::{Inventory, Subject};
use palisade_model::Location;
use palisade_model::Severity::{Info, Low, Medium};

use super::document::Teller;
use super::{cost, meta};
use crate::check::likely;
use crate::{Check, Report};

const PAGE: &str = include_str!("schema.md");

static OPEN_MUTATION: Check = Check::on_inventory(
    likely(meta(
        "app/schema-open-mutation",
        "mutation has no directive that guards it",
        PAGE,
        Medium,
        &["CWE-862", "OWASP-API:API5"],
    )),
    open_mutations,
);

static UNBOUNDED_LIST: Check = Check::by_scanner(likely(cost(meta(
    "app/schema-unbounded-list",
    "query gives a whole list at once",
    PAGE,
    Info,
    &["CWE-770", "OWASP-API:API4"],
))));

static SECRET_FIELD: Check = Check::by_scanner(meta(
    "app/schema-secret-field",
    "schema gives out a secret",
    PAGE,
    Medium,
    &["CWE-200", "OWASP-API:API3"],
));

static SECRET_ARGUMENT: Check =
    Check::by_scanner(meta("app/schema-secret-in-query", "query takes a password", PAGE, Low, &["CWE-598"]));

/// See the page.
pub(super) static CHECKS: &[&Check] = &[&OPEN_MUTATION, &UNBOUNDED_LIST, &SECRET_FIELD, &SECRET_ARGUMENT];

/// Parts of the names of directives that say who may pass.
const GUARDS: [&str; 12] = [
    "auth",
    "role",
    "permission",
    "permit",
    "guard",
    "policy",
    "scope",
    "login",
    "loggedin",
    "private",
    "access",
    "allow",
];

/// Parts of the names of mutations that everybody may call.
const PUBLIC: [&str; 26] = [
    "login",
    "logout",
    "signin",
    "signup",
    "signout",
    "register",
    "authenticate",
    "password",
    "refresh",
    "verify",
    "confirm",
    "activate",
    "token",
    "session",
    "subscribe",
    "contact",
    "feedback",
    "noop",
    "ping",
    "otp",
    "callback",
    "createuser",
    "createaccount",
    "createcustomer",
    "accountregister",
    "log",
];

/// What an argument is called that bounds a list, or says which of it is meant.
const BOUNDS: [&str; 19] = [
    "first",
    "last",
    "limit",
    "take",
    "top",
    "size",
    "pagesize",
    "perpage",
    "count",
    "page",
    "pagination",
    "paging",
    "max",
    "maxresults",
    "ids",
    "id",
    "n",
    "paginate",
    "options",
];

/// Whether a directive guards; `@public` and its kin decide too.
fn guards(directives: &[String]) -> bool {
    directives.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        GUARDS.iter().any(|word| name.contains(word))
            || matches!(name.as_str(), "public" | "anonymous" | "isauthed" | "admin" | "isadmin")
    })
}

/// What is kept until every file was seen.
pub(super) fn facts(schema: &Schema, subject: &Subject<'_>) -> Facts {
    let mutation = schema.root("mutation");
    let mut facts = Facts::default();
    for definition in &schema.definitions {
        if definition.kind != Kind::Object || definition.name != mutation {
            continue;
        }
        for field in &definition.fields {
            let name = field.name.to_ascii_lowercase();
            if guards(&definition.directives) || guards(&field.directives) {
                facts.guarded += 1;
            } else if !PUBLIC.iter().any(|word| name.contains(word)) && !name.starts_with('_') {
                facts.open.push((field.name.clone(), subject.locate(field.span)));
            }
        }
    }
    facts
}

/// A schema is spread over the files of a folder, or of folders side by side.
fn group(path: &str) -> &str {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.rsplit_once('/').map_or("", |(above, _)| above)
}

fn open_mutations(inventory: &Inventory, report: &mut Report<'_>) {
    let mut groups: BTreeMap<&str, (usize, Vec<&(String, Location)>)> = BTreeMap::new();
    for file in &inventory.files {
        if let Some(facts) = file.graphql.as_deref() {
            let (guarded, open) = groups.entry(group(&file.path)).or_default();
            *guarded += facts.guarded;
            open.extend(&facts.open);
        }
    }
    for (guarded, open) in groups.values() {
        // Who guards few by directives guards the rest elsewhere.
        for (name, place) in open.iter().filter(|_| open.len() <= *guarded) {
            report.finding_at(
                place.clone(),
                format!(
                    "other mutations of this schema say who may call them, `{name}` does not; give it their directive"
                ),
            );
        }
    }
}

/// Judges one schema.
pub(super) fn judge(schema: &Schema, teller: &mut Teller<'_, '_>) {
    let (query, mutation) = (schema.root("query"), schema.root("mutation"));
    for definition in &schema.definitions {
        if !matches!(definition.kind, Kind::Object | Kind::Interface) {
            continue;
        }
        if definition.name == query {
            root_query(schema, definition, teller);
        }
        if ![&query, &mutation].contains(&&definition.name) {
            secret_fields(definition, teller);
        }
    }
}

fn root_query(schema: &Schema, query: &Definition, teller: &mut Teller<'_, '_>) {
    for field in &query.fields {
        let bounded = field.arguments.iter().any(|argument| {
            let name = argument.name.to_ascii_lowercase().replace('_', "");
            BOUNDS.contains(&name.as_str()) || argument.list || name.ends_with("id") || name.ends_with("limit")
        });
        let known = schema.definitions.iter().any(|one| one.name == field.type_name && one.kind == Kind::Object);
        let old = field.directives.iter().any(|name| name == "deprecated");
        if field.list && known && !bounded && !old && !field.name.starts_with('_') {
            teller.tell(
                &UNBOUNDED_LIST,
                field.span,
                "one query makes the server load and send all there is; take `first` and `after`, with a maximum",
            );
        }
        for argument in &field.arguments {
            let plain = argument.type_name == "String" && !argument.list;
            if plain && crate::code::is_secret(&argument.name) {
                teller.tell(
                    &SECRET_ARGUMENT,
                    argument.span,
                    "queries may be sent by GET, be cached and stand in logs; make it a mutation",
                );
            }
        }
    }
}

/// Types that are made to hand out what they hold, once.
const HANDS_OUT: [&str; 8] = ["payload", "result", "response", "token", "credentials", "input", "auth", "created"];

fn secret_fields(definition: &Definition, teller: &mut Teller<'_, '_>) {
    let holder = definition.name.to_ascii_lowercase();
    if HANDS_OUT.iter().any(|end| holder.ends_with(end)) || guards(&definition.directives) {
        return;
    }
    for field in &definition.fields {
        let name: String =
            field.name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let names = [
            "password",
            "passwd",
            "passwordhash",
            "hashedpassword",
            "encryptedpassword",
            "passwordsalt",
            "salt",
            "totpsecret",
            "mfasecret",
            "otpsecret",
            "twofactorsecret",
            "privatekey",
            "clientsecret",
            "cvv",
            "cvc",
            "ssn",
            "socialsecuritynumber",
            "cardnumber",
            "creditcardnumber",
        ];
        let told = names.contains(&name.as_str()) && matches!(field.type_name.as_str(), "String" | "ID");
        if told && !guards(&field.directives) {
            teller.tell(
                &SECRET_FIELD,
                field.span,
                "whoever may ask for this type may ask for this field; leave it out of the schema",
            );
        }
    }
}
