//! SPDX 3.0 as JSON-LD, in the form in which tools write it: elements in one list, names as in the standard's context.

use std::collections::{HashMap, HashSet};

use palisade_model::Purl;

use super::super::{About, Manifest, Scope, Source};
use super::{Draft, MAKER, Need, Part, hashes, is_licence, time};
use crate::yaml::Node;

/// Steps from the document to what it is about: the document, its bill, the package.
const ROOTS_DEEP_MAX: usize = 4;

/// Where the standard's list has its licences: what follows is the short name.
const LISTED: &str = "spdx.org/licenses/";

/// Reads a document.
pub(super) fn read(root: Node<'_>) -> Option<Manifest> {
    root.get("@context")?;
    let graph = root.get("@graph").filter(|graph| graph.is_sequence());
    let elements: Vec<Node<'_>> = graph.map_or_else(|| vec![root], |graph| graph.items().collect());
    let mut draft = Draft::default();
    let mut by_id: HashMap<&str, Node<'_>> = HashMap::new();
    for element in &elements {
        if let Some(id) = id(*element) {
            by_id.entry(id).or_insert(*element);
        }
    }
    // Each element says who made it and when; those of the document count.
    let document = elements.iter().find(|one| kind(**one) == "SpdxDocument").copied();
    let info = document.or(elements.first().copied()).and_then(|element| {
        let info = element.get("creationInfo")?;
        info.as_str().map_or(Some(info), |id| by_id.get(id).copied())
    });
    if let Some(version) = info.and_then(|info| info.get("specVersion"))
        && !version.as_str().is_some_and(|text| text.starts_with("3.0"))
    {
        let text = version.as_str().unwrap_or("");
        draft.gap(version.span(), format!("SPDX {text} is not known: read as 3.0.1, as far as that goes"));
    }
    let makers = info.and_then(|info| info.get("createdUsing")).into_iter().flat_map(Node::items);
    let mut makers = makers.filter_map(|one| by_id.get(one.as_str()?)?.get_str("name"));
    draft.ours = makers.any(|name| name.strip_prefix(MAKER).is_some_and(|rest| rest.starts_with('-')));
    let created = time(info.and_then(|info| info.get_str("created")));
    let name = document.and_then(|one| one.get_str("name")).unwrap_or("").to_owned();
    draft.about = Some(About { name, version: None, created, ..About::default() });

    let packages: Vec<Node<'_>> = elements.iter().copied().filter(|one| kind(*one).ends_with("Package")).collect();
    let subject = document.and_then(|document| subject(document, &by_id)).filter(|_| packages.len() > 1);
    let licences = licences(&elements, &by_id, &mut draft);
    for element in packages {
        let reference = id(element).map(str::to_owned);
        let version = element.get_str("software_packageVersion").map(str::to_owned);
        if subject.is_some() && reference.as_deref() == subject {
            let name = element.get_str("name").unwrap_or("").to_owned();
            draft.about = Some(About { name, version, created, ..About::default() });
            let purl = purls(element).iter().find_map(|text| Purl::parse(text).ok());
            draft.subject = Some((reference.unwrap_or_default(), purl));
            continue;
        }
        let span = element.get("name").unwrap_or(element).span();
        let written = element.get("verifiedUsing").into_iter().flat_map(Node::items);
        let written = written.filter_map(|one| by_id.get(one.as_str().unwrap_or("")).copied().or(Some(one)));
        let written = written.filter_map(|one| Some((one.get_str("algorithm")?, one.get_str("hashValue")?)));
        let hashes = hashes(written, span, &mut draft);
        let of = reference.as_deref().and_then(|id| licences.get(id)).cloned().unwrap_or_default();
        draft.parts.push(Part {
            name: element.get_str("name").unwrap_or("").to_owned(),
            version,
            purls: purls(element),
            own: draft.ours && element.get_str("software_primaryPurpose") == Some("application"),
            hashes,
            licences: of,
            source: draft.ours.then_some(Source::Registry),
            span,
            version_span: element.get("software_packageVersion").map(Node::span),
            reference,
            ..Part::default()
        });
    }
    for element in &elements {
        if kind(*element).ends_with("Relationship") {
            relate(*element, &mut draft);
        } else if let Some(id) = id(*element).filter(|_| !kind(*element).ends_with("Package")) {
            draft.others.insert(id.to_owned());
        }
    }
    Some(draft.finish())
}

