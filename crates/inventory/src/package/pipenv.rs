//! Lock files of Python in JSON and in the standard's TOML: `Pipfile.lock`, `pylock.toml` (PEP 751).

use toml::de::DeTable;

use super::graph::Graph;
use super::public::is_public;
use super::python::normal;
use super::tables::{Look, span};
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::Node;

/// Reads `Pipfile.lock`. It lists what is installed, but not what needs what.
pub(super) fn pipfile(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let index = |name: &str| {
        let mut listed = root.at(&["_meta", "sources"]).into_iter().flat_map(Node::items);
        listed.find(|source| source.get_str("name") == Some(name))?.get_str("url")
    };
    for section in root.entries().filter(|section| section.key.as_str() != Some("_meta")) {
        let scope = match section.key.as_str() {
            Some("default") => Scope::Runtime,
            Some("develop") => Scope::Development,
            // Groups of one's own.
            _ => Scope::Optional,
        };
        for entry in section.value.entries() {
            let (name, node) = (normal(entry.key.as_str().unwrap_or("")), entry.value);
            let version = node.get_str("version").map(|version| version.trim_start_matches('='));
            let Some(at) = graph.add_named("pypi", &name, version, entry.key.span()) else { continue };
            let Some(package) = graph.package(at) else { continue };
            package.scope = scope;
            package.version_span = node.get("version").map(Node::span);
            let digests = node.get("hashes").into_iter().flat_map(Node::items);
            package.hashes = digests.filter_map(|digest| Hash::labelled(digest.as_str()?)).collect();
            package.source = match (node.get_str("git"), node.get_str("file"), node.get_str("path")) {
                (Some(url), ..) => Source::Repository(url.to_owned()),
                (_, Some(url), _) if url.contains("://") => Source::Address(url.to_owned()),
                (None, None, None) => match node.get_str("index").and_then(index) {
                    Some(url) if !is_public("pypi", url) => Source::Mirror(url.to_owned()),
                    _ => Source::Registry,
                },
                _ => Source::Local,
            };
        }
    }
    graph.finish(Vec::new())
}

/// Reads `pylock.toml`.
pub(super) fn standard(table: &DeTable<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    for value in table.items("packages") {
        let entry = value.get_ref().as_table();
        let Some((entry, name)) = entry.and_then(|entry| Some((entry, entry.text("name")?))) else {
            graph.manifest.gap(span(value), "a package without a name");
            continue;
        };
        let place = entry.value("name").map_or_else(|| span(value), span);
        let added = graph.add_named("pypi", &normal(name), entry.text("version"), place);
        let Some((at, package)) = added.and_then(|at| Some((at, graph.package(at)?))) else { continue };
        package.version_span = entry.value("version").map(span);
        let files = entry.items("wheels").iter().chain(entry.value("sdist")).chain(entry.value("archive"));
        let digests = files.filter_map(|file| file.get_ref().as_table()?.table("hashes")).flatten();
        let digest = |(algorithm, hex): (&toml::Spanned<_>, &super::tables::Value<'_>)| {
            let algorithm: &std::borrow::Cow<'_, str> = algorithm.get_ref();
            Hash::labelled(&format!("{algorithm}:{}", hex.get_ref().as_str()?))
        };
        package.hashes = digests.filter_map(digest).collect();
        let text = |part: &str, key: &str| entry.table(part).and_then(|part| part.text(key)).map(str::to_owned);
        package.source = match (text("vcs", "url"), text("archive", "url"), entry.text("index")) {
            (Some(url), ..) => Source::Repository(url),
            (_, Some(url), _) => Source::Address(url),
            (.., Some(url)) if !is_public("pypi", url) => Source::Mirror(url.to_owned()),
            _ if entry.value("directory").is_some() || entry.value("vcs").is_some() => Source::Local,
            _ => Source::Registry,
        };
        entries.push((at, entry));
    }
    for (at, entry) in entries {
        for item in entry.items("dependencies") {
            let needed =
                item.get_ref().as_table().and_then(|needed| Some((needed.text("name")?, needed.text("version"))));
            let Some((name, version)) = needed else { continue };
            let found: Vec<u32> = graph.find(&normal(name), version).collect();
            found.into_iter().for_each(|to| graph.edge(at, to));
        }
    }
    graph.finish(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn pipfiles() {
        let digest = "ab".repeat(32);
        let text = format!(
            r#"{{"_meta": {{"sources": [{{"name": "own", "url": "https://pypi.example/simple"}}]}},
            "default": {{"A_b": {{"version": "==1.0", "hashes": ["sha256:{digest}"], "index": "own"}},
                         "c": {{"git": "https://git.example/c.git", "ref": "abc"}}, "": {{}}}},
            "develop": {{"d": {{"path": ".", "editable": true}}}}}}"#
        );
        check(
            "Pipfile.lock",
            &text,
            "pkg:pypi/a-b@1.0 Runtime Mirror(https://pypi.example/simple) hashed\n\
             pkg:pypi/c Runtime Repository(https://git.example/c.git)\n\
             pkg:pypi/d Development Local\n\
             gap 3 `` is no name of a package: has no name",
        );
    }

    #[test]
    fn the_standard() {
        let digest = "ab".repeat(32);
        let text = format!(
            "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1.0\"\ndependencies = [{{ name = \"b\" }}]\n\
             wheels = [{{ name = \"x\", hashes = {{ sha256 = \"{digest}\" }} }}]\n[[packages]]\nname = \"b\"\n\
             directory = {{ path = \".\" }}\n[[packages]]\nversion = \"1\"\n"
        );
        check(
            "pylock.ci.toml",
            &text,
            "pkg:pypi/a@1.0 Runtime hashed > b\npkg:pypi/b Runtime Local\ngap 10 a package without a name",
        );
    }
}
