//! Packages where they are installed: what lies on a disk or in an image, not what somebody wishes for.

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::lines::{place, unquoted};
use super::python::normal;
use super::{Manifest, Package};
use crate::yaml::Node;

fn one(purl: Result<Purl, palisade_model::PurlError>, version: &str, span: Span) -> (Graph, Option<u32>) {
    let mut graph = Graph::locked();
    let at = match purl {
        Ok(purl) => Some(graph.add("", Package::new(purl.at(version), span))),
        Err(error) => {
            graph.manifest.gap(span, format!("no name of a package: {error}"));
            None
        }
    };
    (graph, at)
}

/// Reads `METADATA` of a wheel or `PKG-INFO` (<https://packaging.python.org/en/latest/specifications/core-metadata/>).
pub(super) fn python(text: &str) -> Manifest {
    // The description follows after the first blank line.
    let head = text.split("\n\n").next().unwrap_or(text);
    let field = |name: &str| {
        let mut lines = head.lines();
        lines
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.trim())
    };
    let Some(name) = field("Name") else { return Manifest::unread(Span::default(), "metadata without `Name`") };
    let version = field("Version").unwrap_or("");
    let (mut graph, at) = one(Purl::new("pypi", &normal(name)), version, place(text, name));
    if let Some(package) = at.and_then(|at| graph.package(at)) {
        package.version_span = (!version.is_empty()).then(|| place(text, version));
        let stated = field("License-Expression").or(field("License"));
        package.licence = stated.filter(|licence| !licence.is_empty() && *licence != "UNKNOWN").map(str::to_owned);
    }
    graph.manifest
}

/// Reads `package.json` of a package below `node_modules`.
pub(super) fn node(root: Node<'_>) -> Manifest {
    let text = |key: &str| root.get(key).and_then(|node| node.as_str().map(|text| (text, node.span())));
    // Folders of a package hold such files too, without a name: they set how modules are read.
    let Some((name, span)) = text("name") else { return Manifest { locked: true, ..Manifest::default() } };
    let version = text("version");
    let (mut graph, at) = one(Purl::new("npm", name), version.map_or("", |(version, _)| version), span);
    if let Some(package) = at.and_then(|at| graph.package(at)) {
        package.version_span = version.map(|(_, span)| span);
        package.licence = text("license").map(|(licence, _)| licence.to_owned());
    }
    graph.manifest
}

/// Reads the specification that RubyGems keeps of an installed gem. It is a program, of which the plain settings of
/// name, version and licences are read.
pub(super) fn gem(text: &str) -> Manifest {
    let setting = |key: &str| {
        text.lines().find_map(|line| {
            let (left, right) = line.split_once(" = ")?;
            let (_, name) = left.trim().split_once('.')?;
            (name == key).then(|| right.trim().trim_end_matches(".freeze"))
        })
    };
    let Some(name) = setting("name").map(unquoted) else {
        return Manifest::unread(Span::default(), "a specification without a name");
    };
    let version = setting("version").map_or("", unquoted);
    let (mut graph, at) = one(Purl::new("gem", name), version, place(text, name));
    let licences = setting("licenses").or(setting("license")).unwrap_or("");
    let words = licences.trim_matches(['[', ']']).split(", ").map(|word| unquoted(word.trim_end_matches(".freeze")));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if let Some(package) = at.and_then(|at| graph.package(at)) {
        package.version_span = (!version.is_empty()).then(|| place(text, version));
        package.licence = (!words.is_empty()).then(|| words.join(" OR "));
    }
    graph.manifest
}

/// Reads `pom.properties`, which Maven puts into each archive that it builds.
pub(super) fn maven(text: &str) -> Manifest {
    let value = |key: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(key)?.trim_start().strip_prefix('=')).map(str::trim)
    };
    match (value("groupId"), value("artifactId"), value("version")) {
        (Some(group), Some(artifact), Some(version)) => {
            let (mut graph, at) = one(Purl::in_namespace("maven", group, artifact), version, place(text, artifact));
            if let Some(package) = at.and_then(|at| graph.package(at)) {
                package.version_span = Some(place(text, version));
            }
            graph.manifest
        }
        _ => Manifest::unread(Span::default(), "properties of Maven without group, artifact and version"),
    }
}

/// Reads what Composer installed: `vendor/composer/installed.json` of versions 1 and 2.
pub(super) fn composer(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let list = root.get("packages").unwrap_or(root);
    for item in list.items() {
        let text = |key: &str| item.get(key).and_then(|node| node.as_str().map(|text| (text, node.span())));
        let Some((name, span)) = text("name") else {
            graph.manifest.gap(item.span(), "a package without a name");
            continue;
        };
        let version = text("version");
        let Some(at) = graph.add_named("composer", name, version.map(|(version, _)| version), span) else { continue };
        if let Some(package) = graph.package(at) {
            package.version_span = version.map(|(_, span)| span);
        }
    }
    graph.manifest
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn what_is_installed() {
        check(
            "usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Py_YAML\nVersion: 6.0\nLicense: MIT\n\nName: not this\n",
            "pkg:pypi/py-yaml@6.0 Runtime licence MIT",
        );
        check("x.egg-info/PKG-INFO", "Version: 1\n", "gap 1 metadata without `Name`");
        check(
            "app/node_modules/@s/a/package.json",
            "{\"name\": \"@s/a\", \"version\": \"1.0.0\", \"license\": \"ISC\", \"dependencies\": {\"b\": \"^1\"}}",
            "pkg:npm/%40s/a@1.0.0 Runtime licence ISC",
        );
        check(
            "root/usr/share/nodejs/abbrev/package.json",
            "{\"name\": \"abbrev\", \"version\": \"1.1.1\", \"devDependencies\": {\"tap\": \"^10\"}}",
            "pkg:npm/abbrev@1.1.1 Runtime",
        );
        check("usr/share/nodejs/a/dist/package.json", "{\"name\": \"b\"}", "no manifest");
        check("node_modules/a/dist/package.json", "{\"type\": \"module\"}", "no manifest");
        check("node_modules/a/yarn.lock", "", "no manifest");
        check("lib/site-packages/x/requirements.txt", "a==1\n", "no manifest");
        check(
            "usr/lib/ruby/gems/3.1.0/specifications/rack-3.0.gemspec",
            "Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"3.0.8\"\n  s.licenses = [\"MIT\".freeze, \"Ruby\".freeze]\n",
            "pkg:gem/rack@3.0.8 Runtime licence MIT OR Ruby",
        );
        check(
            "a.jar!META-INF/maven/org.example/a/pom.properties",
            "#made\ngroupId=org.example\nartifactId=a\nversion=1.0\n",
            "pkg:maven/org.example/a@1.0 Runtime",
        );
        check(
            "vendor/composer/installed.json",
            "{\"packages\": [{\"name\": \"a/b\", \"version\": \"v1.0\"}, {}]}",
            "pkg:composer/a/b@v1.0 Runtime\ngap 1 a package without a name",
        );
    }
}
