//! `pyproject.toml`: what a project of Python asks for, as the standards, Poetry, PDM and uv write it.

use std::collections::HashMap;

use palisade_model::{Purl, Span};
use toml::de::DeTable;

use super::graph::Graph;
use super::python::normal;
use super::requirements::{address, requirement};
use super::tables::{Look, Value, span};
use super::{Manifest, Scope, Source};

/// What is asked for so far.
struct Asked<'t> {
    graph: Graph,
    needs: Vec<(Scope, u32)>,
    /// Where uv takes packages from, by name.
    sources: HashMap<String, &'t Value<'t>>,
}

/// Reads a manifest.
pub(super) fn manifest(table: &DeTable<'_>) -> Manifest {
    let tool = |name: &str| table.table("tool").and_then(|tools| tools.table(name));
    let (project, poetry) = (table.table("project"), tool("poetry"));
    let sources = tool("uv").and_then(|uv| uv.table("sources")).into_iter().flatten();
    let sources = sources.map(|(name, value)| (normal(name.get_ref()), value)).collect();
    let mut asked = Asked { graph: Graph::default(), needs: Vec::new(), sources };
    asked.list(project.map(|project| project.items("dependencies")), Scope::Runtime);
    asked.groups(project.and_then(|project| project.table("optional-dependencies")), Scope::Optional);
    asked.groups(table.table("dependency-groups"), Scope::Development);
    asked.groups(tool("pdm").and_then(|pdm| pdm.table("dev-dependencies")), Scope::Development);
    asked.list(tool("uv").map(|uv| uv.items("dev-dependencies")), Scope::Development);
    asked.list(table.table("build-system").map(|build| build.items("requires")), Scope::Development);
    asked.keyed(poetry.and_then(|poetry| poetry.table("dependencies")), Scope::Runtime);
    asked.keyed(poetry.and_then(|poetry| poetry.table("dev-dependencies")), Scope::Development);
    for (_, group) in poetry.and_then(|poetry| poetry.table("group")).into_iter().flatten() {
        asked.keyed(group.get_ref().as_table().and_then(|group| group.table("dependencies")), Scope::Development);
    }
    let of = |key| project.and_then(|project| project.text(key)).or_else(|| poetry?.text(key));
    let root = of("name").and_then(|name| Purl::new("pypi", &normal(name)).ok());
    asked.graph.finish(vec![(root.map(|root| root.at(of("version").unwrap_or(""))), asked.needs)])
}

impl Asked<'_> {
    /// Requirements as texts. Tables among them include other groups, which are read by themselves.
    fn list(&mut self, items: Option<&[Value<'_>]>, scope: Scope) {
        for item in items.unwrap_or_default() {
            let Some(text) = item.get_ref().as_str() else { continue };
            // PDM puts options before addresses.
            let text = text.strip_prefix("-e ").unwrap_or(text);
            if text.starts_with("file:") {
                continue;
            }
            match requirement(text) {
                Some(read) => {
                    let source = read.address.map(address);
                    self.add(read.name, read.version, source, scope, span(item), None);
                }
                None => self.graph.manifest.gap(span(item), format!("`{text}` is no requirement")),
            }
        }
    }

    /// Lists of requirements by the names of groups.
    fn groups(&mut self, groups: Option<&DeTable<'_>>, scope: Scope) {
        for (_, group) in groups.into_iter().flatten() {
            self.list(group.get_ref().as_array().map(|items| items.iter().as_slice()), scope);
        }
    }

    /// Poetry's tables of names, with a range or a table for each.
    fn keyed(&mut self, entries: Option<&DeTable<'_>>, scope: Scope) {
        for (name, value) in entries.into_iter().flatten() {
            let place = Span::new(name.span().start, name.span().end);
            let name = name.get_ref().as_ref();
            if name == "python" {
                continue;
            }
            // Several tables are the same package for different platforms.
            let first = value.get_ref().as_array().and_then(|several| several.first()).unwrap_or(value);
            let range = first.get_ref().as_str();
            let table = first.get_ref().as_table();
            let text = |key| table.and_then(|table| table.text(key));
            let version =
                exact(range.or_else(|| text("version")).unwrap_or("")).filter(|_| !value.get_ref().is_array());
            let optional = table.and_then(|table| table.value("optional")).and_then(|value| value.get_ref().as_bool());
            let scope = if optional == Some(true) { scope.max(Scope::Optional) } else { scope };
            self.add(name, version, table.and_then(source), scope, place, Some(span(first)));
        }
    }

    fn add(
        &mut self,
        name: &str,
        version: Option<&str>,
        source: Option<Source>,
        scope: Scope,
        place: Span,
        version_span: Option<Span>,
    ) {
        let name = normal(name);
        let Some(at) = self.graph.add_named("pypi", &name, version, place) else { return };
        let elsewhere = self.sources.get(&name).and_then(|value| self::source(value.get_ref().as_table()?));
        if let Some(package) = self.graph.package(at) {
            package.version_span = version_span;
            package.source = source.or(elsewhere).unwrap_or(Source::Registry);
        }
        self.needs.push((scope, at));
    }
}

/// Where a table says that a package comes from.
fn source(table: &DeTable<'_>) -> Option<Source> {
    let local = table.text("path").is_some() || table.value("workspace").is_some();
    match (table.text("git"), table.text("url")) {
        (Some(url), _) => Some(Source::Repository(url.to_owned())),
        (_, Some(url)) => Some(Source::Address(url.to_owned())),
        _ => local.then_some(Source::Local),
    }
}

/// The version of a range of Poetry that allows only one: without an operator it is exact.
fn exact(range: &str) -> Option<&str> {
    let version = range.trim().trim_start_matches('=').trim();
    let plain = version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains(['*', ',', '|', ' ', '<', '>']);
    plain.then_some(version)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn standards_and_tools() {
        let text = r#"
[build-system]
requires = ["hatchling==1.2"]
[project]
name = "My.App"
version = "0.1"
dependencies = ["a==1.0", "b>=2; python_version < '4'", "c @ git+https://git.example/c.git", "d", "?"]
[project.optional-dependencies]
x = ["e~=1"]
[dependency-groups]
dev = ["f", { include-group = "other" }]
[tool.uv]
dev-dependencies = ["g==3"]
[tool.uv.sources]
D = { workspace = true }
[tool.pdm.dev-dependencies]
t = ["-e file:///x", "h"]
[tool.poetry.dependencies]
python = "^3.9"
i = "1.2.3"
j = { version = "^1", optional = true }
k = { git = "https://git.example/k.git" }
[tool.poetry.group.lint.dependencies]
l = "*"
"#;
        check(
            "pyproject.toml",
            text,
            "pkg:pypi/a@1.0 Runtime direct\n\
             pkg:pypi/b Runtime direct\n\
             pkg:pypi/c Runtime direct Repository(git+https://git.example/c.git)\n\
             pkg:pypi/d Runtime direct Local\n\
             pkg:pypi/e Optional direct\n\
             pkg:pypi/f Development direct\n\
             pkg:pypi/h Development direct\n\
             pkg:pypi/g@3 Development direct\n\
             pkg:pypi/hatchling@1.2 Development direct\n\
             pkg:pypi/i@1.2.3 Runtime direct\n\
             pkg:pypi/j Optional direct\n\
             pkg:pypi/k Runtime direct Repository(https://git.example/k.git)\n\
             pkg:pypi/l Development direct\n\
             root pkg:pypi/my-app@0.1\n\
             gap 7 `?` is no requirement",
        );
    }
}