fn id(element: Node<'_>) -> Option<&str> {
    element.get_str("spdxId").or_else(|| element.get_str("@id"))
}

/// The type of an element without the name of its profile: `Package` of `software_Package`.
fn kind(element: Node<'_>) -> &str {
    let written = element.get_str("type").or_else(|| element.get_str("@type")).unwrap_or("");
    written.rsplit(['_', '/', ':']).next().unwrap_or(written)
}

/// What a document is about, when that is one package.
fn subject<'y>(document: Node<'y>, by_id: &HashMap<&str, Node<'y>>) -> Option<&'y str> {
    let mut here = document;
    for _ in 0..ROOTS_DEEP_MAX {
        let mut roots = here.get("rootElement").into_iter().flat_map(|list| {
            let one = Some(list).filter(|list| list.is_scalar());
            one.into_iter().chain(list.items())
        });
        let first = roots.next()?.as_str()?;
        if roots.next().is_some() {
            return None;
        }
        here = *by_id.get(first)?;
        if kind(here).ends_with("Package") {
            return id(here);
        }
    }
    None
}

fn purls(element: Node<'_>) -> Vec<String> {
    let direct = element.get_str("software_packageUrl").map(str::to_owned);
    let more = element.get("externalIdentifier").into_iter().flat_map(Node::items);
    let more = more.filter(|one| one.get_str("externalIdentifierType") == Some("packageUrl"));
    direct.into_iter().chain(more.filter_map(|one| one.get_str("identifier").map(str::to_owned))).collect()
}

/// The licences of each package: those declared, or those concluded where none is.
fn licences(elements: &[Node<'_>], by_id: &HashMap<&str, Node<'_>>, draft: &mut Draft) -> HashMap<String, Vec<String>> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for wanted in ["hasDeclaredLicense", "hasConcludedLicense"] {
        let before: HashSet<String> = found.keys().cloned().collect();
        for element in elements.iter().filter(|one| one.get_str("relationshipType") == Some(wanted)) {
            let Some(from) = element.get_str("from").filter(|from| !before.contains(*from)) else { continue };
            for to in element.get("to").into_iter().flat_map(Node::items) {
                let target = to.as_str().unwrap_or("");
                match licence(target, by_id) {
                    Some(text) if is_licence(&text) => found.entry(from.to_owned()).or_default().push(text),
                    Some(_) => {}
                    None => draft.gap(to.span(), format!("the licence `{target}` is in a form that is not read")),
                }
            }
        }
    }
    found
}

/// A licence in words; empty when nobody said or there is none.
fn licence(target: &str, by_id: &HashMap<&str, Node<'_>>) -> Option<String> {
    if let Some((_, short)) = target.split_once(LISTED) {
        return Some(short.to_owned());
    }
    if target.ends_with("NoAssertionLicense") || target.ends_with("NoneLicense") {
        return Some(String::new());
    }
    let element = by_id.get(target)?;
    let keys = ["simplelicensing_licenseExpression", "name", "licenseExpression"];
    keys.iter().find_map(|key| element.get_str(key)).map(str::to_owned)
}

fn relate(element: Node<'_>, draft: &mut Draft) {
    let mut scope = match element.get_str("relationshipType").unwrap_or("") {
        "dependsOn" | "hasPrerequisite" | "hasStaticLink" | "hasDynamicLink" => Scope::Runtime,
        "hasOptionalDependency" | "hasProvidedDependency" | "hasOptionalComponent" => Scope::Optional,
        "usesTool" => Scope::Development,
        _ => return,
    };
    if matches!(element.get_str("scope"), Some("build" | "design" | "development" | "test")) {
        scope = Scope::Development;
    }
    let Some(from) = element.get_str("from") else { return };
    for to in element.get("to").into_iter().flat_map(Node::items) {
        let Some(reference) = to.as_str().filter(|text| !text.ends_with("NoneElement")) else { continue };

        draft.needs.push(Need { from: from.to_owned(), to: reference.to_owned(), scope, span: to.span() });
    }
}
