//! SARIF 2.1.0, for GitHub code scanning and whatever else reads it.
//!
//! Every check that ran is a rule with its page as help, whether or not it found
//! something. Columns count Unicode code points, paths are percent-encoded and
//! relative to `%SRCROOT%`. A result under an exception is kept, suppressed, with
//! the exception's reason.

use std::collections::{BTreeMap, HashMap};
use std::io;

use palisade_model::{Confidence, Excerpt, Finding, Location, Meta, Severity, Span};
use serde::Serialize;
use serde_json::{Value, json};

use crate::json::PackagesOut;
use crate::page::section;
use crate::text::{shorten, uncompared, visible};
use crate::{ScanReport, VERSION, json};

/// GitHub refuses runs with more results; the worst are kept.
const RESULTS_MAX: usize = 25_000;
/// GitHub shows at most 1,024 characters of a message.
const MESSAGE_CHARACTERS_MAX: usize = 1_000;
/// GitHub reads at most 20 tags of a rule.
const TAGS_MAX: usize = 20;
/// Notifications about files that were not read.
const NOTIFICATIONS_MAX: usize = 1_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    automation_details: Value,
    #[serde(serialize_with = "results")]
    results: (&'a ScanReport<'a>, Vec<&'a Finding>),
}

/// Writes the log on one line; services limit its size.
pub(crate) fn write(report: &ScanReport<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut kept: Vec<&Finding> = report.scan.findings.iter().collect();
    let dropped = kept.len().saturating_sub(RESULTS_MAX);
    if dropped > 0 {
        kept.sort_by_key(|finding| (finding.exception.is_some(), std::cmp::Reverse(finding.severity)));
        kept.truncate(RESULTS_MAX);
    }
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: tool(report),
            invocations: [invocation(report, dropped)],
            original_uri_base_ids: json!({ SOURCE_ROOT: { "description": { "text": "The root of the scanned target." } } }),
            column_kind: "unicodeCodePoints",
            automation_details: json!({ "id": "palisade/" }),
            results: (report, kept),
        }],
    };
    json::write_compact(&log, out)
}

const SOURCE_ROOT: &str = "%SRCROOT%";

fn results<S: serde::Serializer>(
    (report, findings): &(&ScanReport<'_>, Vec<&Finding>),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let rules: HashMap<&str, usize> = rules(report).enumerate().map(|(at, meta)| (meta.id, at)).collect();
    serializer.collect_seq(findings.iter().map(|finding| result(report, finding, rules.get(finding.check.id).copied())))
}

/// The checks that ran, and those of findings that the caller's list lacks.
fn rules<'a>(report: &'a ScanReport<'_>) -> impl Iterator<Item = &'static Meta> + use<'a> {
    let mut rules: BTreeMap<&str, &'static Meta> = report.checks.iter().map(|c| (c.meta.id, &c.meta)).collect();
    for finding in &report.scan.findings {
        rules.entry(finding.check.id).or_insert(finding.check);
    }
    rules.into_values()
}

fn tool(report: &ScanReport<'_>) -> Value {
    json!({ "driver": {
        "name": "Palisade",
        "semanticVersion": VERSION,
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules(report).map(rule).collect::<Vec<_>>(),
    } })
}

fn rule(meta: &'static Meta) -> Value {
    let mut tags = vec!["security".to_owned(), meta.family().to_owned()];
    if meta.severity == Severity::Info {
        tags.remove(0);
    }
    // The spelling by which GitHub knows weaknesses.
    tags.extend(meta.maps.iter().filter_map(|map| map.strip_prefix("CWE-")).map(|n| format!("external/cwe/cwe-{n}")));
    tags.extend(meta.maps.iter().chain(meta.controls).map(|map| (*map).to_owned()));
    tags.truncate(TAGS_MAX);
    let found = section(meta.page, "What it finds");
    let matters = section(meta.page, "Why it matters");
    let mut properties = json!({
        "tags": tags,
        "precision": precision(meta.confidence),
        "problem.severity": problem(meta.severity),
        "controls": meta.controls,
        "maps": meta.maps,
        "since": meta.since,
    });
    if let (Some(score), Some(properties)) = (score(meta.severity), properties.as_object_mut()) {
        properties.insert("security-severity".to_owned(), score.into());
    }
    json!({
        "id": meta.id,
        "name": pascal(meta.id),
        "shortDescription": { "text": meta.title },
        "fullDescription": { "text": shorten(if found.is_empty() { meta.title } else { found }, MESSAGE_CHARACTERS_MAX) },
        "help": { "text": if matters.is_empty() { meta.title } else { matters }, "markdown": meta.page },
        "defaultConfiguration": { "level": level(meta.severity) },
        "properties": properties,
    })
}

