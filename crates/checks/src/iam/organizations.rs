//! Policies of an organisation: what AWS refuses, and denials that hit nobody or too many.

use palisade_inventory::terraform::{Condition, Origin, Statement, Value};
use palisade_inventory::wildcard;
use palisade_model::Severity;

use super::conditions::Operator;
use super::document::{DATA, FILE, any_resource, covers};
use super::{Document, Role, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("organizations.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_policy(
        meta(
            "iam/control-policy-refused",
            "control policy of an organisation is none that AWS takes",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CWE-1288"],
        ),
        refused,
    ),
    Check::on_policy(
        meta(
            "iam/deny-exempts-everybody",
            "denial exempts everybody",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T2"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, exempts_all),
    ),
    Check::on_policy(
        likely(meta(
            "iam/deny-stops-global-services",
            "denial by region stops services that have none",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CWE-697"],
        )),
        |document, report| each(document, report, stops_global),
    ),
    Check::on_policy(
        likely(meta(
            "iam/deny-stops-services",
            "denial by address stops what services do for their callers",
            PAGE,
            Severity::Low,
            &["E4-T1"],
            &["CWE-697"],
        )),
        |document, report| each(document, report, stops_services),
    ),
    Check::on_policy(
        meta(
            "iam/every-launch-denied",
            "denial by instance denies every launch",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, every_launch),
    ),
];

/// What a policy of an organisation limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// What the principals of accounts may do.
    Service,
    /// What may be done to the resources of accounts.
    Resource,
}

/// Which control policy a document is; nothing for all other policies.
fn control(document: &Document<'_>) -> Option<Control> {
    let resource = &document.resource;
    let named = |text: Option<&str>| match text {
        Some("SERVICE_CONTROL_POLICY") => Some(Control::Service),
        Some("RESOURCE_CONTROL_POLICY") => Some(Control::Resource),
        _ => None,
    };
    match resource.kind() {
        "aws_organizations_policy" if resource.get("type").is_none() => Some(Control::Service),
        "aws_organizations_policy" => named(resource.text("type")),
        "AWS::Organizations::Policy" => named(resource.text("Type")),
        FILE => named_control(resource.path()),
        DATA => named_control(resource.name()),
        _ => None,
    }
}

/// Which control policy a path or name speaks of.
pub(super) fn named_control(name: &str) -> Option<Control> {
    let lower = name.to_ascii_lowercase().replace(['_', ' '], "-");
    let word = |words: [&str; 2]| {
        lower.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| words.contains(&word))
    };
    if word(["scp", "scps"]) || lower.contains("service-control") {
        return Some(Control::Service);
    }
    (word(["rcp", "rcps"]) || lower.contains("resource-control")).then_some(Control::Resource)
}

/// Characters that AWS takes in one control policy, white space between its parts aside.
const CHARACTERS_MAX: usize = 5_120;

fn refused(document: &Document<'_>, report: &mut Report<'_>) {
    let Some(control) = control(document) else { return };
    for statement in &document.policy.statements {
        if let Some((place, message)) = refused_statement(control, document, statement) {
            document.fault(place, &format!("{message}; AWS refuses the policy, and nothing is limited"), report);
        }
    }
    let content = document.resource.get("content").or_else(|| document.resource.get("Content"));
    let content = content.or_else(|| (document.resource.kind() == FILE).then(|| document.resource.body()));
    if let Some(content) = content.filter(|_| document.resource.kind() != DATA) {
        let length = content.decoded().map_or_else(|| characters(content), |inner| characters(&inner));
        if length > CHARACTERS_MAX {
            let message = format!(
                "{length} characters without white space, and AWS takes {CHARACTERS_MAX}: it refuses the policy; \
                 split it in two"
            );
            let place = document.policy.statements.first().map_or(content.origin, |first| first.origin);
            document.fault(place, &message, report);
        }
    }
}

fn refused_statement(
    control: Control,
    document: &Document<'_>,
    statement: &Statement,
) -> Option<(Origin, &'static str)> {
    let somebody = statement.principals.first().map(|(_, id)| id.origin);
    match control {
        Control::Service => {
            let place = somebody.or_else(|| statement.excludes_principals.then_some(statement.origin))?;
            Some((
                place,
                "a service control policy names no principal: it is for everybody below what it is attached to",
            ))
        }
        // A copy of what AWS attaches by itself.
        Control::Resource if document.resource.name().to_ascii_lowercase().contains("fullawsaccess") => None,
        Control::Resource if statement.allows == Some(true) => {
            Some((statement.origin, "a resource control policy only denies"))
        }
        Control::Resource if statement.excludes_principals => Some((
            statement.origin,
            "a resource control policy has no `NotPrincipal`: name whom it spares in a condition",
        )),
        Control::Resource if !statement.not_actions.is_empty() => {
            Some((statement.not_actions.first()?.origin, "a resource control policy has no `NotAction`"))
        }
        Control::Resource if statement.principals.is_empty() => {
            Some((statement.origin, "a resource control policy says `\"Principal\": \"*\"`"))
        }
        Control::Resource => {
            let (_, other) = statement.principals.iter().find(|(_, id)| id.as_str().is_some_and(|id| id != "*"))?;
            Some((other.origin, "the principal of a resource control policy is `*`: name others in a condition"))
        }
    }
}

