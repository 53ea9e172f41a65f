//! Lock files of Python: uv, Poetry, PDM.

use std::collections::HashMap;

use toml::de::DeTable;

use super::graph::Graph;
use super::public::is_public;
use super::tables::{Look, Value, span};
use super::{Hash, Manifest, Scope, Source};

/// A name as every tool compares it: small letters, runs of `-`, `_` and `.` as one `-` (PEP 503).
pub(super) fn normal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            _ => out.extend(character.to_lowercase()),
        }
    }
    out
}

/// A package with what all three formats write alike: name, version, digests of its files.
fn add(graph: &mut Graph, value: &Value<'_>) -> Option<u32> {
    let entry = value.get_ref().as_table();
    let Some((entry, name)) = entry.and_then(|entry| Some((entry, entry.text("name")?))) else {
        graph.manifest.gap(span(value), "a package without a name");
        return None;
    };
    let place = entry.value("name").map_or_else(|| span(value), span);
    let at = graph.add_named("pypi", &normal(name), entry.text("version"), place)?;
    let package = graph.package(at)?;
    package.version_span = entry.value("version").map(span);
    let files = entry.items("wheels").iter().chain(entry.items("files")).chain(entry.value("sdist"));
    let digests = files.filter_map(|file| file.get_ref().as_table()?.text("hash"));
    package.hashes = digests.filter_map(Hash::labelled).collect();
    Some(at)
}

/// Reads `uv.lock`.
pub(super) fn uv(table: &DeTable<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    for value in table.items("package") {
        let Some(at) = add(&mut graph, value) else { continue };
        let Some(entry) = value.get_ref().as_table() else { continue };
        let source = entry.table("source");
        let text = |key| source.and_then(|source| source.text(key));
        let local = ["virtual", "editable", "directory", "path"].into_iter().find_map(text);
        if let Some(package) = graph.package(at) {
            package.source = match (text("registry"), text("git"), text("url")) {
                (Some(url), ..) if is_public("pypi", url) => Source::Registry,
                (Some(url), ..) => Source::Mirror(url.to_owned()),
                (_, Some(url), _) => Source::Repository(url.to_owned()),
                (_, _, Some(url)) => Source::Address(url.to_owned()),
                _ if local.is_some() => Source::Local,
                _ => Source::Registry,
            };
        }
        entries.push((at, entry, text("virtual").or_else(|| text("editable")).is_some()));
    }
    let mut asked = Vec::new();
    for (at, entry, is_root) in entries {
        let mut needs = uv_needs(&mut graph, entry.items("dependencies"), Scope::Runtime);
        for (key, scope) in [("optional-dependencies", Scope::Optional), ("dev-dependencies", Scope::Development)] {
            for (_, group) in entry.table(key).into_iter().flatten() {
                let items = group.get_ref().as_array().map(|items| items.iter().as_slice()).unwrap_or_default();
                let group = uv_needs(&mut graph, items, scope);
                // Extras of others are there because somebody asked for them.
                needs.extend(group.into_iter().map(|(of, to)| (if is_root { of } else { Scope::Runtime }, to)));
            }
        }
        for &(_, to) in &needs {
            graph.edge(at, to);
        }
        if is_root {
            asked.push((graph.package(at).map(|package| package.purl.clone()), needs));
        }
    }
    graph.finish(asked)
}

