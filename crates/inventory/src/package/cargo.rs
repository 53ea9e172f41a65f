//! `Cargo.lock`, in all its versions.

use palisade_model::Purl;
use toml::de::DeTable;

use super::graph::Graph;
use super::public::is_public;
use super::tables::{Look, span};
use super::{Hash, Manifest, Scope, Source};

/// Reads a lock file. It does not say what is there for tests or builds only, so that everything counts as shipped.
pub(super) fn lock(table: &DeTable<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    let metadata = table.table("metadata");
    for value in table.items("package") {
        let entry = value.get_ref().as_table();
        let Some((entry, name)) = entry.and_then(|entry| Some((entry, entry.text("name")?))) else {
            graph.manifest.gap(span(value), "a package without a name");
            continue;
        };
        let place = entry.value("name").map_or_else(|| span(value), span);
        let version = entry.text("version");
        let Some(at) = graph.add_named("cargo", name, version, place) else { continue };
        let source = entry.text("source");
        // Versions 1 and 2 keep digests by themselves, under the package's full name.
        let apart = || format!("checksum {name} {} ({})", version.unwrap_or(""), source.unwrap_or(""));
        let digest = entry.text("checksum").or_else(|| metadata?.text(&apart()));
        if let Some(package) = graph.package(at) {
            package.version_span = entry.value("version").map(span);
            package.hashes = digest.into_iter().filter_map(Hash::sha256).collect();
            package.source = match source {
                None => Source::Local,
                Some(source) if is_public("cargo", source) => Source::Registry,
                Some(source) => source.strip_prefix("git+").map_or_else(
                    || Source::Mirror(source.split_once('+').map_or(source, |(_, url)| url).to_owned()),
                    |url| Source::Repository(url.to_owned()),
                ),
            };
        }
        entries.push((at, entry));
    }
    let mut asked: Vec<(Option<Purl>, Vec<(Scope, u32)>)> = Vec::new();
    for (at, entry) in entries {
        let mut needs = Vec::new();
        for item in entry.items("dependencies") {
            // `name`, `name version` or `name version (source)`, as much as tells it from its namesakes.
            let mut words = item.get_ref().as_str().unwrap_or("").split(' ');
            let (name, version) = (words.next().unwrap_or(""), words.next());
            let found = graph.find(name, version).next();
            match found {
                Some(to) => needs.push(to),
                None => graph.manifest.unlisted(span(item), name),
            }
        }
        for &to in &needs {
            graph.edge(at, to);
        }
        // Packages of the workspace itself come from no registry.
        if let Some(package) = graph.package(at).filter(|package| package.source == Source::Local) {
            asked.push((Some(package.purl.clone()), needs.iter().map(|&to| (Scope::Runtime, to)).collect()));
        }
    }
    graph.finish(asked)
}
