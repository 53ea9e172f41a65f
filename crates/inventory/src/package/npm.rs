//! `package-lock.json` and its kin, versions 1 to 3.

use std::collections::HashMap;

use palisade_model::Purl;

use super::graph::Graph;
use super::installed::npm_licence;
use super::places::Places;
use super::public::is_public;
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::{DEPTH_MAX, Node};

/// Lists of dependencies in an entry, and what for.
pub(super) const LISTS: [(&str, Scope); 4] = [
    ("dependencies", Scope::Runtime),
    ("peerDependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
    ("devDependencies", Scope::Development),
];

/// Reads a lock file.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let graph = Graph::locked();
    if let Some(packages) = root.get("packages").filter(|node| node.is_mapping()) {
        return by_folders(graph, packages);
    }
    match root.get("dependencies") {
        Some(dependencies) => nested(graph, root, dependencies),
        // A project without dependencies.
        None => graph.finish(Vec::new()),
    }
}

/// Versions 2 and 3: an entry for each folder.
fn by_folders(mut graph: Graph, packages: Node<'_>) -> Manifest {
    let mut places = Places::default();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut roots = Vec::new();
    for entry in packages.entries() {
        let folder = entry.key.as_str().unwrap_or("");
        let Some((above, name)) = folder.rsplit_once("node_modules/") else {
            roots.push((folder, entry.value));
            continue;
        };
        let above = above.trim_end_matches('/');
        if flag(entry.value, "link") {
            places.put(above, name, None);
            continue;
        }
        let real = entry.value.get_str("name").unwrap_or(name);
        let Some(at) = add(&mut graph, real, entry.value.get_str("version"), entry.value, entry.key.span()) else {
            continue;
        };
        places.put(above, name, Some(at));
        numbers.insert(folder, at);
    }
    let mut asked = Vec::new();
    for (folder, node) in &roots {
        let mut needs = Vec::new();
        let chain = places.chain(upwards(folder));
        for (list, scope) in LISTS {
            for wanted in node.get(list).into_iter().flat_map(Node::entries) {
                let found = places.find(&chain, wanted.key.as_str().unwrap_or(""));
                if found.is_none() && list == "dependencies" {
                    let name = wanted.key.as_str().unwrap_or("");
                    graph.manifest.unlisted(wanted.key.span(), name);
                }
                needs.extend(found.flatten().map(|at| (scope, at)));
            }
        }
        let purl = node.get_str("name").and_then(|name| Purl::new("npm", name).ok());
        asked.push((purl.map(|purl| purl.at(node.get_str("version").unwrap_or(""))), needs));
    }
    for entry in packages.entries() {
        let folder = entry.key.as_str().unwrap_or("");
        let Some(&from) = numbers.get(folder) else { continue };
        let chain = places.chain(upwards(folder));
        for (list, _) in LISTS.into_iter().filter(|(list, _)| *list != "devDependencies") {
            for wanted in entry.value.get(list).into_iter().flat_map(Node::entries) {
                if let Some(Some(to)) = places.find(&chain, wanted.key.as_str().unwrap_or("")) {
                    graph.edge(from, to);
                }
            }
        }
    }
    graph.finish(asked)
}

/// A folder and those above it in which names are looked for.
fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |here| match here.rfind("node_modules/") {
        Some(at) => here.get(..at).map(|above| above.trim_end_matches('/')),
        None if here.is_empty() => None,
        // A member of the workspace looks through the folders above it.
        None => Some(here.rsplit_once('/').map_or("", |(above, _)| above)),
    })
}

/// Version 1: entries within entries.
fn nested(mut graph: Graph, root: Node<'_>, dependencies: Node<'_>) -> Manifest {
    let mut entries = Vec::new();
    let mut scopes: Vec<HashMap<&str, u32>> = Vec::new();
    descend(&mut graph, dependencies, &mut Vec::new(), &mut scopes, &mut entries);
    for (from, node, chain) in entries {
        for wanted in node.get("requires").into_iter().flat_map(Node::entries) {
            let name = wanted.key.as_str().unwrap_or("");
            let found = chain.iter().rev().find_map(|&scope: &usize| scopes.get(scope)?.get(name));
            match found {
                Some(&to) => graph.edge(from, to),
                None if flag(node, "optional") => {}
                None => graph.manifest.unlisted(wanted.key.span(), name),
            }
        }
    }
    // It does not say what the project asks for itself: package.json does.
    let purl = root.get_str("name").and_then(|name| Purl::new("npm", name).ok());
    graph.finish(vec![(purl.map(|purl| purl.at(root.get_str("version").unwrap_or(""))), Vec::new())])
}

