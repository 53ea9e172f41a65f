//! Gradle: lock files of dependencies and the catalogue of versions. Build scripts are programs, and are not read.

use std::collections::HashMap;

use palisade_model::{Purl, Span};
use toml::de::DeTable;

use super::graph::Graph;
use super::lines::{lines, place};
use super::tables::{Look, Value, span};
use super::{Manifest, Package, Scope};

/// Configurations with these in their names compile, test or check, and ship nothing.
const TOOLS: [&str; 13] = [
    "test",
    "compileclasspath",
    "annotationprocessor",
    "kapt",
    "ksp",
    "jmh",
    "checkstyle",
    "pmd",
    "spotbugs",
    "jacoco",
    "ktlint",
    "detekt",
    "kotlincompiler",
];

/// Reads `gradle.lockfile`.
pub(super) fn lock(text: &str) -> Manifest {
    read(text, false)
}

/// Reads the lock file of what builds the project.
pub(super) fn build_lock(text: &str) -> Manifest {
    read(text, true)
}

fn read(text: &str, build: bool) -> Manifest {
    let mut graph = Graph::locked();
    for line in lines(text).filter(|line| !line.starts_with('#') && !line.starts_with("empty=")) {
        let parts = line.split_once('=').and_then(|(coordinates, configurations)| {
            let mut parts = coordinates.split(':');
            let all = (parts.next()?, parts.next()?, parts.next()?);
            parts.next().is_none().then_some((all, configurations))
        });
        let Some(((group, name, version), configurations)) = parts else {
            graph.manifest.gap(place(text, line), "not `group:name:version=configurations`");
            continue;
        };
        let Ok(purl) = Purl::in_namespace("maven", group, name) else {
            graph.manifest.gap(place(text, line), format!("`{group}:{name}` is no name of a package"));
            continue;
        };
        let mut package = Package::new(purl.at(version), place(text, name));
        package.version_span = Some(place(text, version));
        let tool = |configuration: &str| {
            let name = configuration.to_ascii_lowercase();
            TOOLS.iter().any(|part| name.contains(part))
        };
        if build || configurations.split(',').all(tool) {
            package.scope = Scope::Development;
        }
        graph.add(name, package);
    }
    graph.finish(Vec::new())
}

/// Reads `libs.versions.toml`: what the build scripts may ask for by short names.
pub(super) fn catalogue(table: &DeTable<'_>) -> Manifest {
    let mut graph = Graph::default();
    let versions: HashMap<&str, &Value<'_>> = table
        .table("versions")
        .into_iter()
        .flatten()
        .map(|(name, version)| (name.get_ref().as_ref(), version))
        .collect();
    for (section, scope) in [("libraries", Scope::Runtime), ("plugins", Scope::Development)] {
        for (alias, value) in table.table(section).into_iter().flatten() {
            let entry = value.get_ref().as_table();
            let said = |key| entry.and_then(|entry| entry.text(key));
            let short = value.get_ref().as_str();
            let written = short.or_else(|| said("module")).or_else(|| said("id")).unwrap_or("");
            let mut parts = written.split(':');
            let first = parts.next().unwrap_or("");
            // A plugin is published beside a marker of this name.
            let marker = format!("{first}.gradle.plugin");
            let (group, name) = match section {
                "plugins" => (first, marker.as_str()),
                _ => (said("group").unwrap_or(first), said("name").or_else(|| parts.next()).unwrap_or("")),
            };
            let version = entry.and_then(|entry| entry.value("version"));
            let reference = version.and_then(|version| version.get_ref().as_table()?.text("ref"));
            let version = match reference {
                Some(name) => versions.get(name).copied(),
                None => version,
            };
            let version_text = parts.next().or_else(|| version.and_then(exact)).filter(|text| fixed(text));
            let place = Span::new(alias.span().start, alias.span().end);
            let Ok(purl) = Purl::in_namespace("maven", group, name) else {
                graph.manifest.gap(place, format!("`{}` names no library", alias.get_ref()));
                continue;
            };
            let mut package = Package::new(purl.at(version_text.unwrap_or("")), place);
            package.version_span = version.map(span).or_else(|| short.map(|_| span(value)));
            package.scope = scope;
            graph.add(name, package);
        }
    }
    graph.finish(Vec::new())
}

/// A version as text, or as a table of what is allowed.
fn exact<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    let table = value.get_ref().as_table();
    let rich = table
        .and_then(|table| table.text("strictly").or_else(|| table.text("require")).or_else(|| table.text("prefer")));
    value.get_ref().as_str().or(rich)
}

/// Whether a version is one version.
fn fixed(version: &str) -> bool {
    !version.contains(['[', '(', ',', '+', '!']) && !version.starts_with("latest.")
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let text = "# made by a tool\norg.a:a:1.0=compileClasspath,runtimeClasspath\norg.b:b:2.0=testRuntimeClasspath\n\
                    org.c:c:3=compileClasspath\nnonsense\n:x:1=runtimeClasspath\nempty=annotationProcessor\n";
        check(
            "gradle.lockfile",
            text,
            "pkg:maven/org.a/a@1.0 Runtime\n\
             pkg:maven/org.b/b@2.0 Development\n\
             pkg:maven/org.c/c@3 Development\n\
             gap 5 not `group:name:version=configurations`\n\
             gap 6 `:x` is no name of a package",
        );
        check("buildscript-gradle.lockfile", "a:b:1=classpath\n", "pkg:maven/a/b@1 Development");
    }

    #[test]
    fn catalogues() {
        let text = r#"
[versions]
k = "1.9"
r = { strictly = "2.0" }
[libraries]
a = "org.a:a:1.0"
b = { module = "org.b:b", version.ref = "k" }
c = { group = "org.c", name = "c", version = { strictly = "[1,2)" } }
d = { module = "org.d:d", version.ref = "r" }
e = "nothing"
[plugins]
p = { id = "org.p", version.ref = "k" }
"#;
        check(
            "gradle/libs.versions.toml",
            text,
            "pkg:maven/org.a/a@1.0 Runtime\n\
             pkg:maven/org.b/b@1.9 Runtime\n\
             pkg:maven/org.c/c Runtime\n\
             pkg:maven/org.d/d@2.0 Runtime\n\
             pkg:maven/org.p/org.p.gradle.plugin@1.9 Development\n\
             gap 10 `e` names no library",
        );
    }
}