/// The number that GitHub turns back into critical, high, medium and low.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.5"),
        Severity::Info => None,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// `kubernetes/host-path` as `KubernetesHostPath`.
fn pascal(id: &str) -> String {
    id.split(['/', '-'])
        .flat_map(|word| {
            let mut characters = word.chars();
            characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters)
        })
        .collect()
}

fn result(report: &ScanReport<'_>, finding: &Finding, rule: Option<usize>) -> Value {
    let mut out = json!({
        "ruleId": finding.check.id,
        "level": level(finding.severity),
        "message": { "text": message(&finding.message) },
        "locations": [location(&finding.location)],
        "fingerprints": { "palisade/v1": finding.fingerprint },
        // GitHub tracks an alert by this one alone; without it, it would hash the line.
        "partialFingerprints": { "primaryLocationLineHash": format!("{}:1", finding.fingerprint) },
        "properties": { "severity": finding.severity, "confidence": finding.confidence },
    });
    let Some(fields) = out.as_object_mut() else { return out };
    if let Some(index) = rule {
        fields.insert("ruleIndex".to_owned(), index.into());
    }
    if !finding.also.is_empty() {
        let related = finding.also.iter().enumerate().map(|(at, related)| {
            let mut place = location(&related.location);
            if let Some(place) = place.as_object_mut() {
                place.insert("id".to_owned(), (at + 1).into());
                place.insert("message".to_owned(), json!({ "text": message(&related.message) }));
            }
            place
        });
        fields.insert("relatedLocations".to_owned(), related.collect());
    }
    if let Some(fix) = fix(finding) {
        fields.insert("fixes".to_owned(), json!([fix]));
    }
    if let Some(note) = &finding.exception {
        let who = format!("{} ({}, {}, until {})", note.reason, note.owner, note.ticket, note.expires);
        let suppression = json!({
            "kind": "external",
            "status": "accepted",
            "justification": who,
            "properties": { "id": note.id, "owner": note.owner, "ticket": note.ticket, "expires": note.expires },
        });
        fields.insert("suppressions".to_owned(), json!([suppression]));
    }
    if let Some(state) = report.state(finding) {
        fields.insert("baselineState".to_owned(), state.into());
    }
    if let (Some(history), Some(properties)) =
        (&finding.history, fields.get_mut("properties").and_then(Value::as_object_mut))
    {
        let history = json!({
            "firstCommit": history.first_commit,
            "lastCommit": history.last_commit,
            "authorDate": history.author_date,
            "present": history.present,
        });
        properties.insert("history".to_owned(), history);
    }
    if let (Some(reach), Some(properties)) = (
        finding.fault.as_ref().and_then(|fault| fault.reach.as_ref()),
        fields.get_mut("properties").and_then(Value::as_object_mut),
    ) {
        properties.insert("reach".to_owned(), json!(reach));
    }
    if let (Some(verification), Some(properties)) =
        (&finding.verification, fields.get_mut("properties").and_then(Value::as_object_mut))
    {
        properties.insert("validity".to_owned(), json!(json::ValidityOut::new(verification)));
    }
    out
}

/// A message in one line. SARIF reads `[x](y)` as a link, which text from a target must not make.
fn message(text: &str) -> String {
    shorten(&visible(text), MESSAGE_CHARACTERS_MAX).replace("](", "\\](")
}

