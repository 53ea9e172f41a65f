//! CycloneDX 1.2 to 1.7 as JSON.

use super::super::{About, Manifest, Scope, Source};
use super::{Draft, MAKER, Need, Part, hashes, time};
use crate::yaml::Node;
use palisade_model::{Purl, Span};

/// Versions of the standard whose meaning is known; 1.0 and 1.1 are the same with less in them.
pub(super) const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Types of components that are no packages, unless they have a package URL.
pub(super) const NO_PACKAGES: [&str; 3] = ["file", "data", "cryptographic-asset"];

/// Reads a document.
pub(super) fn read(root: Node<'_>) -> Option<Manifest> {
    root.get_str("bomFormat").filter(|format| *format == "CycloneDX")?;
    let mut draft = Draft { scoped: true, ..Draft::default() };
    version(&mut draft, root.get_str("specVersion"), root.get("specVersion").map_or(root.span(), Node::span));
    if let Some(metadata) = root.get("metadata") {
        draft.ours = made_by_us(metadata);
        let created = time(metadata.get_str("timestamp"));
        if let Some(component) = metadata.get("component") {
            let name = component.get_str("name").unwrap_or("").to_owned();
            let version = component.get_str("version").map(str::to_owned);
            draft.about = Some(About { name, version, created, ..About::default() });
            let purl = component.get_str("purl").and_then(|text| Purl::parse(text).ok());
            draft.subject = Some((component.get_str("bom-ref").unwrap_or("").to_owned(), purl));
            parts(&mut draft, component.get("components"));
        } else {
            draft.about = created.map(|created| About { created: Some(created), ..About::default() });
        }
    }
    parts(&mut draft, root.get("components"));
    services(&mut draft, root.get("services"));
    for entry in root.get("dependencies").into_iter().flat_map(Node::items) {
        let Some(from) = entry.get_str("ref") else { continue };
        for to in entry.get("dependsOn").into_iter().flat_map(Node::items) {
            if let Some(text) = to.as_str() {
                let scope = Scope::Runtime;
                draft.needs.push(Need { from: from.to_owned(), to: text.to_owned(), scope, span: to.span() });
            }
        }
    }
    Some(draft.finish())
}

/// Notes a version of the standard that is not known.
pub(super) fn version(draft: &mut Draft, version: Option<&str>, span: Span) {
    match version {
        Some(known) if VERSIONS.contains(&known) => {}
        Some(other) => draft.gap(span, format!("CycloneDX {other} is not known: read as 1.7, as far as that goes")),
        None => draft.gap(span, "it does not say which version of CycloneDX it is"),
    }
}

/// Whether our own name stands among the tools; they were a list, and are lists of components and services since 1.5.
fn made_by_us(metadata: Node<'_>) -> bool {
    let Some(tools) = metadata.get("tools") else { return false };
    let components = tools.get("components").into_iter().flat_map(Node::items);
    tools.items().chain(components).any(|tool| tool.get_str("name") == Some(MAKER))
}

/// Components and those within them, in the order of the file.
fn parts(draft: &mut Draft, list: Option<Node<'_>>) {
    let Some(list) = list else { return };
    // The reader of JSON bounds how deep they are nested.
    for component in list.items() {
        part(draft, component);
        parts(draft, component.get("components"));
    }
}

fn services(draft: &mut Draft, list: Option<Node<'_>>) {
    let Some(list) = list else { return };
    for service in list.items() {
        draft.others.extend(service.get_str("bom-ref").map(str::to_owned));
        services(draft, service.get("services"));
    }
}

fn part(draft: &mut Draft, node: Node<'_>) {
    let text = |key: &str| node.get_str(key).map(str::to_owned);
    let property = |name: &str| {
        let mut all = node.get("properties").into_iter().flat_map(Node::items);
        all.find(|one| one.get_str("name") == Some(name)).and_then(|one| one.get_str("value"))
    };
    let kind = node.get_str("type").unwrap_or("library");
    let reference = text("bom-ref");
    if node.get_str("purl").is_none() && NO_PACKAGES.contains(&kind) {
        draft.others.extend(reference);
        return;
    }
    let span = node.get("name").or(node.get("purl")).unwrap_or(node).span();
    let written = node.get("hashes").into_iter().flat_map(Node::items);
    let written = written.map(|one| (one.get_str("alg").unwrap_or(""), one.get_str("content").unwrap_or("")));
    let mut part = Part {
        reference,
        group: text("group"),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        purls: text("purl").into_iter().collect(),
        scope: scope(node.get_str("scope"), property("cdx:npm:package:development")),
        hashes: hashes(written, span, draft),
        licences: licences(node),
        span,
        version_span: node.get("version").map(Node::span),
        ..Part::default()
    };
    if draft.ours {
        part.direct = property("palisade:direct").map(|value| value == "true");
        part.own = property("palisade:own") == Some("true");
        part.scripts = property("palisade:scripts") == Some("true");
        let references = node.get("externalReferences").into_iter().flat_map(Node::items);
        part.source = Some(
            references
                .filter_map(|one| source(one.get_str("type")?, one.get_str("url")?))
                .next()
                .unwrap_or(Source::Registry),
        );
    }
    draft.parts.push(part);
}

/// What a component is there for. `excluded` is what tests and builds need.
pub(super) fn scope(written: Option<&str>, development: Option<&str>) -> Option<Scope> {
    match written {
        _ if development == Some("true") => Some(Scope::Development),
        Some("optional") => Some(Scope::Optional),
        Some("excluded") => Some(Scope::Development),
        _ => Some(Scope::Runtime),
    }
}

/// Where a package of our own bills comes from: archives end like archives, other addresses are registries.
pub(super) fn source(kind: &str, url: &str) -> Option<Source> {
    const ARCHIVES: [&str; 12] =
        [".tgz", ".gz", ".bz2", ".xz", ".zip", ".whl", ".crate", ".gem", ".jar", ".nupkg", ".egg", ".tar"];
    let plain = url.split(['?', '#']).next().unwrap_or(url);
    match kind {
        "vcs" => Some(Source::Repository(url.to_owned())),
        "distribution" if ARCHIVES.iter().any(|ending| plain.ends_with(ending)) => {
            Some(Source::Address(url.to_owned()))
        }
        "distribution" => Some(Source::Mirror(url.to_owned())),
        _ => None,
    }
}

/// Licences that were declared; those that somebody concluded where nothing was.
fn licences(node: Node<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for choice in node.get("licenses").into_iter().flat_map(Node::items) {
        let licence = choice.get("license");
        let named = || licence.and_then(|one| one.get_str("id").or_else(|| one.get_str("name")));
        let concluded = licence.unwrap_or(choice).get_str("acknowledgement") == Some("concluded");
        if let Some(text) = choice.get_str("expression").or_else(named) {
            found.push((concluded, text.to_owned()));
        }
    }
    let any_declared = found.iter().any(|(concluded, _)| !concluded);
    found.into_iter().filter(|(concluded, _)| !(*concluded && any_declared)).map(|(_, text)| text).collect()
}
