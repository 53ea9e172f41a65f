//! SPDX 2.2 and 2.3 as JSON or YAML, and what JSON and tags have in common.

use std::collections::{HashMap, HashSet};

use palisade_model::{Purl, Span};

use super::super::{About, Manifest, Scope, Source};
use super::{Draft, MAKER, Need, Part, hashes, is_licence, time};
use crate::yaml::Node;

/// Versions of the standard whose meaning is known.
const VERSIONS: [&str; 4] = ["SPDX-2.0", "SPDX-2.1", "SPDX-2.2", "SPDX-2.3"];

/// Files of packages beyond this are not told from packages: the largest bills in the wild list some 100,000.
const FILES_MAX: usize = 4_000_000;

/// A document of either syntax, as written.
#[derive(Default)]
pub(super) struct Document {
    pub(super) version: Option<String>,
    pub(super) version_span: Span,
    pub(super) name: String,
    pub(super) created: Option<String>,
    pub(super) creators: Vec<String>,
    pub(super) packages: Vec<Package>,
    pub(super) relationships: Vec<Relationship>,
    /// Identities of files, snippets and the document itself.
    pub(super) others: Vec<String>,
    /// What the licences that the document defines are called.
    pub(super) licences: HashMap<String, String>,
    pub(super) faults: Vec<(Span, String)>,
}

/// A package as written.
#[derive(Default)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) purls: Vec<String>,
    pub(super) declared: Option<String>,
    pub(super) concluded: Option<String>,
    pub(super) checksums: Vec<(String, String)>,
    pub(super) download: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) span: Span,
    pub(super) version_span: Option<Span>,
}

/// How two elements stand to each other.
pub(super) struct Relationship {
    pub(super) from: String,
    pub(super) kind: String,
    pub(super) to: String,
    pub(super) span: Span,
}

/// Reads a document.
pub(super) fn read(root: Node<'_>) -> Option<Manifest> {
    let version = root.get("spdxVersion")?;
    let text = |node: Node<'_>, key: &str| node.get_str(key).map(str::to_owned);
    let mut document = Document {
        version: version.as_str().map(str::to_owned),
        version_span: version.span(),
        name: text(root, "name").unwrap_or_default(),
        ..Document::default()
    };
    document.others.extend(text(root, "SPDXID"));
    if let Some(info) = root.get("creationInfo") {
        document.created = text(info, "created");
        let creators = info.get("creators").into_iter().flat_map(Node::items);
        document.creators = creators.filter_map(|one| one.as_str().map(str::to_owned)).collect();
    }
    for licence in root.get("hasExtractedLicensingInfos").into_iter().flat_map(Node::items) {
        if let (Some(id), Some(name)) = (text(licence, "licenseId"), text(licence, "name")) {
            document.licences.insert(id, name);
        }
    }
    for list in ["files", "snippets"] {
        let items = root.get(list).into_iter().flat_map(Node::items);
        document.others.extend(items.filter_map(|item| text(item, "SPDXID")).take(FILES_MAX));
    }
    for node in root.get("packages").into_iter().flat_map(Node::items) {
        let references = node.get("externalRefs").into_iter().flat_map(Node::items);
        let purls = references.filter(|one| one.get_str("referenceType").is_some_and(is_purl));
        let checksums = node.get("checksums").into_iter().flat_map(Node::items);
        document.packages.push(Package {
            id: text(node, "SPDXID").unwrap_or_default(),
            name: text(node, "name").unwrap_or_default(),
            version: text(node, "versionInfo"),
            purls: purls.filter_map(|one| text(one, "referenceLocator")).collect(),
            declared: text(node, "licenseDeclared"),
            concluded: text(node, "licenseConcluded"),
            checksums: checksums
                .map(|one| (text(one, "algorithm").unwrap_or_default(), text(one, "checksumValue").unwrap_or_default()))
                .collect(),
            download: text(node, "downloadLocation"),
            purpose: text(node, "primaryPackagePurpose"),
            span: node.get("name").unwrap_or(node).span(),
            version_span: node.get("versionInfo").map(Node::span),
        });
    }
    for node in root.get("relationships").into_iter().flat_map(Node::items) {
        let (Some(from), Some(kind), Some(to)) =
            (text(node, "spdxElementId"), text(node, "relationshipType"), text(node, "relatedSpdxElement"))
        else {
            document.faults.push((node.span(), "a relationship without its two ends and its type".to_owned()));
            continue;
        };
        document.relationships.push(Relationship { from, kind, to, span: node.span() });
    }
    for described in root.get("documentDescribes").into_iter().flat_map(Node::items) {
        if let Some(to) = described.as_str().map(str::to_owned) {
            let from = "SPDXRef-DOCUMENT".to_owned();
            document.relationships.push(Relationship {
                from,
                kind: "DESCRIBES".to_owned(),
                to,
                span: described.span(),
            });
        }
    }
    Some(document.finish())
}

/// Whether a type of reference is that of package URLs, under its old names too.
pub(super) fn is_purl(kind: &str) -> bool {
    matches!(kind, "purl" | "http://spdx.org/rdf/references/purl")
}

