//! R's `renv.lock` and Julia's `Manifest.toml`.

use std::collections::HashMap;

use palisade_model::Purl;
use toml::de::DeTable;

use super::graph::Graph;
use super::tables::{Look, span};
use super::{Manifest, Package, Source};
use crate::yaml::Node;

/// Reads `renv.lock`. Its hashes are of descriptions, not of archives.
pub(super) fn renv(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    for entry in root.get("Packages").into_iter().flat_map(Node::entries) {
        let node = entry.value;
        let name = node.get_str("Package").or_else(|| entry.key.as_str()).unwrap_or("");
        let from = node.get_str("Source").unwrap_or("");
        let kind = if from == "Bioconductor" { "bioconductor" } else { "cran" };
        let Some(at) = graph.add_named(kind, name, node.get_str("Version"), entry.key.span()) else { continue };
        let said = |key| node.get_str(key).unwrap_or("");
        if let Some(package) = graph.package(at) {
            package.version_span = node.get("Version").map(Node::span);
            package.source = match from {
                "GitHub" | "GitLab" | "Bitbucket" => Source::Repository(format!(
                    "{}/{}/{}#{}",
                    said("RemoteHost"),
                    said("RemoteUsername"),
                    said("RemoteRepo"),
                    said("RemoteSha")
                )),
                "git" | "Git" => Source::Repository(format!("{}#{}", said("RemoteUrl"), said("RemoteSha"))),
                "URL" => Source::Address(said("RemoteUrl").to_owned()),
                "Local" | "unknown" => Source::Local,
                _ => Source::Registry,
            };
        }
        entries.push((at, node));
    }
    for (from, node) in entries {
        // What comes with R itself is not listed.
        for need in node.get("Requirements").into_iter().flat_map(Node::items).filter_map(Node::as_str) {
            let found = graph.find(need, None).next();
            found.into_iter().for_each(|to| graph.edge(from, to));
        }
    }
    graph.finish(Vec::new())
}

/// Reads `Manifest.toml`: since version 2 the packages stand under `deps`, before at the top.
pub(super) fn julia(table: &DeTable<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let list = if table.value("manifest_format").is_some() { table.table("deps") } else { Some(table) };
    let mut entries = Vec::new();
    let mut by_id: HashMap<&str, u32> = HashMap::new();
    for (name, several) in list.into_iter().flatten() {
        for value in several.get_ref().as_array().map(|items| items.iter().as_slice()).unwrap_or_default() {
            let Some(entry) = value.get_ref().as_table() else { continue };
            let id = entry.text("uuid").unwrap_or("");
            let named = name.get_ref().as_ref();
            let qualifiers = vec![("uuid".to_owned(), id.to_owned())];
            let purl = match Purl::build("julia", None, named, entry.text("version"), qualifiers, None) {
                Ok(purl) => purl,
                Err(error) => {
                    graph.manifest.gap(span(value), format!("`{named}` is no name of a package: {error}"));
                    continue;
                }
            };
            let place = palisade_model::Span::new(name.span().start, name.span().end);
            let mut package = Package::new(purl, place);
            package.version_span = entry.value("version").map(span);
            package.source = match (entry.text("repo-url"), entry.text("path")) {
                (Some(url), _) => Source::Repository(format!("{url}#{}", entry.text("repo-rev").unwrap_or(""))),
                (None, Some(_)) => Source::Local,
                (None, None) => Source::Registry,
            };
            let at = graph.add(named, package);
            by_id.insert(id, at);
            entries.push((at, entry));
        }
    }
    for (from, entry) in entries {
        // Names, or names with ids where a name is not enough.
        for item in entry.items("deps") {
            let name = item.get_ref().as_str().unwrap_or("");
            let found = graph.find(name, None).next();
            match found {
                Some(to) => graph.edge(from, to),
                None => graph.manifest.unlisted(span(item), name),
            }
        }
        for (_, id) in entry.table("deps").into_iter().flatten() {
            if let Some(&to) = id.get_ref().as_str().and_then(|id| by_id.get(id)) {
                graph.edge(from, to);
            }
        }
    }
    graph.finish(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn of_r() {
        let text = r#"{"R": {"Version": "4.3"}, "Packages": {
          "a": {"Package": "a", "Version": "1.0-2", "Source": "Repository", "Repository": "CRAN", "Requirements": ["b", "R"]},
          "b": {"Package": "b", "Version": "2.0", "Source": "Bioconductor"},
          "c": {"Package": "c", "Version": "3", "Source": "GitHub", "RemoteHost": "api.github.com", "RemoteUsername": "o",
                "RemoteRepo": "c", "RemoteSha": "abc"}, "": {}}}"#;
        check(
            "renv.lock",
            text,
            "pkg:cran/a@1.0-2 Runtime > b\n\
             pkg:bioconductor/b@2.0 Runtime\n\
             pkg:cran/c@3 Runtime Repository(api.github.com/o/c#abc)\n\
             gap 5 `` is no name of a package: has no name",
        );
    }

    #[test]
    fn of_julia() {
        let text = "manifest_format = \"2.0\"\n[[deps.A]]\nuuid = \"u-a\"\nversion = \"1.0\"\ndeps = [\"B\", \"None\"]\n\
            [[deps.B]]\nuuid = \"u-b\"\nrepo-url = \"https://git.example/b.git\"\nrepo-rev = \"main\"\n[deps.B.deps]\nA = \"u-a\"\n\
            [[deps.C]]\nversion = \"1\"\n";
        check(
            "Manifest.toml",
            text,
            "pkg:julia/A@1.0?uuid=u-a Runtime > B\n\
             pkg:julia/B?uuid=u-b Runtime Repository(https://git.example/b.git#main) > A\n\
             gap 12 `C` is no name of a package: `julia` needs the qualifier `uuid`\n\
             gap 5 `None` is needed and not listed",
        );
        check("Manifest.toml", "[[A]]\nuuid = \"u\"\n", "pkg:julia/A?uuid=u Runtime");
    }
}
