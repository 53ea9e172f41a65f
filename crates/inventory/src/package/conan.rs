//! C and C++: `conan.lock` of Conan 1 (0.4) and 2 (0.5).

use std::collections::HashMap;

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::{Manifest, Package, Scope};
use crate::yaml::Node;

/// Reads a lock file.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    if let Some(nodes) = root.at(&["graph_lock", "nodes"]) {
        return first(graph, nodes);
    }
    let lists =
        [("requires", Scope::Runtime), ("build_requires", Scope::Development), ("python_requires", Scope::Development)];
    for (list, scope) in lists {
        for item in root.get(list).into_iter().flat_map(Node::items) {
            if let Some(at) = add(&mut graph, item.as_str().unwrap_or(""), item.span()) {
                graph.package(at).into_iter().for_each(|package| package.scope = scope);
            }
        }
    }
    graph.finish(Vec::new())
}

/// Version 0.4: nodes by number, that of the project without a reference.
fn first(mut graph: Graph, nodes: Node<'_>) -> Manifest {
    let mut known: HashMap<&str, Option<u32>> = HashMap::new();
    for entry in nodes.entries() {
        let written = entry.value.get("ref").or_else(|| entry.value.get("pref"));
        let reference = written.and_then(Node::as_str).filter(|text| text.contains('/'));
        // A recipe that stands beside the file is the project itself.
        let own = reference.is_none() || entry.value.get("path").is_some();
        let at = match (reference, written) {
            (Some(reference), Some(written)) if !own => match add(&mut graph, reference, written.span()) {
                Some(at) => Some(at),
                None => continue,
            },
            _ => None,
        };
        known.insert(entry.key.as_str().unwrap_or(""), at);
    }
    let mut asked = Vec::new();
    for entry in nodes.entries() {
        let Some(&from) = known.get(entry.key.as_str().unwrap_or("")) else { continue };
        for (list, scope) in [("requires", Scope::Runtime), ("build_requires", Scope::Development)] {
            for item in entry.value.get(list).into_iter().flat_map(Node::items) {
                let to = item.as_str().and_then(|number| known.get(number).copied().flatten());
                match (from, to) {
                    (Some(from), Some(to)) if scope == Scope::Runtime => graph.edge(from, to),
                    (None, Some(to)) => asked.push((scope, to)),
                    // What builds a dependency is not part of it.
                    _ => {}
                }
            }
        }
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// Adds `name/version@user/channel#revision:package#revision%time`.
fn add(graph: &mut Graph, reference: &str, span: Span) -> Option<u32> {
    let plain = reference.split('%').next().unwrap_or(reference);
    let (plain, revision) = plain.split_once('#').unwrap_or((plain, ""));
    let (plain, owner) = plain.split_once('@').unwrap_or((plain, ""));
    let (user, channel) = owner.split_once('/').unwrap_or((owner, ""));
    let (name, version) = plain.split_once('/').unwrap_or((plain, ""));
    let revision = revision.split(':').next().unwrap_or(revision);
    let Ok(purl) = Purl::new("conan", name) else {
        graph.manifest.gap(span, format!("`{reference}` is no reference of Conan"));
        return None;
    };
    let mut purl = purl.at(version);
    for (key, value) in [("user", user), ("channel", channel), ("rrev", revision)] {
        if !value.is_empty() && value != "_" {
            purl = purl.with(key, value);
        }
    }
    Some(graph.add(name, Package::new(purl, span)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn both_versions() {
        let text = r#"{"version": "0.5", "requires": ["zlib/1.3#r1%170.1", "own/2@me/stable"],
          "build_requires": ["cmake/3.27", ""]}"#;
        check(
            "conan.lock",
            text,
            "pkg:conan/zlib@1.3?rrev=r1 Runtime\n\
             pkg:conan/own@2?channel=stable&user=me Runtime\n\
             pkg:conan/cmake@3.27 Development\n\
             gap 2 `` is no reference of Conan",
        );
        let text = r#"{"graph_lock": {"nodes": {
          "0": {"ref": "app/1.0", "path": "conanfile.py", "requires": ["1"], "build_requires": ["3"]},
          "1": {"ref": "a/1.0#r", "requires": ["2", "9"]}, "2": {"ref": "b/2.0@_/_"}, "3": {"ref": "tool/1"}}}, "version": "0.4"}"#;
        check(
            "conan.lock",
            text,
            "pkg:conan/a@1.0?rrev=r Runtime direct > b\n\
             pkg:conan/b@2.0 Runtime\n\
             pkg:conan/tool@1 Development direct",
        );
    }
}
