//! Swift's `Package.resolved` and the `Podfile.lock` of CocoaPods.

use palisade_model::Purl;

use super::graph::Graph;
use super::{Manifest, Package, Scope, Source};
use crate::yaml::Node;

/// Reads `Package.resolved`, versions 1 to 3: pins by the address of their repository.
pub(super) fn resolved(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let pins = root.get("pins").or_else(|| root.at(&["object", "pins"]));
    for pin in pins.into_iter().flat_map(Node::items) {
        let address = pin.get("location").or_else(|| pin.get("repositoryURL"));
        let identity = pin.get("identity").or_else(|| pin.get("package"));
        let state = |key| pin.get("state").and_then(|state| state.get(key)).filter(|node| node.as_str().is_some());
        let (kind, url) = (pin.get_str("kind").unwrap_or(""), address.and_then(Node::as_str).unwrap_or(""));
        let name = identity.and_then(Node::as_str).unwrap_or("");
        let purl = match kind {
            // Registries name packages `scope.name`.
            "registry" => name.split_once('.').and_then(|(scope, name)| Purl::in_namespace("swift", scope, name).ok()),
            _ => repository(url).and_then(|path| Purl::new("swift", &path).ok()),
        };
        let Some((purl, named)) = purl.zip(identity.or(address)) else {
            graph.manifest.gap(pin.span(), format!("`{name}` has no address that names it"));
            continue;
        };
        let version = state("version").or_else(|| state("revision"));
        let mut package = Package::new(purl.at(version.and_then(Node::as_str).unwrap_or("")), named.span());
        package.version_span = version.map(Node::span);
        if kind == "localSourceControl" {
            package.source = Source::Local;
        }
        graph.add(name, package);
    }
    graph.finish(Vec::new())
}

/// `host/owner/name` of an address of git.
fn repository(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let path = rest.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // `git@host:owner/name`
    let path = if url.contains("://") { path.to_owned() } else { path.replacen(':', "/", 1) };
    (path.matches('/').count() >= 1 && !path.starts_with(['/', '.'])).then_some(path)
}

/// Reads `Podfile.lock`. Parts of a pod are packages within it.
pub(super) fn pods(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    for item in root.get("PODS").into_iter().flat_map(Node::items) {
        // A pod that needs others is a mapping from itself to these.
        let entry = item.entries().next();
        let node = entry.map_or(item, |entry| entry.key);
        let (name, version) = split(node.as_str().unwrap_or(""));
        let (main, part) = name.split_once('/').map_or((name, None), |(main, part)| (main, Some(part)));
        let Ok(purl) = Purl::build("cocoapods", None, main, Some(version), Vec::new(), part) else {
            graph.manifest.gap(item.span(), format!("`{name}` is no name of a pod"));
            continue;
        };
        let mut package = Package::new(purl, node.span_within(0, name.len()));
        let from = |list: &str, key: &str| root.at(&[list, main, key]).and_then(Node::as_str);
        let outside = root.at(&["EXTERNAL SOURCES", main]).is_some();
        let git = from("CHECKOUT OPTIONS", ":git").or_else(|| from("EXTERNAL SOURCES", ":git"));
        let revision = from("CHECKOUT OPTIONS", ":commit").or_else(|| from("EXTERNAL SOURCES", ":tag"));
        package.source = match (git, from("EXTERNAL SOURCES", ":path")) {
            (Some(url), _) => Source::Repository(format!("{url}#{}", revision.unwrap_or(""))),
            (None, Some(_)) => Source::Local,
            (None, None) if outside => Source::Address(
                from("EXTERNAL SOURCES", ":podspec").or(from("EXTERNAL SOURCES", ":http")).unwrap_or("").to_owned(),
            ),
            (None, None) => Source::Registry,
        };
        let at = graph.add(name, package);
        entries.push((at, entry.map(|entry| entry.value)));
    }
    for (from, needs) in entries {
        for need in needs.into_iter().flat_map(Node::items) {
            let (name, _) = split(need.as_str().unwrap_or(""));
            let found = graph.find(name, None).next();
            match found {
                Some(to) => graph.edge(from, to),
                None => graph.manifest.unlisted(need.span(), name),
            }
        }
    }
    let mut asked = Vec::new();
    for item in root.get("DEPENDENCIES").into_iter().flat_map(Node::items) {
        let (name, _) = split(item.as_str().unwrap_or(""));
        asked.extend(graph.find(name, None).map(|at| (Scope::Runtime, at)));
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// `Name/Part (1.0)` in name and version.
fn split(text: &str) -> (&str, &str) {
    text.split_once(" (").map_or((text, ""), |(name, version)| (name, version.trim_end_matches(')')))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn resolved_packages() {
        let text = r#"{"pins": [
          {"identity": "a", "kind": "remoteSourceControl", "location": "https://github.com/Owner/A.git",
           "state": {"revision": "abc", "version": "1.0.0"}},
          {"identity": "b", "kind": "remoteSourceControl", "location": "git@git.example:o/b", "state": {"branch": "main", "revision": "abc"}},
          {"identity": "scope.c", "kind": "registry", "location": "", "state": {"version": "2.0.0"}},
          {"identity": "d", "kind": "remoteSourceControl"}], "version": 3}"#;
        check(
            "Package.resolved",
            text,
            "pkg:swift/github.com/Owner/A@1.0.0 Runtime\n\
             pkg:swift/git.example/o/b@abc Runtime\n\
             pkg:swift/scope/c@2.0.0 Runtime\n\
             gap 6 `d` has no address that names it",
        );
        let text = r#"{"object": {"pins": [{"package": "A", "repositoryURL": "https://git.example/o/a",
            "state": {"branch": null, "revision": "abc", "version": null}}]}, "version": 1}"#;
        check("Package.resolved", text, "pkg:swift/git.example/o/a@abc Runtime");
    }

    #[test]
    fn pods() {
        let text = "PODS:\n  - A (1.0)\n  - B/Core (2.0):\n    - A (~> 1.0)\n    - None\n  - C (3.0)\nDEPENDENCIES:\n  \
            - B/Core (~> 2)\n  - C (from `../c`)\nEXTERNAL SOURCES:\n  C:\n    :path: ../c\nSPEC CHECKSUMS:\n  A: 00\n";
        check(
            "Podfile.lock",
            text,
            "pkg:cocoapods/A@1.0 Runtime\n\
             pkg:cocoapods/B@2.0#Core Runtime direct > A\n\
             pkg:cocoapods/C@3.0 Runtime direct Local\n\
             gap 5 `None` is needed and not listed",
        );
    }
}
