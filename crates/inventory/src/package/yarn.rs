//! `yarn.lock`: version 1, which is a format of its own, and the YAML that Yarn writes since version 2.
//!
//! An entry stands under all the descriptors, `name@range`, that it answers. Yarn's own checksums since version 2
//! are of archives that it packs itself, so that they say nothing about what a registry serves, and are left out.

use std::collections::HashMap;

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::lines::{indent, lines, place, unquoted};
use super::npm::source;
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::{Node, Yaml};

/// An entry of either format.
#[derive(Default)]
struct Entry<'t> {
    descriptors: Vec<&'t str>,
    span: Span,
    version: Option<&'t str>,
    version_span: Option<Span>,
    /// An address in version 1, later a name with its version.
    resolved: &'t str,
    integrity: &'t str,
    needs: Vec<(&'t str, &'t str, Span, Scope)>,
}

/// What a descriptor leads to.
#[derive(Clone, Copy)]
enum Target {
    Package(u32),
    Member,
}

/// Reads a lock file of any version.
pub(super) fn lock(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    if !text.starts_with("__metadata:") && !text.contains("\n__metadata:") {
        let entries = classic(text, &mut graph);
        return put_together(graph, &entries);
    }
    let yaml = Yaml::parse(text);
    graph.manifest.gaps.extend_from_slice(yaml.problems());
    let listed = yaml.root().into_iter().flat_map(Node::entries);
    let entries: Vec<Entry<'_>> = listed
        .filter(|entry| entry.key.as_str() != Some("__metadata"))
        .map(|entry| {
            let node = entry.value;
            let optional = |name: &str| {
                let said = node.at(&["dependenciesMeta", name, "optional"]).and_then(Node::as_bool);
                if said == Some(true) { Scope::Optional } else { Scope::Runtime }
            };
            let needs = node.get("dependencies").into_iter().flat_map(Node::entries).filter_map(|one| {
                let (name, range) = (one.key.as_str()?, one.value.as_str().unwrap_or(""));
                Some((name, range, one.key.span(), optional(name)))
            });
            Entry {
                descriptors: entry.key.as_str().unwrap_or("").split(", ").collect(),
                span: entry.key.span(),
                version: node.get_str("version"),
                version_span: node.get("version").map(Node::span),
                resolved: node.get_str("resolution").unwrap_or(""),
                integrity: "",
                needs: needs.collect(),
            }
        })
        .collect();
    put_together(graph, &entries)
}

/// The entries of version 1.
fn classic<'t>(text: &'t str, graph: &mut Graph) -> Vec<Entry<'t>> {
    let mut entries: Vec<Entry<'t>> = Vec::new();
    let mut list = None;
    for line in lines(text).filter(|line| !line.trim_start().starts_with('#')) {
        let words = line.trim_start();
        let pair = || words.split_once(' ').map(|(key, value)| (unquoted(key), unquoted(value.trim_start())));
        match (indent(line), entries.last_mut()) {
            (0, _) if line.ends_with(':') => {
                let descriptors: Vec<&str> = line.trim_end_matches(':').split(", ").map(unquoted).collect();
                let span = descriptors.first().map_or_else(Span::default, |first| place(text, first));
                entries.push(Entry { descriptors, span, ..Entry::default() });
                list = None;
            }
            (2, Some(_)) if words == "dependencies:" => list = Some(Scope::Runtime),
            (2, Some(_)) if words == "optionalDependencies:" => list = Some(Scope::Optional),
            (2, Some(_)) if line.ends_with(':') => list = None,
            (2, Some(entry)) => match pair() {
                Some(("version", value)) => {
                    entry.version = Some(value);
                    entry.version_span = Some(place(text, value));
                }
                Some(("resolved", value)) => entry.resolved = value,
                Some(("integrity", value)) => entry.integrity = value,
                _ => {}
            },
            (4.., Some(entry)) => {
                if let (Some((name, range)), Some(scope)) = (pair(), list) {
                    entry.needs.push((name, range, place(text, name), scope));
                }
            }
            _ => graph.manifest.gap(place(text, line), "not an entry of yarn's lock file"),
        }
    }
    entries
}

