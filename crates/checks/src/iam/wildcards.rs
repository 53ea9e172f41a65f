//! Policies that say `*` where names belong, and names that AWS does not know.

use palisade_inventory::terraform::{Statement, Value};
use palisade_model::Severity;

use super::document::{any_resource, covers, is_limited};
use super::{Document, Level, Role, likely, meta, service};
use crate::{Check, Report};

const PAGE: &str = include_str!("wildcards.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_policy(
        meta(
            "iam/everything-allowed",
            "policy allows everything on everything",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T3"],
            &["CIS-AWS:1.16", "CWE-250"],
        ),
        |document, report| each(document, report, everything),
    ),
    Check::on_policy(
        meta(
            "iam/whole-service-allowed",
            "policy allows all of a sensitive service on every resource",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T3"],
            &["CIS-AWS:1.16", "CWE-250"],
        ),
        |document, report| each(document, report, whole_service),
    ),
    Check::on_policy(
        meta(
            "iam/all-but-allowed",
            "policy allows all actions but a few",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T3"],
            &["CWE-250"],
        ),
        |document, report| each(document, report, all_but),
    ),
    Check::on_policy(
        meta(
            "iam/all-resources-but-allowed",
            "policy allows actions on all resources but a few",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T3"],
            &["CWE-250"],
        ),
        |document, report| each(document, report, all_resources_but),
    ),
    Check::on_policy(
        likely(meta(
            "iam/any-secret-readable",
            "policy lets its holder read every secret",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T3"],
            &["CWE-250", "CWE-522"],
        )),
        |document, report| each(document, report, any_secret),
    ),
    Check::on_policy(
        likely(meta(
            "iam/any-resource-changeable",
            "policy allows changing every resource of a kind",
            PAGE,
            Severity::Low,
            &["E4-T1", "E4-T3"],
            &["CWE-250"],
        )),
        |document, report| each(document, report, any_changeable),
    ),
    Check::on_policy(
        likely(meta(
            "iam/unknown-action",
            "policy names an action that AWS does not have",
            PAGE,
            Severity::Low,
            &["E4-T1"],
            &["CWE-1288"],
        )),
        unknown_action,
    ),
];

fn each(document: &Document<'_>, report: &mut Report<'_>, judge: fn(&Statement) -> Option<(&Value, String)>) {
    for statement in document.allowing(Role::Permissions) {
        if let Some((value, message)) = judge(statement) {
            document.fault(value.origin, &message, report);
        }
    }
}

fn is_all(action: &Value) -> bool {
    matches!(action.as_str(), Some("*" | "*:*"))
}

fn everything(statement: &Statement) -> Option<(&Value, String)> {
    any_resource(statement)?;
    let action = statement.actions.iter().find(|action| is_all(action))?;
    (!is_limited(statement))
        .then(|| (action, "whoever holds this can do everything in the account; name the actions".to_owned()))
}

/// Services whose whole is worth an account, or its data.
const SENSITIVE: [&str; 18] = [
    "iam",
    "sts",
    "organizations",
    "kms",
    "secretsmanager",
    "ssm",
    "s3",
    "ec2",
    "lambda",
    "dynamodb",
    "rds",
    "ecr",
    "eks",
    "ecs",
    "cloudformation",
    "cloudtrail",
    "sqs",
    "sns",
];

fn whole_service(statement: &Statement) -> Option<(&Value, String)> {
    any_resource(statement)?;
    if is_limited(statement) || statement.actions.iter().any(is_all) {
        return None;
    }
    statement.actions.iter().find_map(|action| {
        let service = action.as_str()?.strip_suffix(":*")?;
        let sensitive = SENSITIVE.contains(&service.to_ascii_lowercase().as_str());
        sensitive.then(|| (action, format!("all of {service} on every resource; name the actions and resources")))
    })
}

