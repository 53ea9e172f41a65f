//! CycloneDX in JSON with `vulnerabilities`: what any tool writes that knows packages and their faults.
//!
//! What the document's author says of exploitability is noted and decides nothing.

use std::collections::HashMap;

use palisade_model::Purl;
use serde::Deserialize;

use super::lenient::{Text, or_default};
use super::{ImportError, Item, Kind, Run, Vulnerable, parse, scored, severity};

#[derive(Deserialize)]
struct Document {
    #[serde(default, deserialize_with = "or_default")]
    metadata: Metadata,
    #[serde(default, deserialize_with = "or_default")]
    components: Vec<Component>,
    #[serde(default, deserialize_with = "or_default")]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    tools: Option<Tools>,
    #[serde(default)]
    component: Option<Component>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Tools {
    List(Vec<Tool>),
    Parts {
        #[serde(default, deserialize_with = "or_default")]
        components: Vec<Tool>,
        #[serde(default, deserialize_with = "or_default")]
        services: Vec<Tool>,
    },
}

#[derive(Clone, Deserialize)]
struct Tool {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    version: Text,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default, rename = "bom-ref", deserialize_with = "or_default")]
    reference: String,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    version: String,
    #[serde(default, deserialize_with = "or_default")]
    purl: String,
    #[serde(default, deserialize_with = "or_default")]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default, deserialize_with = "or_default")]
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    references: Vec<Reference>,
    #[serde(default, deserialize_with = "or_default")]
    ratings: Vec<Rating>,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default, deserialize_with = "or_default")]
    affects: Vec<Affected>,
    #[serde(default, deserialize_with = "or_default")]
    analysis: Analysis,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default, deserialize_with = "or_default")]
    id: String,
}

#[derive(Deserialize)]
struct Rating {
    #[serde(default)]
    score: Option<Text>,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    reference: String,
}

#[derive(Default, Deserialize)]
struct Analysis {
    #[serde(default, deserialize_with = "or_default")]
    state: String,
}

/// Reads a document.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: Document = parse(bytes, "CycloneDX")?;
    let tool = match document.metadata.tools {
        Some(Tools::List(tools)) => tools.into_iter().next(),
        Some(Tools::Parts { components, services }) => components.into_iter().chain(services).next(),
        None => None,
    };
    let name = tool.as_ref().map(|tool| tool.name.as_str()).filter(|name| !name.is_empty()).unwrap_or("CycloneDX");
    let mut run = Run::new(name, tool.as_ref().map_or("", |tool| &tool.version.0));
    run.created = document.metadata.timestamp;
    if let Some(of) = &document.metadata.component {
        run.foreign = of.kind == "container";
        run.artifact = of.name.clone();
    }
    let mut known: HashMap<&str, &Component> = HashMap::new();
    let mut open: Vec<&Component> = document.components.iter().chain(&document.metadata.component).collect();
    while let Some(component) = open.pop() {
        known.insert(&component.reference, component);
        open.extend(&component.components);
    }
    for one in &document.vulnerabilities {
        if one.affects.is_empty() {
            run.tell(item(one, Kind::Result, ""));
        }
        for affected in &one.affects {
            // Another document's component is named with that document before it.
            let reference = affected.reference.rsplit_once('#').map_or(affected.reference.as_str(), |(_, after)| after);
            let component = known.get(affected.reference.as_str()).or_else(|| known.get(reference)).copied();
            let purl = component.map_or(reference, |component| &component.purl);
            let purl = Purl::parse(purl).ok();
            let of = component.map_or(reference, |component| &component.name);
            let version = component.map(|component| component.version.as_str()).unwrap_or_default();
            let kind = purl.filter(|_| !one.id.is_empty()).map(|purl| {
                let version = purl.version().unwrap_or(version).to_owned();
                let names = std::iter::once(&one.id).chain(one.references.iter().map(|one| &one.id)).cloned().collect();
                Kind::Package(Box::new(Vulnerable { purl, version, names, fixed: None }))
            });
            let logical = if kind.is_some() { "" } else { of };
            run.tell(item(one, kind.unwrap_or(Kind::Result), logical));
        }
    }
    Ok(vec![run])
}

fn item(one: &Vulnerability, kind: Kind, of: &str) -> Item {
    let rated = |rating: &Rating| severity(&rating.severity).or_else(|| scored(rating.score.as_ref()?.number()?));
    let text = if of.is_empty() { one.description.clone() } else { format!("{of}: {}", one.description) };
    let state = &one.analysis.state;
    let note = match state.is_empty() || state == "exploitable" || state == "in_triage" {
        true => String::new(),
        false => format!("its author says: {}", super::cut(state, 40)),
    };
    Item {
        severity: one.ratings.iter().filter_map(rated).max(),
        logical: super::cut(of, super::NAME_CHARACTERS_MAX),
        note,
        ..Item::new(kind, if one.id.is_empty() { "vulnerability" } else { &one.id }, &text)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn each_component_at_fault_is_a_result_whatever_its_author_says() {
        let text = r#"{"bomFormat": "CycloneDX", "metadata": {"tools": [{"name": "T", "version": "2"}]},
            "components": [{"bom-ref": "1", "name": "outer", "components": [
              {"bom-ref": "2", "name": "inner", "purl": "pkg:npm/inner@1.0"}]}],
            "vulnerabilities": [
              {"id": "CVE-2026-1", "ratings": [{"severity": "low"}, {"score": 7.5}], "analysis": {"state": "not_affected"},
               "affects": [{"ref": "urn:cdx:9/1#2"}, {"ref": "1"}, {"ref": "pkg:npm/else@2"}, {"ref": "nothing"}]},
              {"description": "no name, no place"}]}"#;
        let run = read(text.as_bytes()).unwrap().remove(0);
        assert_eq!((run.tool.as_str(), run.version.as_str(), run.results), ("T", "2", 5));
        let packages: Vec<String> = run
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                Kind::Package(package) => Some(package.purl.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(packages, ["pkg:npm/inner@1.0", "pkg:npm/else@2"]);
        assert!(run.items.iter().take(4).all(|item| item.severity == Some(palisade_model::Severity::High)));
        assert!(run.items.iter().take(4).all(|item| item.note == "its author says: not_affected"));
    }
}
