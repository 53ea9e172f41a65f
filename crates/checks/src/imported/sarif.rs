//! SARIF 2.1.0, of any tool.
//!
//! A suppressed result stays a result: only our own exceptions let something pass. Snippets are hashed for the
//! identity and not kept. References that lead in a circle or nowhere are as if they were not there.

use std::collections::{BTreeMap, HashMap};

use palisade_model::{Digest, Severity, content_hash};
use serde::Deserialize;

use super::lenient::{Text, or_default};
use super::{ImportError, Item, Kind, Region, Run as Told, parse, scored};

/// Bases of addresses that rest on each other; real reports have one or two.
const BASES_DEEP_MAX: usize = 8;

/// Tools whose results are secrets.
const SECRET_TOOLS: [&str; 9] = [
    "gitleaks",
    "betterleaks",
    "trufflehog",
    "detect-secrets",
    "kingfisher",
    "noseyparker",
    "nosey parker",
    "ggshield",
    "titus",
];

/// Tools whose results are settings of infrastructure.
const SETTINGS_TOOLS: [&str; 8] =
    ["checkov", "kics", "tfsec", "terrascan", "kube-linter", "kubescape", "cfn-lint", "hadolint"];

#[derive(Deserialize)]
struct Log {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// Absent or `null` where the tool could not look at all.
    #[serde(default)]
    results: Option<Vec<Outcome>>,
    #[serde(default, deserialize_with = "or_default")]
    artifacts: Vec<Artifact>,
    #[serde(default, deserialize_with = "or_default")]
    original_uri_base_ids: BTreeMap<String, Address>,
    #[serde(default, deserialize_with = "or_default")]
    invocations: Vec<Invocation>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default, deserialize_with = "or_default")]
    extensions: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    name: String,
    #[serde(default)]
    semantic_version: Option<Text>,
    #[serde(default)]
    version: Option<Text>,
    #[serde(default, deserialize_with = "or_default")]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default, deserialize_with = "or_default")]
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    short_description: Message,
    #[serde(default, deserialize_with = "or_default")]
    message_strings: BTreeMap<String, Message>,
    #[serde(default, deserialize_with = "or_default")]
    default_configuration: Configuration,
    #[serde(default, deserialize_with = "or_default")]
    properties: Properties,
}

#[derive(Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    level: Option<String>,
}

#[derive(Default, Deserialize)]
struct Properties {
    #[serde(default, rename = "security-severity")]
    security_severity: Option<Text>,
    #[serde(default, deserialize_with = "or_default")]
    tags: Vec<Text>,
}