fn location(location: &Location) -> Value {
    let mut place = json!({ "artifactLocation": artifact(&location.path) });
    if let Some(fields) = place.as_object_mut() {
        fields.insert("region".to_owned(), region(location));
        if let Some(excerpt) = &location.excerpt {
            fields.insert("contextRegion".to_owned(), context(excerpt));
        }
    }
    let mut out = json!({ "physicalLocation": place });
    if let Some(fields) = out.as_object_mut() {
        if !location.structure.is_empty() {
            let name = visible(&location.structure);
            fields.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": name }]));
        }
        if let Some(commit) = &location.commit {
            fields.insert("properties".to_owned(), json!({ "commit": commit }));
        }
    }
    out
}

fn region(location: &Location) -> Value {
    json!({
        "startLine": location.start.line,
        "startColumn": location.start.column,
        "endLine": location.end.line.max(location.start.line),
        "endColumn": if location.end.line > location.start.line {
            location.end.column
        } else {
            location.end.column.max(location.start.column)
        },
    })
}

/// The lines around, masked as everywhere.
fn context(excerpt: &Excerpt) -> Value {
    let last = excerpt.first_line + u32::try_from(excerpt.lines.len().saturating_sub(1)).unwrap_or(0);
    json!({ "startLine": excerpt.first_line, "endLine": last, "snippet": { "text": excerpt.lines.join("\n") } })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": SOURCE_ROOT })
}

/// A path as a relative URI reference; the whole target is `.`.
pub(crate) fn uri(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'!' => out.push(byte.into()),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn fix(finding: &Finding) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    let own = &finding.location;
    let mut changes: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let path = edit.path.as_deref().unwrap_or(&own.path);
        // Lines and columns are known for the place of the finding; elsewhere bytes say it exactly.
        let deleted = if path == &*own.path && edit.span == own.span { region(own) } else { bytes(edit.span) };
        let replacement = json!({ "deletedRegion": deleted, "insertedContent": { "text": edit.replacement } });
        changes.entry(path).or_default().push(replacement);
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements }))
        .collect();
    let safety = json::safety(fix.safety);
    Some(
        json!({ "description": { "text": message(&format!("{} ({safety})", fix.title)) }, "artifactChanges": changes }),
    )
}

fn bytes(span: Span) -> Value {
    json!({ "byteOffset": span.start, "byteLength": span.len() })
}

fn invocation(report: &ScanReport<'_>, dropped: usize) -> Value {
    let coverage = &report.scan.coverage;
    let unread = coverage.unreadable.iter().map(|file| (file, "could not be read", "error"));
    let partial = coverage.partial.iter().map(|file| (file, "was read in part", "warning"));
    let mut notes: Vec<Value> = unread
        .chain(partial)
        .take(NOTIFICATIONS_MAX)
        .map(|(file, what, level)| {
            json!({
                "level": level,
                "message": { "text": message(&format!("{} {what}: {}", file.path, file.reason)) },
                "locations": [{ "physicalLocation": { "artifactLocation": artifact(&file.path) } }],
            })
        })
        .collect();
    for one in coverage.uncompared.iter().take(NOTIFICATIONS_MAX) {
        notes.push(json!({ "level": "warning", "message": { "text": message(&uncompared(one)) } }));
    }
    if dropped > 0 {
        let text = format!("{dropped} less severe results were left out: a run holds at most {RESULTS_MAX}");
        notes.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    let mut properties = json!({ "seen": coverage.seen, "parsed": coverage.parsed, "skipped": coverage.skipped.len() });
    if let (Some(packages), Some(properties)) = (PackagesOut::of(report), properties.as_object_mut()) {
        properties.insert("packages".to_owned(), json!(packages));
    }
    json!({
        "executionSuccessful": true,
        "toolExecutionNotifications": notes,
        "properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(uri("a b/ü:#?%.zip!c"), "a%20b/%C3%BC%3A%23%3F%25.zip!c");
        assert_eq!(uri(""), ".");
        assert_eq!(pascal("kubernetes/host-path"), "KubernetesHostPath");
        assert_eq!(message("see [x](1) {0}\n"), "see [x\\](1) {0}\\n");
    }
}
