//! CycloneDX 1.6 and 1.7 as data, from which JSON and XML are written.

use palisade_inventory::package::{Component, Scope, Source};
use serde::Serialize;

use super::{Sbom, Spelling, digests, expression};
use crate::VERSION;

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(rename = "$schema")]
    pub(super) schema: String,
    bom_format: &'static str,
    pub(super) spec_version: &'static str,
    pub(super) serial_number: String,
    pub(super) version: u32,
    pub(super) metadata: Metadata,
    pub(super) components: Vec<Part>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) compositions: Vec<Composition>,
}

#[derive(Debug, Serialize)]
pub(super) struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timestamp: Option<String>,
    pub(super) lifecycles: [Lifecycle; 1],
    pub(super) tools: Tools,
    pub(super) component: Part,
}

#[derive(Debug, Serialize)]
pub(super) struct Lifecycle {
    pub(super) phase: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Tools {
    pub(super) components: [Part; 1],
}

/// A component.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "String::is_empty")]
    pub(super) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<HashOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<Licence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_references: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Evidence>,
}

#[derive(Debug, Serialize)]
pub(super) struct HashOut {
    pub(super) alg: String,
    pub(super) content: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Licence {
    Expression(String),
    License { name: String },
}

#[derive(Debug, Serialize)]
pub(super) struct Reference {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) value: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Evidence {
    pub(super) occurrences: Vec<Occurrence>,
}

#[derive(Debug, Serialize)]
pub(super) struct Occurrence {
    pub(super) location: String,
    pub(super) line: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dependency {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) depends_on: Vec<String>,
}

/// How complete a part of the bill is.
#[derive(Debug, Serialize)]
pub(super) struct Composition {
    pub(super) aggregate: &'static str,
    pub(super) assemblies: Vec<String>,
}

/// The reference of what the bill is about.
const TARGET: &str = "target";

impl Document {
    pub(super) fn new(sbom: &Sbom<'_>, version: &'static str) -> Self {
        let bill = sbom.bill;
        let reference = |at: &u32| bill.components.get(*at as usize).map(|component| component.purl.to_string());
        let target = Part {
            kind: if sbom.layers.is_some() { "container" } else { "application" },
            reference: TARGET.to_owned(),
            name: sbom.name.clone(),
            version: sbom.version.clone(),
            ..Part::default()
        };
        let mut dependencies = vec![Dependency {
            reference: TARGET.to_owned(),
            depends_on: bill.direct.iter().filter_map(reference).collect(),
        }];
        dependencies.extend(bill.components.iter().map(|component| Dependency {
            reference: component.purl.to_string(),
            depends_on: component.needs.iter().filter_map(reference).collect(),
        }));
        // Honest about gaps: a file that was not understood to its end may name more.
        let complete = bill.files.iter().all(|file| file.gaps.is_empty() && (file.locked || file.behind.is_some()));
        let aggregate = if complete { "complete" } else { "incomplete" };
        let tool = Part {
            kind: "application",
            name: "palisade".to_owned(),
            version: Some(VERSION.to_owned()),
            ..Part::default()
        };
        Self {
            schema: format!("http://cyclonedx.org/schema/bom-{version}.schema.json"),
            bom_format: "CycloneDX",
            spec_version: version,
            serial_number: format!("urn:uuid:{}", sbom.uuid(version)),
            version: 1,
            metadata: Metadata {
                timestamp: sbom.time.map(palisade_model::Timestamp::rfc3339),
                lifecycles: [Lifecycle { phase: if sbom.layers.is_some() { "post-build" } else { "pre-build" } }],
                tools: Tools { components: [tool] },
                component: target,
            },
            components: bill
                .components
                .iter()
                .map(|component| Part::of(component, sbom.layers))
                .chain(bill.removed.iter().map(|component| Part::removed(component, sbom.layers)))
                .collect(),
            dependencies,
            compositions: vec![Composition { aggregate, assemblies: vec![TARGET.to_owned()] }],
        }
    }
}

impl Part {
    /// One that a later layer took away: it is in the image's bytes, and not in what runs.
    fn removed(component: &Component, layers: Option<&[String]>) -> Self {
        let mut part = Self::of(component, layers);
        part.reference = format!("removed:{}", part.reference);
        part.scope = Some("excluded");
        part
    }

    fn of(component: &Component, layers: Option<&[String]>) -> Self {
        let purl = component.purl.to_string();
        let mut properties = vec![Property { name: "palisade:direct", value: component.direct.to_string() }];
        let digest = |number: u32| layers.and_then(|layers| layers.get(number as usize)).cloned();
        if let Some(own) = component.layers {
            properties.extend(digest(own.brought).map(|value| Property { name: "palisade:layer", value }));
            let removed = own.removed.and_then(digest);
            properties.extend(removed.map(|value| Property { name: "palisade:removed-by-layer", value }));
        }
        if component.own {
            properties.push(Property { name: "palisade:own", value: "true".to_owned() });
        }
        if component.scripts {
            properties.push(Property { name: "palisade:scripts", value: "true".to_owned() });
        }
        Self {
            kind: super::kind_of(component),
            reference: purl.clone(),
            group: component.purl.namespace().map(str::to_owned),
            name: component.purl.name().to_owned(),
            version: component.purl.version().map(str::to_owned),
            scope: Some(match component.scope {
                Scope::Runtime => "required",
                Scope::Optional => "optional",
                Scope::Development => "excluded",
            }),
            hashes: digests(component, Spelling::CycloneDx)
                .map(|(alg, hash)| HashOut { alg, content: hash.hex.clone() })
                .collect(),
            licenses: licences(component),
            purl: Some(purl),
            external_references: component.sources.iter().filter_map(reference).collect(),
            properties,
            evidence: Some(Evidence {
                occurrences: component
                    .places
                    .iter()
                    .map(|place| Occurrence { location: place.path.to_string(), line: place.line })
                    .collect(),
            }),
        }
    }
}

fn licences(component: &Component) -> Vec<Licence> {
    match expression(component) {
        Some(expression) => vec![Licence::Expression(expression)],
        None => component.licences.iter().map(|name| Licence::License { name: name.clone() }).collect(),
    }
}

fn reference(source: &Source) -> Option<Reference> {
    let (kind, url) = match source {
        Source::Repository(url) => ("vcs", url),
        Source::Mirror(url) | Source::Address(url) => ("distribution", url),
        Source::Registry | Source::Local => return None,
    };
    Some(Reference { kind, url: url.clone() })
}