/// `@scope/name@range` in its parts.
pub(super) fn descriptor(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn put_together(mut graph: Graph, entries: &[Entry<'_>]) -> Manifest {
    let mut targets: HashMap<&str, Target> = HashMap::new();
    // Where somebody overrides a range, no descriptor has it: the name alone decides if there is only one.
    let mut alone: HashMap<&str, Option<Target>> = HashMap::new();
    let mut kept = Vec::new();
    for entry in entries {
        let target = match add(&mut graph, entry) {
            Some(target) => target,
            None => continue,
        };
        for text in &entry.descriptors {
            targets.insert(text, target);
        }
        if let Some((name, _)) = entry.descriptors.first().and_then(|first| descriptor(first)) {
            alone.entry(name).and_modify(|seen| *seen = None).or_insert(Some(target));
        }
        kept.push((entry, target));
    }
    let mut asked = Vec::new();
    for (entry, target) in kept {
        let mut needs = Vec::new();
        for &(name, range, span, scope) in &entry.needs {
            let found = [format!("{name}@{range}"), format!("{name}@npm:{range}")];
            let found = found.iter().find_map(|text| targets.get(text.as_str()).copied());
            match found.or_else(|| alone.get(name).copied().flatten()) {
                Some(Target::Package(to)) => needs.push((scope, to)),
                Some(Target::Member) => {}
                None if scope == Scope::Optional => {}
                None => graph.manifest.unlisted(span, format_args!("{name}@{range}")),
            }
        }
        match target {
            Target::Package(from) => needs.iter().for_each(|&(_, to)| graph.edge(from, to)),
            Target::Member => {
                let named = descriptor(entry.resolved).and_then(|(name, _)| Purl::new("npm", name).ok());
                let version = entry.version.filter(|version| *version != "0.0.0-use.local").unwrap_or("");
                asked.push((named.map(|purl| purl.at(version)), needs));
            }
        }
    }
    graph.finish(asked)
}

/// Adds an entry, once where a patch stands beside what it changes.
fn add(graph: &mut Graph, entry: &Entry<'_>) -> Option<Target> {
    let Some((alias, range)) = entry.descriptors.first().and_then(|first| descriptor(first)) else {
        graph.manifest.gap(entry.span, "not `name@range`");
        return None;
    };
    let located = descriptor(entry.resolved).filter(|_| !entry.resolved.starts_with("http"));
    let (name, from) = match (located, range.strip_prefix("npm:")) {
        (Some(located), _) => located,
        // `npm:other@^1` is another package under this name.
        (None, Some(other)) => (descriptor(other).map_or(alias, |(name, _)| name), entry.resolved),
        (None, None) => (alias, if entry.resolved.is_empty() { range } else { entry.resolved }),
    };
    if from.starts_with("workspace:") {
        return Some(Target::Member);
    }
    if from.starts_with("patch:")
        && let Some(at) = graph.find(name, entry.version).next()
    {
        return Some(Target::Package(at));
    }
    let at = graph.add_named("npm", name, entry.version, entry.span)?;
    let package = graph.package(at)?;
    package.version_span = entry.version_span;
    package.hashes = Hash::integrity(entry.integrity);
    // Version 1 writes a SHA-1 after the address.
    let digest = from.split_once('#').and_then(|(_, hex)| Hash::new("sha1", hex));
    if package.hashes.is_empty() && from.contains("/-/") {
        package.hashes.extend(digest);
    }
    package.source = match from {
        _ if located.is_none() && entry.resolved.is_empty() && !from.contains(':') => Source::Registry,
        _ if from.starts_with("npm:") || from.starts_with("patch:") => Source::Registry,
        _ if ["file:", "link:", "portal:"].iter().any(|start| from.starts_with(start)) => Source::Local,
        _ if from.contains("#commit=") || from.contains(".git#") => Source::Repository(from.to_owned()),
        _ => source(from),
    };
    Some(Target::Package(at))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn version_1() {
        let public = super::super::public::address("npm", "@s/a");
        let text = format!(
            "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@~1.0.0\":\n  version \"1.0.5\"\n  resolved \
            \"{public}/-/a-1.0.5.tgz#0123456789012345678901234567890123456789\"\n  \
            dependencies:\n    b \"^2.0.0\"\n    \"@s/x\" \"1\"\n  optionalDependencies:\n    c \"*\"\n\nb@^2.0.0:\n  \
            version \"2.0.0\"\n  resolved \"https://npm.example/b/-/b-2.0.0.tgz\"\n\n\"c@npm:d@1\":\n  version \
            \"1.0.0\"\n\ng@user/g:\n  version \"0.1.0\"\n  resolved \"git+https://git.example/g.git#abc\"\nnonsense\n"
        );
        check(
            "yarn.lock",
            &text,
            "pkg:npm/%40s/a@1.0.5 Runtime hashed > b > d\n\
             pkg:npm/b@2.0.0 Runtime Mirror(https://npm.example)\n\
             pkg:npm/d@1.0.0 Runtime\n\
             pkg:npm/g@0.1.0 Runtime Repository(git+https://git.example/g.git#abc)\n\
             gap 23 not an entry of yarn's lock file\n\
             gap 9 `@s/x@1` is needed and not listed",
        );
    }

    #[test]
    fn later_versions() {
        let text = "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0, a@npm:^1.1.0\":\n  version: 1.1.0\n  resolution: \
            \"a@npm:1.1.0\"\n  dependencies:\n    b: \"npm:^2\"\n    lone: 9.9\n  checksum: 10c0/ab\n\n\"a@patch:a@npm%3A^1.1.0#~x\":\n  \
            version: 1.1.0\n  resolution: \"a@patch:a@npm%3A1.1.0#~x::version=1.1.0\"\n\n\"b@npm:^2\":\n  version: \
            2.0.0\n  resolution: \"b@npm:2.0.0\"\n\n\"c@npm:lone@1\":\n  version: 1.0.0\n  resolution: \
            \"lone@npm:1.0.0\"\n\n\"lone@npm:1\":\n  version: 1.5.0\n  resolution: \"lone@npm:1.5.0\"\n\n\
            \"g@https://git.example/g.git#commit=abc\":\n  version: 3.0.0\n  resolution: \
            \"g@https://git.example/g.git#commit=abc\"\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  \
            resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"patch:a@npm%3A^1.1.0#~x\"\n    c: \
            \"npm:lone@1\"\n  dependenciesMeta:\n    c:\n      optional: true\n  languageName: unknown\n  linkType: soft\n";
        check(
            "yarn.lock",
            text,
            "pkg:npm/a@1.1.0 Runtime direct > b > lone\n\
             pkg:npm/b@2.0.0 Runtime\n\
             pkg:npm/lone@1.0.0 Optional direct\n\
             pkg:npm/lone@1.5.0 Runtime\n\
             pkg:npm/g@3.0.0 Runtime Repository(https://git.example/g.git#commit=abc)\n\
             root pkg:npm/app",
        );
    }
}
