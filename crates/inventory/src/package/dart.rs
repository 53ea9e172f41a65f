//! Dart and Flutter: `pubspec.lock`. It does not list what needs what.

use super::graph::Graph;
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::Node;

/// The public registry, by both of its names.
const PUBLIC: [&str; 2] = ["https://pub.dev", "https://pub.dartlang.org"];

/// Reads a lock file.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    for entry in root.get("packages").into_iter().flat_map(Node::entries) {
        let node = entry.value;
        let name = entry.key.as_str().unwrap_or("");
        let Some(at) = graph.add_named("pub", name, node.get_str("version"), entry.key.span()) else { continue };
        let Some(package) = graph.package(at) else { continue };
        let (scope, direct) = match node.get_str("dependency").unwrap_or("") {
            "direct main" | "direct overridden" => (Scope::Runtime, true),
            "direct dev" => (Scope::Development, true),
            // Whether what others bring runs in production is not told.
            _ => (Scope::Runtime, false),
        };
        let said = |key| node.at(&["description", key]).and_then(Node::as_str);
        (package.scope, package.direct) = (scope, Some(direct));
        package.version_span = node.get("version").map(Node::span);
        package.hashes = said("sha256").and_then(Hash::sha256).into_iter().collect();
        package.source = match (node.get_str("source").unwrap_or("hosted"), said("url")) {
            ("hosted", Some(url)) if !PUBLIC.contains(&url.trim_end_matches('/')) => Source::Mirror(url.to_owned()),
            ("git", Some(url)) => Source::Repository(format!("{url}#{}", said("resolved-ref").unwrap_or(""))),
            ("path", _) => Source::Local,
            // Those of an SDK come with it.
            _ => Source::Registry,
        };
    }
    graph.finish(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let text = format!(
            "packages:\n  a:\n    dependency: \"direct main\"\n    description:\n      name: a\n      sha256: {}\n      url: \
             \"https://pub.dev\"\n    source: hosted\n    version: \"1.0.0\"\n  b:\n    dependency: transitive\n    \
             description: {{ name: b, url: \"https://pub.example\" }}\n    source: hosted\n    version: \"2.0.0\"\n  c:\n    \
             dependency: \"direct dev\"\n    description: {{ url: \"https://git.example/c.git\", resolved-ref: abc }}\n    \
             source: git\n    version: \"3.0.0\"\n  flutter:\n    dependency: \"direct main\"\n    description: flutter\n    \
             source: sdk\n    version: \"0.0.0\"\n  d:\n    source: path\n",
            "ab".repeat(32)
        );
        check(
            "pubspec.lock",
            &text,
            "pkg:pub/a@1.0.0 Runtime direct hashed\n\
             pkg:pub/b@2.0.0 Runtime Mirror(https://pub.example)\n\
             pkg:pub/c@3.0.0 Development direct Repository(https://git.example/c.git#abc)\n\
             pkg:pub/flutter@0.0.0 Runtime direct\n\
             pkg:pub/d Runtime Local",
        );
        check("pubspec.lock", "- a\n", "gap 1 not a mapping from keys to values");
    }
}
