//! What statements of AWS policies allow.

use palisade_inventory::terraform::{Condition, Policy, Statement, Value};

use super::Resource;

/// The policies of a resource under some settings, blocks on the way included.
pub(super) fn policies(resource: &Resource<'_>, paths: &[&str]) -> Vec<Policy> {
    let settings = paths.iter().flat_map(|path| resource.settings(path));
    settings.filter_map(|setting| Policy::of(setting.value?)).collect()
}

/// The first action that a pattern of the statement covers.
pub(super) fn covers<'s>(statement: &'s Statement, actions: &[&str]) -> Option<&'s Value> {
    statement.actions.iter().find(|value| {
        let pattern = value.as_str().map(str::to_ascii_lowercase);
        pattern.is_some_and(|pattern| actions.iter().any(|action| fits(&pattern, &action.to_ascii_lowercase())))
    })
}

/// Whether a pattern with `*` fits a text; both in lower case.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => {
            let Some(rest) = text.strip_prefix(head) else { return false };
            // One star at a time from the left is enough for names of actions.
            (0..=rest.len()).filter_map(|at| rest.get(at..)).any(|rest| tail.len() <= 64 && fits(tail, rest))
        }
    }
}

/// Whether the statement speaks of everybody: a principal `*`, for users or for AWS.
pub(crate) fn everybody(statement: &Statement) -> Option<&Value> {
    let (_, id) = statement
        .principals
        .iter()
        .find(|(kind, id)| matches!(kind.as_str(), "AWS" | "*" | "Federated") && id.as_str() == Some("*"))?;
    Some(id)
}

/// Keys of conditions that name who may call, or from where.
const NARROWING: [&str; 17] = [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:sourceip",
    "aws:userid",
    "kms:calleraccount",
    "sns:endpoint",
    "lambda:functionurlauthtype",
];

/// Whether conditions narrow a statement down to somebody.
pub(crate) fn is_narrowed(statement: &Statement) -> bool {
    let narrows = |condition: &Condition| {
        let key = condition.key.as_str();
        let known = NARROWING.contains(&key) || key.ends_with(":aud") || key.ends_with(":sub");
        let negated = condition.operator.to_ascii_lowercase().contains("not");
        let world = condition.values.iter().any(|value| {
            value.as_str().is_some_and(|text| text == "*" || key == "aws:sourceip" && super::network::is_world(text))
        });
        known && !negated && !world || key == "sts:externalid" || key.starts_with("aws:principaltag")
    };
    statement.conditions_unknown || statement.conditions.iter().any(narrows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_actions() {
        assert!(fits("iam:*", "iam:passrole"));
        assert!(fits("iam:pass*", "iam:passrole"));
        assert!(fits("*:*role", "iam:passrole"));
        assert!(!fits("iam:get*", "iam:passrole"));
    }
}
