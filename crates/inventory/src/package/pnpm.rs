//! `pnpm-lock.yaml`, versions 5 to 9.

use std::collections::HashMap;

use palisade_model::Purl;

use super::graph::Graph;
use super::npm::source;
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::Node;

/// Lists of dependencies of a project, and what for.
const LISTS: [(&str, Scope); 3] = [
    ("dependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
    ("devDependencies", Scope::Development),
];

/// Reads a lock file.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut known: HashMap<(String, String), u32> = HashMap::new();
    for entry in root.get("packages").into_iter().flat_map(Node::entries) {
        let key = entry.key.as_str().unwrap_or("");
        let Some((name, version)) = named(key, entry.value) else {
            graph.manifest.gap(entry.key.span(), format!("`{key}` is no name with a version"));
            continue;
        };
        let plain = (!version.contains(['/', ':'])).then_some(version.as_str());
        let plain = plain.or_else(|| entry.value.get_str("version"));
        let Some(at) = graph.add_named("npm", &name, plain, entry.key.span()) else { continue };
        known.insert((name, version), at);
        let flag = |key| entry.value.get(key).and_then(Node::as_bool) == Some(true);
        let resolution = entry.value.get("resolution");
        let said = |key| resolution.and_then(|node| node.get_str(key));
        if let Some(package) = graph.package(at) {
            package.scripts = flag("requiresBuild");
            package.hashes = said("integrity").map(Hash::integrity).unwrap_or_default();
            package.source = match (said("repo"), said("directory"), said("tarball")) {
                (Some(repository), ..) => Source::Repository(repository.to_owned()),
                (_, Some(_), _) => Source::Local,
                (.., Some(archive)) => source(archive),
                _ => Source::Registry,
            };
            package.scope = match (flag("dev"), flag("optional")) {
                (true, _) => Scope::Development,
                (_, true) => Scope::Optional,
                _ => Scope::Runtime,
            };
        }
    }
    // Since version 9 what a package needs stands apart, once for each set of its peers.
    let lists = if root.get("snapshots").is_some() { "snapshots" } else { "packages" };
    for entry in root.get(lists).into_iter().flat_map(Node::entries) {
        let Some(key) = named(entry.key.as_str().unwrap_or(""), entry.value) else { continue };
        let Some(&from) = known.get(&key) else { continue };
        for (list, _) in LISTS {
            for (_, to) in needs(&mut graph, &known, entry.value.get(list), Scope::Runtime) {
                graph.edge(from, to);
            }
        }
    }
    let importers: Vec<Node<'_>> =
        root.get("importers").into_iter().flat_map(Node::entries).map(|one| one.value).collect();
    let projects = if importers.is_empty() { vec![root] } else { importers };
    let mut asked: Vec<(Option<Purl>, Vec<(Scope, u32)>)> = Vec::new();
    for project in projects {
        let wanted = LISTS.map(|(list, scope)| needs(&mut graph, &known, project.get(list), scope));
        asked.push((None, wanted.concat()));
    }
    graph.finish(asked)
}

fn needs(
    graph: &mut Graph,
    known: &HashMap<(String, String), u32>,
    list: Option<Node<'_>>,
    scope: Scope,
) -> Vec<(Scope, u32)> {
    let mut needs = Vec::new();
    for entry in list.into_iter().flat_map(Node::entries) {
        let name = entry.key.as_str().unwrap_or("");
        // Projects write a mapping since version 6, packages the version alone.
        let version = entry.value.as_str().or_else(|| entry.value.get_str("version")).unwrap_or("");
        if version.starts_with("link:") || version.starts_with("workspace:") {
            continue;
        }
        // A version of the name, or another package's name with its version: an alias, an address.
        let plain = (name.to_owned(), without_peers(version).to_owned());
        let found = known.get(&plain).or_else(|| known.get(&split(version)?)).or_else(|| {
            // Version 5 writes addresses of archives by themselves.
            known.get(&(name.to_owned(), version.trim_start_matches('/').to_owned()))
        });
        match found {
            Some(&at) => needs.push((scope, at)),
            None => graph.manifest.unlisted(entry.key.span(), name),
        }
    }
    needs
}

/// A package's name and version, from its key or, for keys that are addresses, from the entry.
fn named(key: &str, node: Node<'_>) -> Option<(String, String)> {
    let by_key = split(key);
    match (node.get_str("name"), &by_key) {
        (Some(name), None) => Some((name.to_owned(), key.trim_start_matches('/').to_owned())),
        (Some(name), Some((_, version))) => Some((name.to_owned(), version.clone())),
        (None, _) => by_key,
    }
}

/// `name@version(peers)` since version 6, `/name/version_peers` in version 5.
fn split(key: &str) -> Option<(String, String)> {
    let key = key.strip_prefix('/').unwrap_or(key);
    let key = key.split('(').next().unwrap_or(key);
    let scope = usize::from(key.starts_with('@'));
    let at = key.get(scope..)?.find('@').map(|at| at + scope);
    let slashes = key.matches('/').count();
    match at {
        Some(at) if slashes == scope || key.get(at..).is_some_and(|rest| rest.contains(':')) => {
            Some((key.get(..at)?.to_owned(), key.get(at + 1..)?.to_owned()))
        }
        _ => {
            let (name, version) = match slashes - scope.min(slashes) {
                0 => return None,
                1 => key.rsplit_once('/')?,
                // Peers of version 5 may hold slashes: `/a/1.0.0_@scope+b@2.0.0`.
                _ => key.match_indices('/').nth(scope).map(|(at, _)| key.split_at(at))?,
            };
            let version = version.trim_start_matches('/');
            version
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| (name.to_owned(), without_peers(version).to_owned()))
        }
    }
}

/// A version without the peers that follow it: in brackets, or in version 5 after an underscore.
fn without_peers(version: &str) -> &str {
    let version = version.split('(').next().unwrap_or(version);
    if version.contains(':') { version } else { version.split('_').next().unwrap_or(version) }
}
