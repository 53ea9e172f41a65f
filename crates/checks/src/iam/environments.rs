//! Environments: what belongs to production, and who else reaches it.

use std::collections::BTreeMap;

use palisade_inventory::terraform::{Statement, Value};
use palisade_model::Severity;
use serde::Deserialize;

use super::document::{account_of, name_of};
use super::holding::Access;
use super::{Document, Level, Role, likely, meta, service};
use crate::iac::Resource;
use crate::{Check, Report};

const PAGE: &str = include_str!("environments.md");

/// `[iam]` in `palisade.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct IamSettings {
    /// Words in names that mean production; the usual ones when absent.
    pub production: Vec<String>,
    /// Words in names that mean other environments; the usual ones when absent.
    pub environments: Vec<String>,
    /// Accounts by number, and the environment each is: `"123456789012" = "prod"`.
    pub accounts: BTreeMap<String, String>,
}

const PRODUCTION: [&str; 4] = ["prod", "production", "prd", "live"];
const OTHERS: [&str; 14] = [
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "qa",
    "stage",
    "staging",
    "stg",
    "uat",
    "sandbox",
    "preprod",
    "preview",
    "integration",
];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_access(
        likely(meta(
            "iam/production-in-reach",
            "a role of another environment may reach production",
            PAGE,
            Severity::High,
            &["E4-T2"],
            &["CWE-653"],
        )),
        reaches,
    ),
    Check::on_policy(
        likely(meta(
            "iam/production-trusts-other",
            "a role of production may be assumed from another environment",
            PAGE,
            Severity::High,
            &["E4-T2"],
            &["CWE-653"],
        )),
        trusts,
    ),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Environment {
    /// With the word that says so.
    Production(String),
    /// With the word that says so.
    Other(String),
}

/// Words of a name: parts between signs, and between small and capital letters.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for character in text.chars() {
        let parts = !character.is_alphanumeric();
        if parts || small && character.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !parts) {
            word.extend(character.to_lowercase());
        }
        small = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn of_word(word: &str, settings: &IamSettings) -> Option<Environment> {
    let among = |own: &[String], usual: &[&str]| match own {
        [] => usual.contains(&word),
        own => own.iter().any(|one| one.eq_ignore_ascii_case(word)),
    };
    if among(&settings.production, &PRODUCTION) {
        return Some(Environment::Production(word.to_owned()));
    }
    among(&settings.environments, &OTHERS).then(|| Environment::Other(word.to_owned()))
}

/// The environment that a name speaks of; nothing when it speaks of none, or of several: `non-prod` is none.
pub(super) fn of_name(text: &str, settings: &IamSettings) -> Option<Environment> {
    if let Some(named) = account_of(text).and_then(|account| settings.accounts.get(account)) {
        return of_word(&named.to_ascii_lowercase(), settings);
    }
    let words = words(text);
    let mut found: Option<Environment> = None;
    for (at, word) in words.iter().enumerate() {
        let Some(one) = of_word(word, settings) else { continue };
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word);
        if matches!(before, "non" | "not" | "no" | "pre" | "except") {
            return None;
        }
        match &found {
            Some(known) if std::mem::discriminant(known) != std::mem::discriminant(&one) => return None,
            _ => found = Some(one),
        }
    }
    found
}

/// The environment that names of a resource speak of.
fn of_names(resource: &Resource<'_>, settings: &IamSettings) -> Option<Environment> {
    let names = ["name", "RoleName", "PolicyName", "ManagedPolicyName", "UserName", "GroupName", "role", "user"];
    let given = names.iter().filter_map(|name| Some(name_of(resource.get(name)?)));
    given.chain([resource.name().to_owned()]).find_map(|name| of_name(&name, settings))
}

/// The environment that a folder of a path speaks of, the innermost first.
pub(super) fn of_folder(path: &str, settings: &IamSettings) -> Option<Environment> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.rsplit('/').find_map(|part| of_word(&part.to_ascii_lowercase(), settings))
}

/// The environment of a resource: its own name first, the folder of its file then.
pub(super) fn of_resource(resource: &Resource<'_>, settings: &IamSettings) -> Option<Environment> {
    of_names(resource, settings).or_else(|| of_folder(resource.path(), settings))
}

