//! Conditions that do not do what they seem to.

use palisade_inventory::terraform::{Condition, HOLE, Statement, Value};
use palisade_model::{Fix, Safety, Severity};

use super::{Document, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("conditions.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_policy(
        meta(
            "iam/wildcard-taken-literally",
            "condition compares with a wildcard as if it were a name",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, literal_wildcard, likeness),
    ),
    Check::on_policy(
        meta(
            "iam/condition-skipped-when-absent",
            "condition holds when its key is absent",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T4"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, skipped, presence),
    ),
    Check::on_policy(
        likely(meta(
            "iam/for-all-values",
            "condition holds for no values at all",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-697"],
        )),
        |document, report| each(document, report, for_all_values, nothing),
    ),
    Check::on_policy(
        meta(
            "iam/unknown-condition-key",
            "condition names a key that AWS does not have",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, unknown_key, nothing),
    ),
    Check::on_policy(
        meta(
            "iam/unknown-condition-operator",
            "condition has an operator that AWS does not have",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, unknown_operator, nothing),
    ),
    Check::on_policy(
        meta(
            "iam/like-without-wildcard",
            "condition asks for likeness and names one thing",
            PAGE,
            Severity::Info,
            &["E4-T1"],
            &["CWE-697"],
        ),
        |document, report| each(document, report, plain_like, exactness),
    ),
];

type Judge = fn(&Statement, &Condition, &Operator) -> Option<(String, Severity)>;

/// The operator that was meant, and whether it holds of the same requests.
type Meant = fn(&Operator) -> Option<(&'static str, Safety)>;

/// An operator taken apart, in lower case.
pub(super) struct Operator {
    /// `forallvalues`, `foranyvalue` or nothing.
    pub(super) set: String,
    /// `stringequals`
    pub(super) base: String,
    if_exists: bool,
}

impl Operator {
    pub(super) fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let (set, base) = lower.split_once(':').unwrap_or(("", &lower));
        let (base, if_exists) = base.strip_suffix("ifexists").map_or((base, false), |base| (base, true));
        Self { set: set.to_owned(), base: base.to_owned(), if_exists }
    }
}

fn each(document: &Document<'_>, report: &mut Report<'_>, judge: Judge, meant: Meant) {
    for statement in &document.policy.statements {
        for condition in statement.conditions.iter().filter(|one| !one.operator.contains(HOLE)) {
            let operator = Operator::of(&condition.operator);
            let Some((message, severity)) = judge(statement, condition, &operator) else { continue };
            let fix = meant(&operator).and_then(|(other, safety)| {
                // What else stands under the operator is not spoken of, and an object has a key once.
                let place = condition.operator_origin;
                let beside = || statement.conditions.iter().filter(|one| !std::ptr::eq(*one, condition));
                let alone = beside().all(|one| one.operator_origin != place && one.operator != other);
                let edit = document.resource.respell(place, &condition.operator, other).filter(|_| alone)?;
                Some(Fix::new(format!("compare with {other}"), safety, vec![edit]))
            });
            if let Some(draft) = document.fault(condition.origin, &message, report) {
                draft.severity(document.resource.limit(severity)).maybe_fix(fix);
            }
        }
    }
}

/// No other operator is surely meant.
fn nothing(_: &Operator) -> Option<(&'static str, Safety)> {
    None
}

fn likeness(operator: &Operator) -> Option<(&'static str, Safety)> {
    let plain = operator.set.is_empty() && !operator.if_exists;
    let other = match operator.base.as_str() {
        "stringequals" => "StringLike",
        "stringnotequals" => "StringNotLike",
        _ => return None,
    };
    plain.then_some((other, Safety::Unsafe))
}

fn exactness(operator: &Operator) -> Option<(&'static str, Safety)> {
    let plain = operator.set.is_empty() && !operator.if_exists;
    let other = match operator.base.as_str() {
        "stringlike" => "StringEquals",
        "stringnotlike" => "StringNotEquals",
        _ => return None,
    };
    plain.then_some((other, Safety::Safe))
}

/// With the key's absence told the other way.
fn presence(operator: &Operator) -> Option<(&'static str, Safety)> {
    let other = match (operator.base.as_str(), operator.if_exists) {
        ("bool", true) => "Bool",
        ("bool", false) => "BoolIfExists",
        ("stringequals", true) => "StringEquals",
        ("stringlike", true) => "StringLike",
        ("arnequals", true) => "ArnEquals",
        ("arnlike", true) => "ArnLike",
        _ => return None,
    };
    operator.set.is_empty().then_some((other, Safety::Unsafe))
}

fn literal_wildcard(statement: &Statement, condition: &Condition, operator: &Operator) -> Option<(String, Severity)> {
    let like = match operator.base.as_str() {
        "stringequals" | "stringequalsignorecase" => "StringLike",
        "stringnotequals" | "stringnotequalsignorecase" => "StringNotLike",
        _ => return None,
    };
    let all = |value: &Value| value.as_str().is_some_and(|text| text.contains('*'));
    let value = condition.values.iter().find(|value| all(value))?.as_str()?;
    // Lists of prefixes and delimiters may hold a star on purpose; others never fit.
    if condition.key == "s3:prefix" || condition.key == "s3:delimiter" {
        return None;
    }
    let negated = operator.base.contains("not");
    let denies = statement.allows == Some(false);
    let (effect, severity) = match (denies, negated) {
        (true, false) => ("this denies nothing", Severity::High),
        (true, true) => ("this denies everybody", Severity::Low),
        (false, false) => ("this allows nothing", Severity::Low),
        (false, true) => ("this excludes nobody", Severity::High),
    };
    Some((format!("`{value}` is compared letter by letter, so {effect}; use {like}"), severity))
}

fn skipped(statement: &Statement, condition: &Condition, operator: &Operator) -> Option<(String, Severity)> {
    let mfa = condition.key == "aws:multifactorauthpresent";
    let says = |truth: &str| condition.values.iter().any(|value| value.to_text().eq_ignore_ascii_case(truth));
    match statement.allows {
        Some(true) if operator.if_exists && operator.base == "bool" && mfa && says("true") => {
            let message = "requests signed with a long-lived key do not carry this key, and are let through: use Bool";
            Some((message.to_owned(), Severity::High))
        }
        Some(false) if !operator.if_exists && operator.base == "bool" && mfa && says("false") => {
            let message = "requests signed with a long-lived key do not carry this key, and are not denied: \
                           use BoolIfExists";
            Some((message.to_owned(), Severity::Medium))
        }
        Some(true) if operator.if_exists => {
            let keys = [
                "aws:sourcearn",
                "aws:sourceaccount",
                "aws:principalorgid",
                "sts:externalid",
                "aws:sourcevpce",
                "aws:sourcevpc",
            ];
            let sure = keys.contains(&condition.key.as_str()) && !operator.base.contains("not");
            let message = format!("requests without `{}` are let through; leave out IfExists", condition.key);
            sure.then_some((message, Severity::Medium))
        }
        _ => None,
    }
}

fn for_all_values(statement: &Statement, condition: &Condition, operator: &Operator) -> Option<(String, Severity)> {
    let allows = statement.allows == Some(true) && operator.set == "forallvalues" && !operator.base.contains("not");
    // Beside a test that the key is there it is right, and for keys of tags it is the documented way.
    let guarded = statement.conditions.iter().any(|other| {
        other.key == condition.key
            && (other.operator.eq_ignore_ascii_case("Null")
                || other.operator.to_ascii_lowercase().starts_with("foranyvalue"))
    });
    if !allows || guarded || condition.key == "aws:tagkeys" || condition.key.starts_with("dynamodb:") {
        return None;
    }
    let message = format!(
        "requests without `{}` fit as well, since nothing in them differs; use ForAnyValue, or ask with Null that it is there",
        condition.key
    );
    Some((message, Severity::Medium))
}

/// Keys that every service knows, from AWS's page on global condition context keys, in lower case.
const GLOBAL: [&str; 54] = [
    "aws:assumedroot",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:chatbotsourcearn",
    "aws:currenttime",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:ismcpserviceaction",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:signinsessionarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsmcpservice",
    "aws:viaawsservice",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
    "aws:rolesessionname",
    "aws:requesttag",
    "aws:resourcetag",
    "aws:principaltag",
    "aws:requesttags",
];
/// Keys that name a tag after a slash.
const TAGGED: [&str; 6] =
    ["aws:requesttag/", "aws:resourcetag/", "aws:principaltag/", "aws:cfn", "aws:ec2", "aws:glue"];

fn unknown_key(_: &Statement, condition: &Condition, _: &Operator) -> Option<(String, Severity)> {
    let key = condition.key.as_str();
    if key.contains(HOLE) || key.contains('$') {
        return None;
    }
    if !key.contains(':') {
        let message = format!("`{key}` is no key: it names neither `aws:` nor a service, so it is never there");
        return Some((message, Severity::Medium));
    }
    if !key.starts_with("aws:") || TAGGED.iter().any(|start| key.starts_with(start)) {
        return None;
    }
    let bare = ["aws:requesttag", "aws:resourcetag", "aws:principaltag"].contains(&key);
    if GLOBAL.contains(&key) && !bare {
        return None;
    }
    // New keys come every year: only what is nearly another key is surely wrong.
    let near = GLOBAL.iter().map(|known| (crate::distance(known, key), *known)).filter(|(distance, _)| *distance <= 3);
    let (_, nearest) = near.min()?;
    let message = match bare {
        true => format!("`{key}` names no tag: write `{key}/name-of-the-tag`"),
        false => format!("AWS has no key `{key}`, so it is never there; `{nearest}` may be meant"),
    };
    Some((message, Severity::Medium))
}

const OPERATORS: [&str; 28] = [
    "stringequals",
    "stringnotequals",
    "stringequalsignorecase",
    "stringnotequalsignorecase",
    "stringlike",
    "stringnotlike",
    "numericequals",
    "numericnotequals",
    "numericlessthan",
    "numericlessthanequals",
    "numericgreaterthan",
    "numericgreaterthanequals",
    "dateequals",
    "datenotequals",
    "datelessthan",
    "datelessthanequals",
    "dategreaterthan",
    "dategreaterthanequals",
    "bool",
    "binaryequals",
    "ipaddress",
    "notipaddress",
    "arnequals",
    "arnlike",
    "arnnotequals",
    "arnnotlike",
    "null",
    "",
];

fn unknown_operator(_: &Statement, condition: &Condition, operator: &Operator) -> Option<(String, Severity)> {
    let known = OPERATORS.contains(&operator.base.as_str());
    let set = matches!(operator.set.as_str(), "" | "forallvalues" | "foranyvalue");
    let message = format!("AWS has no operator `{}`, and refuses or ignores this", condition.operator);
    (!known || !set).then_some((message, Severity::Medium))
}

fn plain_like(_: &Statement, condition: &Condition, operator: &Operator) -> Option<(String, Severity)> {
    let like = matches!(operator.base.as_str(), "stringlike" | "stringnotlike");
    let plain = |value: &Value| value.as_str().is_some_and(|text| !text.contains(['*', '?', '$']));
    let all = !condition.values.is_empty() && condition.values.iter().all(plain);
    let message = "no value has a wildcard: StringEquals says the same, and stays exact when a value changes";
    (like && all).then(|| (message.to_owned(), Severity::Info))
}
