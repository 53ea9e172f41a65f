//! Packages where they are installed: what lies on a disk or in an image, not what somebody wishes for.

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::lines::{place, unquoted};
use super::python::normal;
use super::{Manifest, Package};
use crate::licence::{Expression, Term};
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
        package.licence = python_licence(head, field("License-Expression").or(field("License")));
    }
    graph.manifest
}

/// The licence of a wheel: the field for expressions, or the older one where it holds one, or else what the classifiers
/// name exactly. What none of them says clearly stays as written.
fn python_licence(head: &str, field: Option<&str>) -> Option<String> {
    let field = field.filter(|text| !text.is_empty() && *text != "UNKNOWN");
    let is_clear = |text: &str| Expression::parse(text).is_ok_and(|expression| expression.is_spdx());
    if let Some(text) = field.filter(|text| is_clear(text)) {
        return Some(text.to_owned());
    }
    let named: Vec<&str> = head
        .lines()
        .filter_map(|line| line.strip_prefix("Classifier: License ::"))
        .map(|path| path.rsplit("::").next().unwrap_or(path).trim())
        // The folder above the licences, which names none.
        .filter(|name| *name != "OSI Approved")
        .collect();
    let ids: Option<Vec<&str>> = named.iter().map(|name| classified(name)).collect();
    match ids {
        // Whether several are a choice, classifiers do not say.
        Some(ids) if !ids.is_empty() => Some(ids.join(" AND ")),
        _ => field.map(str::to_owned).or_else(|| (!named.is_empty()).then(|| named.join(", "))),
    }
}

/// Classifiers that name one licence and its version (<https://peps.python.org/pep-0639/>, mapping of classifiers).
const CLASSIFIED: [(&str, &str); 14] = [
    ("CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"),
    ("European Union Public Licence 1.1 (EUPL 1.1)", "EUPL-1.1"),
    ("European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"),
    ("GNU Affero General Public License v3", "AGPL-3.0-only"),
    ("GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"),
    ("GNU General Public License v2 (GPLv2)", "GPL-2.0-only"),
    ("GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"),
    ("GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
    ("GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
    ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
    ("GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"),
    ("ISC License (ISCL)", "ISC"),
    ("Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
];

/// The licence of a classifier, if it names just one: by the table, by the id in brackets at its end, or because SPDX's
/// list has the same name.
fn classified(name: &str) -> Option<&str> {
    if let Some((_, id)) = CLASSIFIED.iter().find(|(classifier, _)| *classifier == name) {
        return Some(id);
    }
    let bracketed = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')).map(|(_, id)| id);
    let id = bracketed.filter(|id| Term::parse(id).is_some());
    id.or_else(|| matches!(Expression::parse(name), Ok(Expression::Term(_))).then_some(name))
}

/// The licence that npm's manifests state: text, or as they once did an object or a list of objects, any of which may be
/// chosen.
pub(super) fn npm_licence(node: Node<'_>) -> Option<String> {
    let one = |node: Node<'_>| node.as_str().or_else(|| node.get_str("type")).map(str::to_owned);
    let stated = node.get("license").or_else(|| node.get("licenses"))?;
    if !stated.is_sequence() {
        return one(stated);
    }
    let all: Vec<String> = stated.items().filter_map(one).collect();
    (!all.is_empty()).then(|| all.join(" OR "))
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
        package.licence = npm_licence(root);
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
            package.licence = composer_licence(item);
        }
    }
    graph.manifest
}

/// The licence that Composer's files state: text, or a list of which one may be chosen.
pub(super) fn composer_licence(node: Node<'_>) -> Option<String> {
    let stated = node.get("license")?;
    let all: Vec<&str> = match stated.as_str() {
        Some(one) => vec![one],
        None => stated.items().filter_map(Node::as_str).collect(),
    };
    (!all.is_empty()).then(|| all.join(" OR "))
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
        for (fields, expected) in [
            ("License: BSD\nLicense-Expression: BSD-3-Clause", "BSD-3-Clause"),
            ("License: Apache 2\nClassifier: License :: OSI Approved :: Apache Software License", "Apache 2"),
            ("Classifier: License :: OSI Approved :: BSD License", "BSD License"),
            ("Classifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: MIT License", "MIT License"),
            ("License: Copyright (c) us\nClassifier: License :: OSI Approved :: ISC License (ISCL)", "ISC"),
            ("License: UNKNOWN\nClassifier: License :: OSI Approved :: Zero-Clause BSD (0BSD)", "0BSD"),
            (
                "Classifier: License :: OSI Approved :: MIT License\n\
                 Classifier: License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)",
                "MIT License AND MPL-2.0",
            ),
        ] {
            let text = format!("Name: a\nVersion: 1\n{fields}\n\nLicense: not this\n");
            check("a.dist-info/METADATA", &text, &format!("pkg:pypi/a@1 Runtime licence {expected}"));
        }
        check("x.egg-info/PKG-INFO", "Version: 1\n", "gap 1 metadata without `Name`");
        check(
            "app/node_modules/@s/a/package.json",
            "{\"name\": \"@s/a\", \"version\": \"1.0.0\", \"license\": \"ISC\", \"dependencies\": {\"b\": \"^1\"}}",
            "pkg:npm/%40s/a@1.0.0 Runtime licence ISC",
        );
        for (stated, expected) in [
            ("\"license\": {\"type\": \"MIT\", \"url\": \"x\"}", "MIT"),
            ("\"licenses\": [{\"type\": \"MIT\"}, {\"type\": \"ISC\"}]", "MIT OR ISC"),
        ] {
            let text = format!("{{\"name\": \"a\", \"version\": \"1.0.0\", {stated}}}");
            check("node_modules/a/package.json", &text, &format!("pkg:npm/a@1.0.0 Runtime licence {expected}"));
        }
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
            "{\"packages\": [{\"name\": \"a/b\", \"version\": \"v1.0\", \"license\": [\"MIT\"]}, {}]}",
            "pkg:composer/a/b@v1.0 Runtime licence MIT\ngap 1 a package without a name",
        );
    }
}