fn all_but(statement: &Statement) -> Option<(&Value, String)> {
    let first = statement.not_actions.first()?;
    any_resource(statement)?;
    (!is_limited(statement))
        .then(|| (first, "`NotAction` with Allow grants every other action, also those AWS adds later".to_owned()))
}

fn all_resources_but(statement: &Statement) -> Option<(&Value, String)> {
    let first = statement.not_resources.first()?;
    let message = "`NotResource` with Allow grants these actions on everything else, also on what is made later: \
                   name the resources, or add a Deny";
    (!is_limited(statement)).then(|| (first, message.to_owned()))
}

/// Actions that hand out secrets.
const SECRETS: [&str; 5] = [
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "kms:Decrypt",
];

fn any_secret(statement: &Statement) -> Option<(&Value, String)> {
    any_resource(statement)?;
    if is_limited(statement) || statement.actions.iter().any(is_all) {
        return None;
    }
    let (action, name) = SECRETS.iter().find_map(|name| {
        let action = covers(statement, name)?;
        let whole = action.as_str().is_some_and(|text| text.ends_with(":*"));
        (!whole).then_some((action, *name))
    })?;
    Some((action, format!("{name} on every resource reaches every secret of the account; name the resources")))
}

/// Services in which a change anywhere is worth naming the resources for.
const CHANGED: [&str; 14] = [
    "iam",
    "s3",
    "dynamodb",
    "lambda",
    "sqs",
    "sns",
    "rds",
    "kms",
    "secretsmanager",
    "ecr",
    "ecs",
    "eks",
    "ssm",
    "cloudformation",
];

fn any_changeable(statement: &Statement) -> Option<(&Value, String)> {
    any_resource(statement)?;
    if is_limited(statement) {
        return None;
    }
    let changes = |action: &&Value| {
        let Some((prefix, name)) = action.as_str().and_then(|text| text.split_once(':')) else { return false };
        let prefix = prefix.to_ascii_lowercase();
        let Some(service) = service(&prefix).filter(|_| CHANGED.contains(&prefix.as_str())) else { return false };
        let writes = |level: Level| matches!(level, Level::Write | Level::Permissions);
        if super::escalation::tells(&format!("{prefix}:{name}")) {
            return false;
        }
        // What makes new things is often written with `*`: they have no name yet.
        let action = service.action(name).filter(|action| !action.name.starts_with("Create"));
        action.is_some_and(|action| action.by_resource && writes(action.level))
    };
    let mut found = statement.actions.iter().filter(changes);
    let first = found.next()?;
    let more = match found.count() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let name = first.as_str().unwrap_or("");
    Some((first, format!("{name}{more} could be limited to the resources that are meant, and is allowed on all")))
}

fn unknown_action(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in &document.policy.statements {
        for action in statement.actions.iter().chain(&statement.not_actions) {
            let Some(text) = action.as_str().filter(|text| *text != "*") else { continue };
            let Some(fault) = fault_of(text) else { continue };
            // What a Deny misses stays allowed.
            let denies = statement.allows == Some(false);
            let effect = if denies { "this denies nothing" } else { "this allows nothing" };
            if let Some(draft) = document.fault(action.origin, &format!("{fault}: {effect}"), report)
                && denies
            {
                draft.severity(document.resource.limit(Severity::Medium));
            }
        }
    }
}

fn fault_of(text: &str) -> Option<String> {
    let Some((prefix, name)) = text.split_once(':') else {
        return Some(format!("`{text}` is no action: it names no service"));
    };
    let lower = prefix.to_ascii_lowercase();
    if lower.contains(['*', '?']) {
        return None;
    }
    let Some(service) = service(&lower) else {
        return Some(format!("AWS has no service with the prefix `{prefix}`"));
    };
    if !service.is_listed || service.covered(name).next().is_some() {
        return None;
    }
    let nearest = service.nearest(name).filter(|_| !name.contains('*'));
    let meant = nearest.map(|name| format!("; `{prefix}:{name}` may be meant")).unwrap_or_default();
    Some(format!("{prefix} has no action `{name}`{meant}"))
}
