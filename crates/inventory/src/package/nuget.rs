//! .NET: `packages.lock.json`, project files, `Directory.Packages.props`, `packages.config`.
//!
//! The lock file's content hashes are of archives without their signatures, so that they are not what a registry
//! serves, and are left out. Conditions of project files are not evaluated: what only some framework needs counts.

use std::collections::HashMap;

use palisade_model::Span;

use super::graph::Graph;
use super::lines::place;
use super::{Manifest, Scope, Source};
use crate::xml::{Element, Tree};
use crate::yaml::Node;

/// Properties within properties are followed so far.
const HOPS_MAX: usize = 8;

/// Reads `packages.lock.json`: lists of packages, one for each framework.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut asked = Vec::new();
    for framework in root.get("dependencies").into_iter().flat_map(Node::entries) {
        // Names are the same in any case.
        let mut known: HashMap<String, u32> = HashMap::new();
        for entry in framework.value.entries() {
            let name = entry.key.as_str().unwrap_or("");
            let version = entry.value.get_str("resolved");
            let seen = graph.find(name, version).next().filter(|_| version.is_some());
            let Some(at) = seen.or_else(|| graph.add_named("nuget", name, version, entry.key.span())) else { continue };
            let kind = entry.value.get_str("type").unwrap_or("");
            if let Some(package) = graph.package(at) {
                package.version_span = entry.value.get("resolved").map(Node::span);
                if kind == "Project" {
                    package.source = Source::Local;
                }
            }
            if kind == "Direct" || kind == "Project" {
                asked.push((Scope::Runtime, at));
            }
            known.insert(name.to_lowercase(), at);
        }
        for entry in framework.value.entries() {
            let Some(&from) = known.get(&entry.key.as_str().unwrap_or("").to_lowercase()) else { continue };
            for need in entry.value.get("dependencies").into_iter().flat_map(Node::entries) {
                // A list for one platform names only what differs there.
                if let Some(&to) = known.get(&need.key.as_str().unwrap_or("").to_lowercase()) {
                    graph.edge(from, to);
                }
            }
        }
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// Reads a project file or a list of versions for several.
pub(super) fn project(text: &str) -> Manifest {
    let (tree, fault) = Tree::parse(text);
    let mut graph = Graph::default();
    if let Some((at, message)) = fault {
        graph.manifest.gap(Span::new(at, at + 1), message);
    }
    if tree.root().is_none() && graph.manifest.gaps.is_empty() {
        graph.manifest.gap(Span::default(), "not a project of .NET");
    }
    let properties: HashMap<&str, &str> = match tree.root() {
        Some(root) => {
            let groups = tree.at(root, &["PropertyGroup"]);
            groups.into_iter().flat_map(|group| tree.children(group)).map(|one| (one.name, one.text)).collect()
        }
        None => HashMap::new(),
    };
    let mut asked = Vec::new();
    for element in tree.all() {
        let scope = match element.name {
            "PackageReference" => Scope::Runtime,
            "GlobalPackageReference" | "PackageDownload" | "DotNetCliToolReference" => Scope::Development,
            "PackageVersion" => Scope::Runtime,
            _ => continue,
        };
        let said = |key: &str| element.get(key).or_else(|| Some(tree.child(element, key)?.text));
        let Some(name) = element.get("Include").or_else(|| element.get("Update")) else { continue };
        let written = said("VersionOverride").or_else(|| said("Version")).filter(|text| !text.is_empty());
        let version = written.and_then(|text| full(text, &properties)).filter(|text| single(text));
        let version = version.map(|text| text.trim_matches(['[', ']']));
        let Some(at) = graph.add_named("nuget", name, version, place(text, name)) else { continue };
        if let Some(package) = graph.package(at) {
            package.version_span = written.map(|written| place(text, written));
        }
        // What stays with this project is not part of what it gives to others: analyzers, build tools.
        let private = said("PrivateAssets").is_some_and(|assets| assets.eq_ignore_ascii_case("all"));
        if element.name != "PackageVersion" {
            asked.push((if private { Scope::Development } else { scope }, at));
        }
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// A text in place of which no property stands any more.
fn full<'t>(text: &'t str, properties: &HashMap<&str, &'t str>) -> Option<&'t str> {
    let mut text = text.trim();
    for _ in 0..HOPS_MAX {
        match text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')) {
            Some(name) => text = properties.get(name)?,
            None => return (!text.contains("$(")).then_some(text),
        }
    }
    None
}

/// Whether a range names a version: the lowest that it allows is taken, unless it floats.
fn single(range: &str) -> bool {
    let exact = range.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(range);
    !exact.contains(['*', ',', '[', ']', '(', ')'])
}

/// Reads `packages.config`, which lists everything in exact versions.
pub(super) fn config(text: &str) -> Manifest {
    let (tree, fault) = Tree::parse(text);
    let mut graph = Graph::locked();
    if let Some((at, message)) = fault {
        graph.manifest.gap(Span::new(at, at + 1), message);
    }
    for element in tree.all().filter(|element| element.name == "package") {
        let Some(name) = element.get("id") else {
            graph.manifest.gap(element.span, "a package without a name");
            continue;
        };
        let version = element.get("version");
        let Some(at) = graph.add_named("nuget", name, version, place(text, name)) else { continue };
        if let Some(package) = graph.package(at) {
            package.version_span = version.map(|version| place(text, version));
            if is_true(element, "developmentDependency") {
                package.scope = Scope::Development;
            }
        }
    }
    graph.finish(Vec::new())
}

fn is_true(element: &Element<'_>, key: &str) -> bool {
    element.get(key).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let text = r#"{"version": 2, "dependencies": {
          "net8.0": {
            "A.B": {"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "dependencies": {"c": "2.0.0"}},
            "C": {"type": "Transitive", "resolved": "2.0.0"},
            "mine": {"type": "Project"}},
          "net8.0/linux-x64": {"C": {"type": "Transitive", "resolved": "2.0.0"}, "x/y": {"resolved": "1"}}}}"#;
        check(
            "packages.lock.json",
            text,
            "pkg:nuget/A.B@1.0.0 Runtime direct > C\n\
             pkg:nuget/C@2.0.0 Runtime\n\
             pkg:nuget/mine Runtime direct Local\n\
             gap 6 `x/y` is no name of a package: `nuget` has no namespaces",
        );
    }

    #[test]
    fn project_files() {
        let text = "<Project><PropertyGroup><V>3.1</V><Loop>$(Loop)</Loop></PropertyGroup><ItemGroup>\
            <PackageReference Include=\"A\" Version=\"1.0\" />\n<PackageReference Include='B'><Version>[2.0]</Version>\
            <PrivateAssets>all</PrivateAssets></PackageReference>\n<PackageReference Include=\"C\" Version=\"$(V)\"/>\
            <PackageReference Update=\"D\" Version=\"$(Loop)\"/><PackageReference Include=\"E\" Version=\"1.*\"/>\
            </ItemGroup></Project>";
        check(
            "src/App.csproj",
            text,
            "pkg:nuget/A@1.0 Runtime direct\n\
             pkg:nuget/B@2.0 Development direct\n\
             pkg:nuget/C@3.1 Runtime direct\n\
             pkg:nuget/D Runtime direct\n\
             pkg:nuget/E Runtime direct",
        );
        let text = "<Project><ItemGroup><PackageVersion Include=\"A\" Version=\"1.0\"/></ItemGroup></Project>";
        check("Directory.Packages.props", text, "pkg:nuget/A@1.0 Runtime");
    }

    #[test]
    fn older_lists() {
        let text = "<packages><package id=\"A\" version=\"1.0\" /><package id=\"B\" version=\"2\" \
                    developmentDependency=\"true\"/>\n<package version=\"3\"/>";
        check(
            "packages.config",
            text,
            "pkg:nuget/A@1.0 Runtime\npkg:nuget/B@2 Development\ngap 2 a package without a name",
        );
    }
}
