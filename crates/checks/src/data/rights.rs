//! Rights that migrations give away; they hold until another takes them back.

use palisade_inventory::sql::{Act, ActionKind};
use palisade_model::Severity;

use super::{Age, Notes, StatementAt, likely, meta};
use crate::Check;

const PAGE: &str = include_str!("rights.md");
const CONTROLS: &[&str] = &["E6-T3", "AP-6"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_statement(
        meta("data/row-security-off", "row security is switched off", PAGE, Severity::High, CONTROLS, &["CWE-284"]),
        Age::Any,
        row_security,
    ),
    Check::on_statement(
        meta("data/granted-to-public", "every role gets rights", PAGE, Severity::High, CONTROLS, &["CWE-732"]),
        Age::Any,
        to_public,
    ),
    Check::on_statement(
        likely(meta("data/all-granted", "all rights are given at once", PAGE, Severity::Low, CONTROLS, &["CWE-250"])),
        Age::Any,
        all_granted,
    ),
    Check::on_statement(
        meta("data/powerful-role", "role stands above every rule", PAGE, Severity::High, CONTROLS, &["CWE-250"]),
        Age::Any,
        powerful,
    ),
    Check::on_statement(
        meta(
            "data/password-in-migration",
            "role's password stands in a migration",
            PAGE,
            Severity::High,
            &["E3-T4", "US-024.2"],
            &["CWE-798"],
        ),
        Age::Any,
        password,
    ),
    Check::on_statement(
        likely(meta(
            "data/definer-without-search-path",
            "function with its owner's rights trusts its caller's path",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["CWE-426"],
        )),
        Age::Any,
        definer,
    ),
];

fn row_security(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    match &at.statement.act {
        Act::AlterTable(table, actions) => {
            for action in actions.iter().filter(|action| matches!(action.kind, ActionKind::DropRowSecurity)) {
                let message = format!(
                    "from here on everybody who may read `{}` reads all its rows, whatever its policies say",
                    table.name
                );
                notes.add(at.migration, action.span, message);
            }
        }
        Act::Set(name) if &**name == "row_security" => {
            notes.add_as(
                Severity::Medium,
                at.migration,
                at.statement.span,
                "statements after this fail or pass by the policies of rows; leave row_security on",
            );
        }
        _ => {}
    }
}

fn to_public(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if let Act::Grant(grant) = &at.statement.act
        && let Some(public) = grant.public
        && !grant.is_mild
    {
        notes.add(at.migration, public, "PUBLIC is every role there is and will be; name the roles that need this");
    }
}

fn all_granted(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if let Act::Grant(grant) = &at.statement.act
        && let Some(all) = grant.all
        && grant.public.is_none()
    {
        notes.add(
            at.migration,
            all,
            "ALL includes TRUNCATE, TRIGGER and REFERENCES; name the rights that the role uses",
        );
    }
}

fn powerful(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::Role { powers, .. } = &at.statement.act else { return };
    for (power, span) in powers {
        let what = match &**power {
            "superuser" => "a superuser passes every check and can run programs on the server",
            "bypassrls" => "this role passes by every policy of rows",
            _ => "this role can copy the whole cluster, passwords included",
        };
        notes.add(at.migration, *span, format!("{what}; give it only what it uses"));
    }
}

fn password(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if let Act::Role { password: Some(span), .. } = &at.statement.act {
        let message = "everybody who can read the repository can sign in as this role, in every place that ran this; change it, and set it from a secret outside of migrations";
        notes.add(at.migration, *span, message);
    }
}

fn definer(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if let Act::Function { definer: Some(span), sets_search_path: false } = &at.statement.act {
        let message = "it runs with its owner's rights and looks names up where its caller says, who can put their own function there; add SET search_path";
        notes.add(at.migration, *span, message);
    }
}