/// How long the JSON form of a value is at least, without white space.
fn characters(value: &Value) -> usize {
    if let Some(items) = value.as_list() {
        return items.iter().map(|item| characters(item) + 1).sum::<usize>().max(1) + 1;
    }
    if let Some(entries) = value.as_object() {
        let each = entries.iter().map(|entry| entry.key.chars().count() + 4 + characters(&entry.value));
        return each.sum::<usize>().max(1) + 1;
    }
    let quotes = if value.as_partial().is_some() { 2 } else { 0 };
    value.to_text().chars().count() + quotes
}

type Judge = fn(&Statement) -> Option<(Origin, String)>;

/// Denials of policies for principals.
fn each(document: &Document<'_>, report: &mut Report<'_>, judge: Judge) {
    if !matches!(document.role, Role::Permissions | Role::Limit) || control(document) == Some(Control::Resource) {
        return;
    }
    let denying = document.policy.statements.iter().filter(|one| one.allows == Some(false) && !one.conditions_unknown);
    for (place, message) in denying.filter_map(judge) {
        document.fault(place, &message, report);
    }
}

/// Whether a condition that does not hold for some of these is what a statement rests on.
fn negated<'s>(statement: &'s Statement, key: &str, bases: &[&str]) -> Option<&'s Condition> {
    statement.conditions.iter().find(|one| {
        let operator = Operator::of(&one.operator);
        one.key == key && operator.set != "foranyvalue" && bases.contains(&operator.base.as_str())
    })
}

/// Whether all other conditions only say who is meant, or where.
fn only_about_callers(statement: &Statement, but: &str) -> bool {
    let about = |key: &str| key == but || key.starts_with("aws:principal") || key == "aws:requestedregion";
    statement.conditions.iter().all(|one| about(&one.key))
}

/// One of each that a pattern for everybody covers.
const PRINCIPALS: [&str; 3] = [
    "arn:aws:iam::123456789012:role/some/path/name",
    "arn:aws:iam::123456789012:user/name",
    "arn:aws:iam::123456789012:root",
];

fn exempts_all(statement: &Statement) -> Option<(Origin, String)> {
    let condition = negated(statement, "aws:principalarn", &["stringnotlike", "arnnotlike", "arnnotequals"])?;
    let all = |text: &str| PRINCIPALS.iter().all(|principal| wildcard::covers(text, principal));
    let value = condition.values.iter().find(|value| value.as_str().is_some_and(all))?;
    let message = format!("every principal fits `{}`, so this denies nobody; name whom it spares", value.to_text());
    Some((condition.origin, message))
}

/// What the names of regions in other partitions begin with: their global services are elsewhere.
const PARTITIONS: [&str; 4] = ["cn-", "us-gov-", "us-iso", "eusc-"];

fn stops_global(statement: &Statement) -> Option<(Origin, String)> {
    let bases = ["stringnotequals", "stringnotequalsignorecase", "stringnotlike"];
    let condition = negated(statement, "aws:requestedregion", &bases)?;
    any_resource(statement).filter(|_| only_about_callers(statement, &condition.key))?;
    let names: Vec<&str> = condition.values.iter().map(Value::as_str).collect::<Option<_>>()?;
    let elsewhere = |name: &&str| {
        wildcard::covers(name, "us-east-1") || PARTITIONS.iter().any(|partition| name.starts_with(partition))
    };
    let spared = |action: &Value| action.as_str().is_none_or(|text| text.to_ascii_lowercase().starts_with("iam:"));
    let hit = covers(statement, "iam:CreateRole").is_some()
        || !statement.not_actions.is_empty() && !statement.not_actions.iter().any(spared);
    let message = "IAM and other global services answer from us-east-1 alone, so their calls are denied wherever \
                   they come from; except these services with `NotAction`";
    (hit && !names.is_empty() && !names.iter().any(elsewhere)).then(|| (condition.origin, message.to_owned()))
}

fn stops_services(statement: &Statement) -> Option<(Origin, String)> {
    let condition = negated(statement, "aws:sourceip", &["notipaddress"])?;
    any_resource(statement)?;
    let broad = !statement.not_actions.is_empty()
        || statement.actions.iter().any(|action| matches!(action.as_str(), Some("*" | "*:*")));
    let spared = |key: &str| {
        key == "aws:viaawsservice" || key == "aws:principalisawsservice" || key.starts_with("aws:calledvia")
    };
    let message = "what a service does for its caller comes from an address of AWS and is denied as well; add \
                   `\"Bool\": {\"aws:ViaAWSService\": \"false\"}`";
    (broad && !statement.conditions.iter().any(|one| spared(&one.key))).then(|| (condition.origin, message.to_owned()))
}

/// Keys that only one of the resources of a launch has, and which that is.
const LAUNCHED: [(&str, &str); 5] = [
    ("ec2:instancetype", "instance"),
    ("ec2:metadatahttptokens", "instance"),
    ("ec2:metadatahttpendpoint", "instance"),
    ("ec2:volumetype", "volume"),
    ("ec2:volumesize", "volume"),
];

fn every_launch(statement: &Statement) -> Option<(Origin, String)> {
    any_resource(statement)?;
    covers(statement, "ec2:RunInstances")?;
    let bases = ["stringnotequals", "stringnotequalsignorecase", "stringnotlike", "numericnotequals"];
    LAUNCHED.iter().find_map(|(key, owner)| {
        let condition = negated(statement, key, &bases).filter(|_| only_about_callers(statement, key))?;
        let message = format!(
            "a launch is also asked for its image, network and the like, which have no such key and fit: every launch \
             is denied; say `arn:aws:ec2:*:*:{owner}/*` instead of `*` as the resource"
        );
        Some((condition.origin, message))
    })
}