fn uv_needs(graph: &mut Graph, items: &[Value<'_>], scope: Scope) -> Vec<(Scope, u32)> {
    let mut needs = Vec::new();
    for item in items {
        let entry = item.get_ref().as_table();
        let name = entry.and_then(|entry| entry.text("name")).unwrap_or("");
        let version = entry.and_then(|entry| entry.text("version"));
        let before = needs.len();
        needs.extend(graph.find(&normal(name), version).map(|at| (scope, at)));
        if needs.len() == before {
            graph.manifest.unlisted(span(item), name);
        }
    }
    needs
}

/// Reads `poetry.lock`, which does not name the project itself.
pub(super) fn poetry(table: &DeTable<'_>) -> Manifest {
    by_names(table, |entry| {
        // Version 2 lists groups; version 1 says `category`; each says `optional`.
        let groups: Vec<&str> = entry.items("groups").iter().filter_map(|item| item.get_ref().as_str()).collect();
        let optional = entry.value("optional").is_some_and(|value| value.get_ref().as_bool() == Some(true));
        match (groups.as_slice(), entry.text("category")) {
            (groups, _) if groups.contains(&"main") && !optional => Scope::Runtime,
            ([], Some("dev")) => Scope::Development,
            ([], _) | (_, _) if optional => Scope::Optional,
            ([], _) => Scope::Runtime,
            _ => Scope::Development,
        }
    })
}

/// Reads `pdm.lock`, which does not name the project itself.
pub(super) fn pdm(table: &DeTable<'_>) -> Manifest {
    by_names(table, |entry| {
        let groups: Vec<&str> = entry.items("groups").iter().filter_map(|item| item.get_ref().as_str()).collect();
        match groups.as_slice() {
            [] => Scope::Runtime,
            groups if groups.contains(&"default") => Scope::Runtime,
            _ => Scope::Development,
        }
    })
}

/// Lock files that say what each package is there for, and list what it needs by name.
fn by_names(table: &DeTable<'_>, scope: impl Fn(&DeTable<'_>) -> Scope) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    // Poetry 1 keeps digests apart, by name.
    let apart: HashMap<String, &Value<'_>> = table
        .table("metadata")
        .and_then(|metadata| metadata.table("files"))
        .into_iter()
        .flatten()
        .map(|(name, files)| (normal(name.get_ref()), files))
        .collect();
    for value in table.items("package") {
        let Some(at) = add(&mut graph, value) else { continue };
        let Some(entry) = value.get_ref().as_table() else { continue };
        let Some(package) = graph.package(at) else { continue };
        package.scope = scope(entry);
        if package.hashes.is_empty()
            && let Some(files) = apart.get(package.purl.name()).and_then(|files| files.get_ref().as_array())
        {
            let digests = files.iter().filter_map(|file| file.get_ref().as_table()?.text("hash"));
            package.hashes = digests.filter_map(Hash::labelled).collect();
        }
        let source = entry.table("source");
        let url =
            source.and_then(|source| source.text("url")).or_else(|| entry.text("git")).or_else(|| entry.text("url"));
        package.source = match (source.and_then(|source| source.text("type")), url) {
            (Some("git"), Some(url)) => Source::Repository(url.to_owned()),
            (Some("directory" | "file"), _) => Source::Local,
            (Some("url"), Some(url)) => Source::Address(url.to_owned()),
            (Some("legacy"), Some(url)) if !is_public("pypi", url) => Source::Mirror(url.to_owned()),
            (None, Some(url)) if entry.text("git").is_some() => Source::Repository(url.to_owned()),
            (None, Some(url)) => Source::Address(url.to_owned()),
            (None, None) if entry.text("path").is_some() => Source::Local,
            _ => Source::Registry,
        };
        entries.push((at, entry));
    }
    for (at, entry) in entries {
        let keyed = entry.table("dependencies").into_iter().flatten().map(|(name, _)| name.get_ref().as_ref());
        let listed = entry.items("dependencies").iter().filter_map(|item| item.get_ref().as_str());
        let names: Vec<String> = keyed.chain(listed).map(|text| normal(requirement_name(text))).collect();
        for name in names {
            // What only another platform or an extra needs is not listed, which is no gap.
            let found: Vec<u32> = graph.find(&name, None).collect();
            found.into_iter().for_each(|to| graph.edge(at, to));
        }
    }
    graph.finish(Vec::new())
}

/// The name at the start of a requirement: `requests[socks]>=2; python_version < "3"`.
pub(super) fn requirement_name(text: &str) -> &str {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}