/// Somebody of another environment than production who holds a policy: as it is shown, and the environment's word.
/// The policy's own name speaks first, the names of those who hold it then, and its folder last.
fn outsider(access: &Access<'_>, document: &Document<'_>, settings: &IamSettings) -> Option<(String, String)> {
    let name = document.resource.name();
    let other = |environment, shown: String| match environment {
        Environment::Other(word) => Some((format!("{shown} ({word})"), word)),
        Environment::Production(_) => None,
    };
    if let Some(own) = of_names(&document.resource, settings) {
        return other(own, name.to_owned());
    }
    let mut known = false;
    for holder in access.holders_of(document) {
        let Some(environment) = of_names(&holder.resource, settings) else { continue };
        known = true;
        if let Some((shown, word)) = other(environment, holder.resource.name().to_owned()) {
            return Some((format!("{shown} → policy {name}"), word));
        }
    }
    if known { None } else { other(of_folder(document.resource.path(), settings)?, name.to_owned()) }
}

/// Whether the statement only reads what is often shared on purpose: images and packages.
fn shares(statement: &Statement) -> bool {
    statement
        .actions
        .iter()
        .all(|action| action.as_str().is_some_and(|text| text.starts_with("ecr:") || text.starts_with("codeartifact:")))
}

fn only_reads(statement: &Statement) -> bool {
    let reads = |action: &Value| {
        let (prefix, name) = action.as_str()?.split_once(':')?;
        let covered: Vec<Level> = service(&prefix.to_ascii_lowercase())?.covered(name).map(|one| one.level).collect();
        Some(!covered.is_empty() && covered.iter().all(|level| matches!(level, Level::Read | Level::List)))
    };
    !statement.actions.is_empty() && statement.actions.iter().all(|action| reads(action) == Some(true))
}

/// The resources of production that a statement allows something on, with the word that says so.
pub(super) fn production_of<'s>(
    statement: &'s Statement,
    settings: &IamSettings,
) -> impl Iterator<Item = (&'s Value, String, String)> {
    statement.resources.iter().filter(|_| !shares(statement)).filter_map(|value| {
        let name = name_of(value);
        match of_name(&name, settings)? {
            Environment::Production(word) => Some((value, shown(&name), word)),
            Environment::Other(_) => None,
        }
    })
}

/// The actions of a statement in few words.
pub(super) fn actions_of(statement: &Statement) -> String {
    let action = statement.actions.first().map_or_else(|| "it".to_owned(), Value::to_text);
    let more = if statement.actions.len() > 1 { " and more" } else { "" };
    format!("{action}{more}")
}

fn reaches(access: &Access<'_>, report: &mut Report<'_>) {
    let settings = &report.settings().iam;
    for document in access.documents.iter().filter(|document| document.role == Role::Permissions) {
        let Some((holder, own)) = outsider(access, document, settings) else { continue };
        for statement in document.allowing(Role::Permissions) {
            for (value, name, other) in production_of(statement, settings) {
                let actions = actions_of(statement);
                let message = format!("{holder} → {actions} → {name} ({other}): who breaks into {own} is in {other}");
                if let Some(draft) = document.fault(value.origin, &message, report)
                    && only_reads(statement)
                {
                    draft.severity(document.resource.limit(Severity::Medium));
                }
            }
        }
    }
}

fn trusts(document: &Document<'_>, report: &mut Report<'_>) {
    let settings = &report.settings().iam;
    let Some(Environment::Production(own)) =
        of_resource(&document.resource, settings).filter(|_| document.role == Role::Trust)
    else {
        return;
    };
    for statement in document.allowing(Role::Trust) {
        let principals = statement.principals.iter().filter(|(kind, _)| kind == "AWS").map(|(_, id)| id);
        let subjects = statement
            .conditions
            .iter()
            .filter(|one| one.key.ends_with(":sub") && !one.operator.to_ascii_lowercase().contains("not"));
        for value in principals.chain(subjects.flat_map(|one| &one.values)) {
            let name = name_of(value);
            let Some(Environment::Other(other)) = of_name(&name, settings) else { continue };
            let holder = document.resource.name();
            let message = format!(
                "{} ({other}) → may become → {holder} ({own}): who breaks into {other} is in {own}",
                shown(&name)
            );
            document.fault(value.origin, &message, report);
        }
    }
}

/// A name as it is shown: without holes, and not endless.
pub(super) fn shown(name: &str) -> String {
    let name: String =
        name.trim().chars().map(|c| if c == palisade_inventory::terraform::HOLE { '…' } else { c }).collect();
    name.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_speak_of_environments() {
        let settings = IamSettings::default();
        let of = |text: &str| match of_name(text, &settings) {
            Some(Environment::Production(_)) => "production",
            Some(Environment::Other(_)) => "other",
            None => "none",
        };
        for (text, wanted) in [
            ("arn:aws:s3:::shop-prod-data/*", "production"),
            ("ShopProdBucket", "production"),
            ("shop-staging", "other"),
            ("non-prod", "none"),
            ("products", "none"),
            ("dev-to-prod", "none"),
            ("preprod", "other"),
            ("latest", "none"),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }
}