#[derive(Default, Deserialize)]
struct Message {
    #[serde(default, deserialize_with = "or_default")]
    text: String,
    #[serde(default, deserialize_with = "or_default")]
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    arguments: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    #[serde(default)]
    rule_id: Option<String>,
    #[serde(default)]
    rule_index: Option<i64>,
    #[serde(default)]
    rule: Option<RuleReference>,
    #[serde(default)]
    level: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    baseline_state: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    message: Message,
    #[serde(default, deserialize_with = "or_default")]
    locations: Vec<Location>,
    #[serde(default, deserialize_with = "or_default")]
    fingerprints: BTreeMap<String, Text>,
    #[serde(default, deserialize_with = "or_default")]
    partial_fingerprints: BTreeMap<String, Text>,
    #[serde(default, deserialize_with = "or_default")]
    suppressions: Vec<Suppression>,
    #[serde(default, deserialize_with = "or_default")]
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleReference {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    index: Option<i64>,
    #[serde(default)]
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    #[serde(default)]
    index: Option<i64>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Suppression {
    #[serde(default)]
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(default)]
    physical_location: Option<Physical>,
    #[serde(default, deserialize_with = "or_default")]
    logical_locations: Vec<Logical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    #[serde(default)]
    artifact_location: Option<Address>,
    #[serde(default)]
    region: Option<Place>,
}

#[derive(Deserialize)]
struct Artifact {
    #[serde(default)]
    location: Option<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    #[serde(default)]
    uri: Option<String>,
    #[serde(default)]
    uri_base_id: Option<String>,
    #[serde(default)]
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(default)]
    start_line: Option<i64>,
    #[serde(default)]
    start_column: Option<i64>,
    #[serde(default)]
    end_line: Option<i64>,
    #[serde(default)]
    end_column: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    snippet: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    #[serde(default)]
    fully_qualified_name: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    #[serde(default)]
    execution_successful: Option<bool>,
    #[serde(default)]
    end_time_utc: Option<String>,
    #[serde(default)]
    start_time_utc: Option<String>,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Told>, ImportError> {
    let log: Log = parse(bytes, "SARIF 2.1.0")?;
    log.runs.iter().map(run).collect()
}

fn run(run: &Run) -> Result<Told, ImportError> {
    let driver = &run.tool.driver;
    let version = driver.semantic_version.as_ref().or(driver.version.as_ref());
    let mut told = Told::new(&driver.name, version.map_or("", |version| &version.0));
    let failed = run.invocations.iter().any(|invocation| invocation.execution_successful == Some(false));
    let Some(results) = run.results.as_ref().filter(|_| !failed) else { return Err(ImportError::Failed(told.tool)) };
    told.created = run.invocations.iter().find_map(|one| one.end_time_utc.clone().or(one.start_time_utc.clone()));
    let rules = Rules::of(run);
    let mut suppressed = 0;
    for result in results {
        let gone = result.baseline_state.as_deref() == Some("absent");
        if gone || matches!(result.kind.as_deref(), Some("pass" | "notApplicable")) {
            told.results += 1;
            told.passed += 1;
            continue;
        }
        let item = item(run, &rules, result);
        suppressed += usize::from(!item.note.is_empty());
        told.tell(item);
    }
    told.note(suppressed, "suppressed for the tool, told all the same");
    Ok(told)
}

fn item(run: &Run, rules: &Rules<'_>, result: &Outcome) -> Item {
    let rule = rules.find(result);
    let named = result.rule_id.as_deref().or_else(|| result.rule.as_ref()?.id.as_deref());
    let id = named.or(rule.map(|rule| rule.id.as_str())).filter(|id| !id.is_empty()).unwrap_or("result");
    let kind = kind_of(run, result, rule, id);
    // What a tool for secrets says of one may quote it; what it says of its rule does not.
    let text = match (&kind, rule) {
        (Kind::Secret, rule) => rule.map(|rule| rule.short_description.text.clone()).unwrap_or_default(),
        (_, rule) => message(result, rule),
    };
    let location = result.locations.first();
    let physical = location.and_then(|location| location.physical_location.as_ref());
    let region = physical.and_then(|physical| physical.region.as_ref());
    let address = physical.and_then(|physical| physical.artifact_location.as_ref());
    let logical = location.and_then(|location| location.logical_locations.first());
    let logical = logical.and_then(|logical| logical.fully_qualified_name.clone().or(logical.name.clone()));
    let stated = [&result.fingerprints, &result.partial_fingerprints].into_iter().find(|prints| !prints.is_empty());
    let snippet = region.map(|region| region.snippet.text.as_bytes()).unwrap_or_default();
    let stable = match stated {
        Some(prints) => {
            let parts: Vec<&[u8]> =
                prints.iter().flat_map(|(key, value)| [key.as_bytes(), value.0.as_bytes()]).collect();
            Some(Digest::of_parts(&parts))
        }
        None if snippet.is_empty() || matches!(kind, Kind::Secret) => None,
        None => Some(content_hash(snippet)),
    };
    let active = |one: &&Suppression| !matches!(one.status.as_deref(), Some("rejected" | "underReview"));
    let note = if result.suppressions.iter().any(|one| active(&one)) { "suppressed for the tool" } else { "" };
    // A level is about the rule's place among others; no tool means that a secret may stay.
    let severity = severity(result, rule).filter(|severity| {
        !matches!(kind, Kind::Secret) || *severity != Severity::Medium || score(result, rule).is_some()
    });
    Item {
        severity,
        path: address.map(|address| path(run, address)).unwrap_or_default(),
        region: region.map(region_of).unwrap_or_default(),
        logical: super::cut(&logical.unwrap_or_default(), super::TEXT_CHARACTERS_MAX),
        stable,
        note: note.to_owned(),
        ..Item::new(kind, id, &text)
    }
}

/// The rules of a run by their ids, component by component: the driver first.
struct Rules<'r> {
    run: &'r Run,
    by_id: HashMap<(usize, &'r str), &'r Rule>,
}

impl<'r> Rules<'r> {
    fn of(run: &'r Run) -> Self {
        let mut by_id = HashMap::new();
        for (number, component) in std::iter::once(&run.tool.driver).chain(&run.tool.extensions).enumerate() {
            for rule in &component.rules {
                by_id.entry((number, rule.id.as_str())).or_insert(rule);
            }
        }
        Self { run, by_id }
    }