impl Document {
    /// Makes packages and needs of what is written.
    pub(super) fn finish(self) -> Manifest {
        let mut draft = Draft {
            ours: self.creators.iter().any(|creator| {
                let tool = creator.strip_prefix("Tool:").map(str::trim).unwrap_or("");
                tool.strip_prefix(MAKER).is_some_and(|rest| rest.starts_with('-'))
            }),
            others: self.others.into_iter().collect(),
            ..Draft::default()
        };
        if !self.version.as_deref().is_some_and(|version| VERSIONS.contains(&version)) {
            let version = self.version.as_deref().unwrap_or("without a version");
            draft.gap(self.version_span, format!("{version} is not known: read as SPDX-2.3, as far as that goes"));
        }
        for (span, message) in self.faults {
            draft.gap(span, message);
        }
        // The standard turns the arrow of some of its words.
        let ids: HashSet<&str> = self.packages.iter().map(|package| package.id.as_str()).collect();
        let described = self.relationships.iter().filter_map(described);
        let described: Vec<&str> = described.filter(|id| ids.contains(id)).collect();
        let created = time(self.created.as_deref());
        draft.about = Some(About { name: self.name, version: None, created, ..About::default() });
        // What a document describes alone, beside other packages, is what it is about.
        let main = match described.as_slice() {
            [first, rest @ ..] if rest.iter().all(|id| id == first) && self.packages.len() > 1 => {
                Some((*first).to_owned())
            }
            _ => None,
        };
        let mut seen_subject = false;
        for package in self.packages {
            if main.as_deref() == Some(&package.id) && !seen_subject {
                seen_subject = true;
                let purl = package.purls.iter().find_map(|text| Purl::parse(text).ok());
                let version = package.version.clone().filter(|text| !text.is_empty());
                draft.about = Some(About { name: package.name.clone(), version, created, ..About::default() });
                draft.subject = Some((package.id, purl));
                continue;
            }
            let (ours, span) = (draft.ours, package.span);
            let written = package.checksums.iter().map(|(algorithm, hex)| (algorithm.as_str(), hex.as_str()));
            let hashes = hashes(written, span, &mut draft);
            let licence = [&package.declared, &package.concluded].into_iter().flatten().find(|text| is_licence(text));
            let licence = licence.map(|text| self.licences.get(text).unwrap_or(text).clone());
            draft.parts.push(Part {
                reference: Some(package.id).filter(|id| !id.is_empty()),
                name: package.name,
                version: package.version.filter(|text| !matches!(text.as_str(), "" | "NOASSERTION" | "NONE")),
                purls: package.purls,
                own: ours && package.purpose.as_deref() == Some("APPLICATION"),
                hashes,
                licences: licence.into_iter().collect(),
                source: ours.then(|| source(package.download.as_deref())),
                span,
                version_span: package.version_span,
                ..Part::default()
            });
        }
        for one in self.relationships {
            let Some((turned, scope)) = meaning(&one.kind) else { continue };
            if [&one.from, &one.to].into_iter().any(|end| matches!(end.as_str(), "NONE" | "NOASSERTION")) {
                continue;
            }
            let (from, to) = if turned { (one.to, one.from) } else { (one.from, one.to) };
            draft.needs.push(Need { from, to, scope, span: one.span });
        }
        draft.finish()
    }
}

/// What a relationship says is described by the document.
fn described(one: &Relationship) -> Option<&str> {
    match one.kind.as_str() {
        "DESCRIBES" => Some(&one.to),
        "DESCRIBED_BY" => Some(&one.from),
        _ => None,
    }
}

/// Whether a relationship says what needs what, the other way round, and what for.
fn meaning(kind: &str) -> Option<(bool, Scope)> {
    Some(match kind {
        "DEPENDS_ON" | "HAS_PREREQUISITE" | "STATIC_LINK" | "DYNAMIC_LINK" => (false, Scope::Runtime),
        "DEPENDENCY_OF" | "RUNTIME_DEPENDENCY_OF" | "PREREQUISITE_FOR" => (true, Scope::Runtime),
        "OPTIONAL_DEPENDENCY_OF" | "PROVIDED_DEPENDENCY_OF" | "OPTIONAL_COMPONENT_OF" => (true, Scope::Optional),
        "BUILD_DEPENDENCY_OF"
        | "DEV_DEPENDENCY_OF"
        | "TEST_DEPENDENCY_OF"
        | "BUILD_TOOL_OF"
        | "DEV_TOOL_OF"
        | "TEST_TOOL_OF" => (true, Scope::Development),
        _ => return None,
    })
}

/// Where a package of our own bills comes from.
fn source(download: Option<&str>) -> Source {
    match download.filter(|text| is_licence(text)) {
        Some(url) if url.starts_with("git+") || url.starts_with("git:") => Source::Repository(url.to_owned()),
        Some(url) => Source::Address(url.to_owned()),
        None => Source::Registry,
    }
}
