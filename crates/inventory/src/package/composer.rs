//! PHP: `composer.lock`.

use std::collections::HashMap;

use super::graph::Graph;
use super::installed::composer_licence;
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::Node;

/// The public registry, which gets told of what is installed from it.
const PUBLIC: &str = "https://packagist.org/";

/// Reads a lock file. It does not name the project, nor what that asks for itself.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    // Names that a package stands for besides its own.
    let mut provided: HashMap<String, u32> = HashMap::new();
    for (list, scope) in [("packages", Scope::Runtime), ("packages-dev", Scope::Development)] {
        for node in root.get(list).into_iter().flat_map(Node::items) {
            let Some(named) = node.get("name").filter(|name| name.as_str().is_some()) else {
                graph.manifest.gap(node.span(), "a package without a name");
                continue;
            };
            let name = named.as_str().unwrap_or("").to_lowercase();
            let Some(at) = graph.add_named("composer", &name, node.get_str("version"), named.span()) else { continue };
            let Some(package) = graph.package(at) else { continue };
            package.scope = scope;
            // Composer's plugins are code that runs while it installs.
            package.scripts = node.get_str("type") == Some("composer-plugin");
            package.version_span = node.get("version").map(Node::span);
            let digest = node.at(&["dist", "shasum"]).and_then(Node::as_str);
            package.hashes = digest.and_then(|hex| Hash::new("sha1", hex)).into_iter().collect();
            package.licence = composer_licence(node);
            let told = node.get_str("notification-url").is_some_and(|url| url.starts_with(PUBLIC));
            let url = |part: &str| node.get(part).and_then(|part| part.get_str("url"));
            let path = [node.get("dist"), node.get("source")]
                .into_iter()
                .flatten()
                .any(|part| part.get_str("type") == Some("path"));
            package.source = match (url("source"), url("dist")) {
                _ if path => Source::Local,
                _ if told => Source::Registry,
                (Some(url), _) => Source::Repository(url.to_owned()),
                (None, Some(url)) => Source::Address(url.to_owned()),
                (None, None) => Source::Registry,
            };
            for list in ["provide", "replace"] {
                let names = node.get(list).into_iter().flat_map(Node::entries);
                provided.extend(names.filter_map(|entry| Some((entry.key.as_str()?.to_lowercase(), at))));
            }
            entries.push((at, node));
        }
    }
    for (from, node) in entries {
        for need in node.get("require").into_iter().flat_map(Node::entries) {
            let name = need.key.as_str().unwrap_or("").to_lowercase();
            let found = graph.find(&name, None).next().or_else(|| provided.get(&name).copied());
            match found {
                Some(to) => graph.edge(from, to),
                // What has no vendor is of the platform. What the project itself provides is not listed.
                None if !name.contains('/') || name.ends_with("-implementation") => {}
                None => graph.manifest.unlisted(need.key.span(), &name),
            }
        }
    }
    graph.finish(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let text = r#"{"packages": [
          {"name": "A/one", "version": "v1.0.0", "license": ["MIT", "GPL-3.0-only"],
           "dist": {"type": "zip", "url": "https://files.example/x.zip", "shasum": "0123456789012345678901234567890123456789"},
           "require": {"php": ">=8", "ext-json": "*", "a/two": "^2", "x/log-implementation": "1", "b/old": "1", "b/none": "1"},
           "notification-url": "https://packagist.org/downloads/"},
          {"name": "a/two", "version": "2.0", "replace": {"b/old": "self.version"},
           "source": {"type": "git", "url": "https://git.example/two.git"}}],
          "packages-dev": [{"name": "a/dev", "version": "dev-main", "dist": {"type": "path", "url": "../dev"}}, {"version": "1"},
           {"name": "novendor"}]}"#;
        check(
            "composer.lock",
            text,
            "pkg:composer/a/one@v1.0.0 Runtime hashed licence MIT OR GPL-3.0-only > two\n\
             pkg:composer/a/two@2.0 Runtime Repository(https://git.example/two.git)\n\
             pkg:composer/a/dev@dev-main Development Local\n\
             gap 8 a package without a name\n\
             gap 9 `novendor` is no name of a package: `composer` needs a namespace before the name\n\
             gap 4 `b/none` is needed and not listed",
        );
    }
}
