//! What `npm audit --json` says, as version 7 and later write it, and as version 6 and pnpm do.
//!
//! A package that is at fault only because it needs another is no result of its own.

use std::collections::BTreeMap;

use palisade_model::Purl;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::lenient::{Text, or_default};
use super::{ImportError, Item, Kind, Run, Vulnerable, parse, severity};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    error: Option<IgnoredAny>,
    vulnerabilities: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default, deserialize_with = "or_default")]
    via: Vec<Via>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    Advisory(Box<Advisory>),
    Package(String),
}

#[derive(Deserialize)]
struct Advisory {
    #[serde(default, deserialize_with = "or_default")]
    source: Text,
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
    #[serde(default, deserialize_with = "or_default")]
    url: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
}

#[derive(Deserialize)]
struct First {
    #[serde(default)]
    error: Option<IgnoredAny>,
    advisories: BTreeMap<String, FirstAdvisory>,
}

#[derive(Deserialize)]
struct FirstAdvisory {
    module_name: String,
    #[serde(default, deserialize_with = "or_default")]
    findings: Vec<Found>,
    #[serde(default, deserialize_with = "or_default")]
    cves: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    github_advisory_id: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
    #[serde(default, deserialize_with = "or_default")]
    url: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default, deserialize_with = "or_default")]
    version: String,
}

/// Reads a report of version 7 and later.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: Document = parse(bytes, "npm audit's JSON")?;
    let mut run = Run::new("npm audit", "");
    if document.error.is_some() {
        return Err(ImportError::Failed(run.tool));
    }
    let mut lost = 0;
    for via in document.vulnerabilities.values().flat_map(|package| &package.via) {
        match via {
            Via::Advisory(one) => {
                let id = ghsa(&one.url).unwrap_or_else(|| format!("npm:{}", one.source.0));
                run.tell(item(&one.name, "", vec![id], &one.title, &one.severity));
            }
            // It needs the package of this name, which has an entry of its own.
            Via::Package(name) => lost += usize::from(!document.vulnerabilities.contains_key(name)),
        }
    }
    run.note(lost, "packages at fault for others that it does not tell of");
    Ok(vec![run])
}

/// Reads a report of version 6.
pub(super) fn read_first(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: First = parse(bytes, "npm audit's JSON of version 6")?;
    let mut run = Run::new("npm audit", "");
    if document.error.is_some() {
        return Err(ImportError::Failed(run.tool));
    }
    for (number, one) in &document.advisories {
        let ghsa = Some(one.github_advisory_id.clone()).filter(|id| !id.is_empty()).or_else(|| ghsa(&one.url));
        let mut names: Vec<String> = ghsa.into_iter().chain(one.cves.iter().cloned()).collect();
        if names.is_empty() {
            names.push(format!("npm:{number}"));
        }
        for found in &one.findings {
            run.tell(item(&one.module_name, &found.version, names.clone(), &one.title, &one.severity));
        }
        if one.findings.is_empty() {
            run.tell(item(&one.module_name, "", names, &one.title, &one.severity));
        }
    }
    Ok(vec![run])
}

/// The name of an advisory of GitHub's in its address.
fn ghsa(url: &str) -> Option<String> {
    let last = url.trim_end_matches('/').rsplit('/').next()?;
    last.starts_with("GHSA-").then(|| super::cut(last, super::NAME_CHARACTERS_MAX))
}

fn item(package: &str, version: &str, names: Vec<String>, title: &str, word: &str) -> Item {
    let id = names.first().cloned().unwrap_or_default();
    let kind = Purl::new("npm", package)
        .ok()
        .map(|purl| Kind::Package(Box::new(Vulnerable { purl, version: version.to_owned(), names, fixed: None })));
    let logical = if kind.is_some() { String::new() } else { super::cut(package, super::NAME_CHARACTERS_MAX) };
    Item { severity: severity(word), logical, ..Item::new(kind.unwrap_or(Kind::Result), &id, title) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn both_versions_are_read_and_ways_to_a_fault_are_no_results() {
        let text = r#"{"auditReportVersion": 2, "vulnerabilities": {
            "a": {"name": "a", "via": ["b"], "nodes": []},
            "b": {"name": "b", "via": [{"source": 7, "name": "b", "title": "T", "severity": "moderate",
                  "url": "https://example.org/advisories/GHSA-aaaa-bbbb-cccc"}, {"source": 8, "name": "b"}]}}}"#;
        let run = read(text.as_bytes()).unwrap().remove(0);
        let names: Vec<_> = run.items.iter().map(|item| item.rule.as_str()).collect();
        assert_eq!(names, ["GHSA-aaaa-bbbb-cccc", "npm:8"]);
        let text = r#"{"metadata": {}, "advisories": {"9": {"module_name": "@s/b", "cves": ["CVE-2026-1"],
            "findings": [{"version": "1.0.0"}, {"version": "2.0.0"}], "severity": "high"}}}"#;
        let run = read_first(text.as_bytes()).unwrap().remove(0);
        assert_eq!((run.results, run.items[1].rule.as_str()), (2, "CVE-2026-1"));
    }
}