/// An entry of version 1: its number, itself, and the scopes in which it looks for names.
type Nested<'y> = (u32, Node<'y>, Vec<usize>);

fn descend<'y>(
    graph: &mut Graph,
    dependencies: Node<'y>,
    chain: &mut Vec<usize>,
    scopes: &mut Vec<HashMap<&'y str, u32>>,
    entries: &mut Vec<Nested<'y>>,
) {
    if chain.len() > DEPTH_MAX {
        return graph.manifest.gap(dependencies.span(), "dependencies are nested too deeply");
    }
    chain.push(scopes.len());
    scopes.push(HashMap::new());
    let here = scopes.len() - 1;
    let mut inner = Vec::new();
    for entry in dependencies.entries() {
        let name = entry.key.as_str().unwrap_or("");
        let version = entry.value.get_str("version");
        // `npm:other@1.0.0` is another package under this name.
        let alias = version.and_then(|text| text.strip_prefix("npm:")?.rsplit_once('@'));
        let (real, version) = alias.map_or((name, version), |(name, version)| (name, Some(version)));
        let Some(at) = add(graph, real, version, entry.value, entry.key.span()) else { continue };
        if let Some(scope) = scopes.get_mut(here) {
            scope.insert(name, at);
        }
        inner.push((at, entry.value));
    }
    for (at, node) in inner {
        match node.get("dependencies").filter(|node| node.is_mapping()) {
            Some(deeper) => {
                let own = scopes.len();
                descend(graph, deeper, chain, scopes, entries);
                let seen = chain.iter().copied().chain([own]).collect();
                entries.push((at, node, seen));
            }
            None => entries.push((at, node, chain.clone())),
        }
    }
    chain.pop();
}

/// Adds a package with what all versions write alike.
fn add(
    graph: &mut Graph,
    name: &str,
    version: Option<&str>,
    node: Node<'_>,
    place: palisade_model::Span,
) -> Option<u32> {
    let resolved = node.get_str("resolved").or(version.filter(|text| text.contains(':'))).unwrap_or("");
    let plain = version.filter(|text| !text.contains(':'));
    let at = graph.add_named("npm", name, plain, place)?;
    let package = graph.package(at)?;
    package.version_span = node.get("version").map(Node::span);
    package.hashes = node.get_str("integrity").map(Hash::integrity).unwrap_or_default();
    package.licence = npm_licence(node);
    package.scope = match (flag(node, "dev"), flag(node, "optional") || flag(node, "devOptional")) {
        (true, _) => Scope::Development,
        (_, true) => Scope::Optional,
        _ => Scope::Runtime,
    };
    package.source = source(resolved);
    package.scripts = flag(node, "hasInstallScript");
    Some(at)
}

/// Where an address of npm's lock files leads.
pub(super) fn source(resolved: &str) -> Source {
    if resolved.is_empty() || is_public("npm", resolved) {
        return Source::Registry;
    }
    if resolved.starts_with("file:") || resolved.starts_with("link:") {
        return Source::Local;
    }
    if resolved.starts_with("git") {
        return Source::Repository(resolved.to_owned());
    }
    // Registries name archives `…/@scope/name/-/name-1.0.0.tgz`.
    match resolved.split_once("/-/") {
        Some((path, _)) => {
            let above = path.rsplit_once('/').map_or(path, |(above, _)| above);
            let scoped = above.rsplit_once('/').filter(|(_, last)| last.starts_with('@'));
            Source::Mirror(scoped.map_or(above, |(registry, _)| registry).to_owned())
        }
        None => Source::Address(resolved.to_owned()),
    }
}

fn flag(node: Node<'_>, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool) == Some(true)
}