    fn find(&self, result: &Outcome) -> Option<&'r Rule> {
        let reference = result.rule.as_ref();
        let component = reference.and_then(|reference| reference.tool_component.as_ref());
        let extension = component.and_then(|component| {
            let by_index = component.index.and_then(|index| usize::try_from(index).ok());
            let by_name = |one: &Component| Some(&one.name) == component.name.as_ref();
            by_index.or_else(|| self.run.tool.extensions.iter().position(by_name))
        });
        let extension = extension.filter(|at| self.run.tool.extensions.get(*at).is_some());
        let number = extension.map_or(0, |at| at + 1);
        let component = extension.and_then(|at| self.run.tool.extensions.get(at)).unwrap_or(&self.run.tool.driver);
        let index = result.rule_index.or_else(|| reference?.index).and_then(|index| usize::try_from(index).ok());
        if let Some(rule) = index.and_then(|index| component.rules.get(index)) {
            return Some(rule);
        }
        let id = result.rule_id.as_deref().or_else(|| reference?.id.as_deref())?;
        self.by_id.get(&(number, id)).copied()
    }
}

fn kind_of(run: &Run, result: &Outcome, rule: Option<&Rule>, id: &str) -> Kind {
    let tool = run.tool.driver.name.to_lowercase();
    let tags = rule.into_iter().flat_map(|rule| &rule.properties.tags).chain(&result.properties.tags);
    let tagged = |words: &[&str]| tags.clone().any(|tag| words.iter().any(|word| tag.0.eq_ignore_ascii_case(word)));
    if id.starts_with("CKV_SECRET_") || SECRET_TOOLS.contains(&tool.as_str()) || tagged(&["secret", "secrets"]) {
        Kind::Secret
    } else if SETTINGS_TOOLS.contains(&tool.as_str()) || tagged(&["misconfiguration"]) {
        Kind::Misconfiguration
    } else {
        Kind::Result
    }
}

fn message(result: &Outcome, rule: Option<&Rule>) -> String {
    let given = &result.message;
    if !given.text.is_empty() {
        return given.text.clone();
    }
    let Some(rule) = rule else { return String::new() };
    match rule.message_strings.get(&given.id) {
        // Arguments are few; a message is cut afterwards.
        Some(template) => given.arguments.iter().take(10).enumerate().fold(
            super::cut(&template.text, super::TEXT_CHARACTERS_MAX),
            |text, (number, argument)| {
                text.replace(&format!("{{{number}}}"), &super::cut(&argument.0, super::NAME_CHARACTERS_MAX))
            },
        ),
        None => rule.short_description.text.clone(),
    }
}

/// The score of CVSS where there is one, or the level: the result's, its rule's, or what the standard takes it for.
fn severity(result: &Outcome, rule: Option<&Rule>) -> Option<Severity> {
    if let Some(severity) = score(result, rule) {
        return Some(severity);
    }
    let usual = rule.and_then(|rule| rule.default_configuration.level.as_deref());
    let no_fault = result.kind.as_deref().is_some_and(|kind| !matches!(kind, "fail" | "open" | "review"));
    let level = result.level.as_deref().or(usual.filter(|_| !no_fault));
    Some(match level {
        Some("error") => Severity::High,
        Some("note") => Severity::Low,
        Some("none") => Severity::Info,
        None if no_fault => Severity::Info,
        _ => Severity::Medium,
    })
}

fn score(result: &Outcome, rule: Option<&Rule>) -> Option<Severity> {
    let rated = [Some(&result.properties), rule.map(|rule| &rule.properties)];
    let score = rated.into_iter().flatten().find_map(|properties| properties.security_severity.as_ref()?.number());
    score.and_then(scored)
}

/// The path of a file, put together from its bases.
fn path(run: &Run, address: &Address) -> String {
    let listed = address.index.and_then(|index| run.artifacts.get(usize::try_from(index).ok()?)?.location.as_ref());
    let address = if address.uri.is_some() { Some(address) } else { listed };
    let Some(address) = address else { return String::new() };
    let mut path = address.uri.clone().unwrap_or_default();
    let mut base = address.uri_base_id.as_ref();
    for _ in 0..BASES_DEEP_MAX {
        // A base without an address is the root of the sources, whatever its name.
        let Some(found) = base.and_then(|name| run.original_uri_base_ids.get(name)) else { break };
        if let Some(uri) = found.uri.as_ref().filter(|_| !path.starts_with('/') && !path.contains("://")) {
            path = format!("{}/{path}", uri.trim_end_matches('/'));
        }
        base = found.uri_base_id.as_ref();
    }
    path
}

