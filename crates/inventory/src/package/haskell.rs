//! Haskell: `stack.yaml.lock`, `cabal.project.freeze`. Digests that Stack writes are of descriptions, not of archives.

use super::graph::Graph;
use super::lines::{lines, place};
use super::{Manifest, Source};
use crate::yaml::Node;

/// Reads `stack.yaml.lock`: what is taken beside the snapshot, which lists the rest elsewhere.
pub(super) fn stack(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    for item in root.get("packages").into_iter().flat_map(Node::items) {
        let Some(completed) = item.get("completed") else { continue };
        let written = completed.get("hackage").or_else(|| completed.get("name"));
        let Some((node, text)) = written.and_then(|node| Some((node, node.as_str()?))) else {
            graph.manifest.gap(item.span(), "a package without a name");
            continue;
        };
        // `name-1.0@sha256:digest,size`
        let plain = text.split('@').next().unwrap_or(text);
        let parts = plain.rsplit_once('-').filter(|_| completed.get("hackage").is_some());
        let (name, version) = parts.unwrap_or((plain, completed.get_str("version").unwrap_or("")));
        let Some(at) = graph.add_named("hackage", name, Some(version), node.span()) else { continue };
        if let Some(package) = graph.package(at) {
            package.version_span = completed.get("version").map(Node::span);
            package.source = match (completed.get_str("git"), completed.get_str("url")) {
                (Some(url), _) => Source::Repository(format!("{url}#{}", completed.get_str("commit").unwrap_or(""))),
                (None, Some(url)) => Source::Address(url.to_owned()),
                (None, None) => Source::Registry,
            };
        }
    }
    graph.finish(Vec::new())
}

/// Reads `cabal.project.freeze`: constraints with exact versions.
pub(super) fn freeze(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    let mut within = false;
    for line in lines(text).filter(|line| !line.trim_start().starts_with("--")) {
        let said =
            if line.starts_with(' ') { Some(line).filter(|_| within) } else { line.strip_prefix("constraints:") };
        within = said.is_some();
        for constraint in said.unwrap_or("").split(',').map(str::trim).filter(|text| !text.is_empty()) {
            // Without a version it says how to build something: ` +flag`.
            let Some((name, version)) = constraint.split_once("==") else { continue };
            let name = name.trim();
            let name = name.strip_prefix("any.").unwrap_or(name);
            let version = version.trim();
            let Some(at) = graph.add_named("hackage", name, Some(version), place(text, name)) else { continue };
            graph.package(at).into_iter().for_each(|package| package.version_span = Some(place(text, version)));
        }
    }
    graph.finish(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let text = "packages:\n- completed:\n    hackage: acme-one-1.0.2@sha256:ab,12\n  original:\n    hackage: acme-one-1.0.2\n\
            - completed:\n    name: two\n    version: 0.1\n    git: https://git.example/two.git\n    commit: abc\n- completed: {}\n";
        check(
            "stack.yaml.lock",
            text,
            "pkg:hackage/acme-one@1.0.2 Runtime\n\
             pkg:hackage/two@0.1 Runtime Repository(https://git.example/two.git#abc)\n\
             gap 11 a package without a name",
        );
        let text = "active-repositories: hackage\nconstraints: any.aeson ==2.1.0,\n             aeson +fast,\n             \
                    any.base ==4.17,\n             any.a/b ==1\nindex-state: x ==1\n";
        check(
            "cabal.project.freeze",
            text,
            "pkg:hackage/aeson@2.1.0 Runtime\n\
             pkg:hackage/base@4.17 Runtime\n\
             gap 5 `a/b` is no name of a package: `hackage` has no namespaces",
        );
    }
}