fn region_of(place: &Place) -> Region {
    let number = |number: Option<i64>| u32::try_from(number.unwrap_or(0)).unwrap_or(0);
    Region {
        start: (number(place.start_line), number(place.start_column)),
        end: (number(place.end_line), number(place.end_column)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn one(result: &str, more: &str) -> Item {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "Example", "version": 3, "rules": [
                {{"id": "R1", "properties": {{"security-severity": "9.1"}}}},
                {{"id": "R2", "shortDescription": {{"text": "about"}}, "defaultConfiguration": {{"level": "error"}},
                  "messageStrings": {{"m": {{"text": "found {{0}} at {{1}}"}}}}}},
                {{"id": "R3", "properties": {{"tags": ["secret"]}}, "shortDescription": {{"text": "A key"}}}}
              ]}}}}, {more} "results": [{result}]}}]}}"#
        );
        read(text.as_bytes()).unwrap().remove(0).items.remove(0)
    }

    #[test]
    fn scores_stand_above_levels() {
        let check = |result: &str, severity| assert_eq!(one(result, "").severity, Some(severity), "{result}");
        check(r#"{"ruleId": "R1", "level": "note"}"#, Severity::Critical);
        check(r#"{"ruleId": "R1", "properties": {"security-severity": 5}}"#, Severity::Medium);
        check(r#"{"ruleIndex": 1}"#, Severity::High);
        check(r#"{"ruleIndex": 1, "level": "note"}"#, Severity::Low);
        check(r#"{"ruleIndex": 1, "kind": "informational"}"#, Severity::Info);
        check(r#"{"ruleIndex": 99999999999}"#, Severity::Medium);
        check(r#"{"ruleIndex": -1, "ruleId": "R2"}"#, Severity::High);
    }

    #[test]
    fn messages_and_secrets() {
        let item = one(r#"{"ruleId": "R2", "message": {"id": "m", "arguments": ["x", 7]}}"#, "");
        assert_eq!((item.rule.as_str(), item.text.as_str()), ("R2", "found x at 7"));
        let item = one(
            r#"{"ruleId": "R3", "message": {"text": "hunter2"}, "locations": [{"physicalLocation": {
                "region": {"startLine": 1, "snippet": {"text": "hunter2"}}}}]}"#,
            "",
        );
        assert!(matches!(item.kind, Kind::Secret));
        assert_eq!((item.text.as_str(), item.stable), ("A key", None));
        assert!(!format!("{item:?}").contains("hunter2"));
    }

    #[test]
    fn bases_in_a_circle_and_references_to_nothing_end() {
        let at = |address: &str, more: &str| {
            one(&format!(r#"{{"locations": [{{"physicalLocation": {{"artifactLocation": {address}}}}}]}}"#), more).path
        };
        let bases = r#""originalUriBaseIds": {"A": {"uri": "a/", "uriBaseId": "B"}, "B": {"uriBaseId": "A"},
            "ROOT": {"uri": "file:///w/"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"}}, "#;
        assert!(at(r#"{"uri": "x", "uriBaseId": "A"}"#, bases).ends_with("a/x"));
        assert_eq!(at(r#"{"uri": "x.c", "uriBaseId": "SRC"}"#, bases), "file:///w/src/x.c");
        assert_eq!(at(r#"{"uri": "x.c", "uriBaseId": "%SRCROOT%"}"#, ""), "x.c");
        assert_eq!(at(r#"{"index": 0}"#, r#""artifacts": [{"location": {"uri": "y.c"}}],"#), "y.c");
        assert_eq!(at(r#"{"index": 4000000000}"#, ""), "");
    }

    #[test]
    fn what_passed_is_no_fault_and_a_failed_run_is_no_clean_one() {
        let runs =
            |run: &str| read(format!(r#"{{"runs": [{{"tool": {{"driver": {{"name": "T"}}}} {run}}}]}}"#).as_bytes());
        let told = runs(r#", "results": [{"kind": "pass"}, {"baselineState": "absent"}, {"suppressions": [{}]}]"#);
        let told = told.unwrap().remove(0);
        assert_eq!((told.results, told.passed, told.items.len()), (3, 2, 1));
        assert_eq!(told.items[0].note, "suppressed for the tool");
        assert!(matches!(runs(""), Err(ImportError::Failed(_))));
        let failed = runs(r#", "results": [], "invocations": [{"executionSuccessful": false}]"#);
        assert!(matches!(failed, Err(ImportError::Failed(_))));
    }
}
