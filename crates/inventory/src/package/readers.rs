//! Which file is read by what: the one table, so that what is looked for and what is read cannot differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use palisade_model::Span;
use toml::de::DeTable;

use super::beside::Beside;
use super::{
    Manifest, apk, apple, bun, bundler, cargo, composer, conan, dart, deno, deploy, dpkg, go, gradle, haskell, hex,
    installed, maven, npm, nuget, package_json, pipenv, pnpm, pyproject, python, recipe, requirements, rpm, science,
    yarn,
};
use crate::format::is_dockerfile;
use crate::yaml::{Node, Yaml};

/// Reads one kind of file, from what its syntax gives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reader {
    Text(fn(&str) -> Manifest),
    /// What is no text.
    Bytes(fn(&[u8]) -> Manifest),
    Toml(fn(&DeTable<'_>) -> Manifest),
    /// Those that other files of the target complete.
    TextBeside(fn(&str, &Beside<'_>) -> Manifest),
    TomlBeside(fn(&DeTable<'_>, &Beside<'_>) -> Manifest),
    Yaml(fn(Node<'_>) -> Manifest),
    Json(fn(Node<'_>) -> Manifest),
    /// JSON with comments and commas after the last item.
    Jsonc(fn(Node<'_>) -> Manifest),
    /// Named like one that is read, and is none.
    Nothing,
}

/// Names of files, or the ends of their paths; a `*` stands for anything within one name. The first that fits reads.
const READERS: &[(&str, Reader)] = {
    use Reader::{Bytes, Json, Jsonc, Nothing, Text, TextBeside, Toml, TomlBeside, Yaml};
    &[
        ("Cargo.lock", TomlBeside(cargo::lock)),
        ("lib/apk/db/installed", Text(apk::installed)),
        ("var/lib/dpkg/status", Text(dpkg::status)),
        ("var/lib/opkg/status", Text(dpkg::status)),
        ("usr/lib/opkg/status", Text(dpkg::status)),
        ("var/lib/dpkg/status.d/*.md5sums", Nothing),
        ("var/lib/dpkg/status.d/*", Text(dpkg::status)),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", Bytes(rpm::database)),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite-wal", Bytes(rpm::beside)),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite-journal", Bytes(rpm::beside)),
        ("usr/lib/sysimage/rpm/Packages.db", Bytes(rpm::database)),
        ("usr/lib/sysimage/rpm/Packages", Bytes(rpm::database)),
        ("usr/share/rpm/rpmdb.sqlite", Bytes(rpm::database)),
        ("usr/share/rpm/rpmdb.sqlite-wal", Bytes(rpm::beside)),
        ("usr/share/rpm/rpmdb.sqlite-journal", Bytes(rpm::beside)),
        ("usr/share/rpm/Packages.db", Bytes(rpm::database)),
        ("usr/share/rpm/Packages", Bytes(rpm::database)),
        ("var/lib/rpm/rpmdb.sqlite", Bytes(rpm::database)),
        ("var/lib/rpm/rpmdb.sqlite-wal", Bytes(rpm::beside)),
        ("var/lib/rpm/rpmdb.sqlite-journal", Bytes(rpm::beside)),
        ("var/lib/rpm/Packages.db", Bytes(rpm::database)),
        ("var/lib/rpm/Packages", Bytes(rpm::database)),
        ("var/lib/rpmmanifest/container-manifest-2", Text(rpm::listed)),
        ("package-lock.json", Json(npm::lock)),
        ("npm-shrinkwrap.json", Json(npm::lock)),
        ("pnpm-lock.yaml", Yaml(pnpm::lock)),
        ("yarn.lock", Text(yarn::lock)),
        ("bun.lock", Jsonc(bun::lock)),
        ("node_modules/@*/*/package.json", Json(installed::node)),
        ("node_modules/*/package.json", Json(installed::node)),
        ("usr/share/nodejs/@*/*/package.json", Json(installed::node)),
        ("usr/share/nodejs/*/package.json", Json(installed::node)),
        ("package.json", Json(package_json::manifest)),
        ("*.dist-info/METADATA", Text(installed::python)),
        ("*.egg-info/PKG-INFO", Text(installed::python)),
        ("*.egg-info", Text(installed::python)),
        ("specifications/*.gemspec", Text(installed::gem)),
        ("specifications/default/*.gemspec", Text(installed::gem)),
        ("*META-INF/maven/*/*/pom.properties", Text(installed::maven)),
        ("composer/installed.json", Json(installed::composer)),
        ("uv.lock", Toml(python::uv)),
        ("poetry.lock", Toml(python::poetry)),
        ("pdm.lock", Toml(python::pdm)),
        ("Pipfile.lock", Json(pipenv::pipfile)),
        ("pylock.toml", Toml(pipenv::standard)),
        ("pylock.*.toml", Toml(pipenv::standard)),
        ("pyproject.toml", Toml(pyproject::manifest)),
        ("setup.cfg", Text(requirements::setup)),
        ("requirements-dev*.txt", Text(requirements::development)),
        ("requirements_dev*.txt", Text(requirements::development)),
        ("requirements-test*.txt", Text(requirements::development)),
        ("requirements_test*.txt", Text(requirements::development)),
        ("requirements-doc*.txt", Text(requirements::development)),
        ("requirements_doc*.txt", Text(requirements::development)),
        ("requirements-lint*.txt", Text(requirements::development)),
        ("requirements-ci*.txt", Text(requirements::development)),
        ("dev-requirements*.txt", Text(requirements::development)),
        ("dev_requirements*.txt", Text(requirements::development)),
        ("test-requirements*.txt", Text(requirements::development)),
        ("test_requirements*.txt", Text(requirements::development)),
        ("docs-requirements*.txt", Text(requirements::development)),
        ("requirements/dev*.txt", Text(requirements::development)),
        ("requirements/test*.txt", Text(requirements::development)),
        ("requirements/doc*.txt", Text(requirements::development)),
        ("requirements/lint*.txt", Text(requirements::development)),
        ("requirements/ci*.txt", Text(requirements::development)),
        ("docs/requirements*.txt", Text(requirements::development)),
        ("test/requirements*.txt", Text(requirements::development)),
        ("tests/requirements*.txt", Text(requirements::development)),
        ("requirements*.txt", Text(requirements::runtime)),
        ("*requirements.txt", Text(requirements::runtime)),
        ("requirements/*.txt", Text(requirements::runtime)),
        ("requirements*.in", Text(requirements::runtime)),
        ("requirements/*.in", Text(requirements::runtime)),
        ("constraints*.txt", Text(requirements::constraints)),
        ("pom.xml", TextBeside(maven::pom)),
        ("*.pom", TextBeside(maven::pom)),
        ("gradle.lockfile", Text(gradle::lock)),
        ("buildscript-gradle.lockfile", Text(gradle::build_lock)),
        ("settings-gradle.lockfile", Text(gradle::build_lock)),
        ("gradle/*.versions.toml", Toml(gradle::catalogue)),
        ("libs.versions.toml", Toml(gradle::catalogue)),
        ("packages.lock.json", Json(nuget::lock)),
        ("*.csproj", Text(nuget::project)),
        ("*.fsproj", Text(nuget::project)),
        ("*.vbproj", Text(nuget::project)),
        ("Directory.Packages.props", Text(nuget::project)),
        ("packages.config", Text(nuget::config)),
        ("composer.lock", Json(composer::lock)),
        ("Gemfile.lock", Text(bundler::lock)),
        ("gems.locked", Text(bundler::lock)),
        ("mix.lock", Text(hex::mix)),
        ("rebar.lock", Text(hex::rebar)),
        ("pubspec.lock", Yaml(dart::lock)),
        ("Package.resolved", Json(apple::resolved)),
        ("Podfile.lock", Yaml(apple::pods)),
        ("conan.lock", Json(conan::lock)),
        ("stack.yaml.lock", Yaml(haskell::stack)),
        ("cabal.project.freeze", Text(haskell::freeze)),
        ("renv.lock", Json(science::renv)),
        ("Manifest.toml", Toml(science::julia)),
        (".terraform.lock.hcl", Text(deploy::providers)),
        ("Chart.lock", Yaml(deploy::chart_lock)),
        ("Chart.yaml", Yaml(deploy::chart)),
        ("deno.lock", Json(deno::lock)),
        ("go.mod", Text(go::module)),
        ("go.sum", Text(go::sums)),
        ("go.work.sum", Text(go::sums)),
        ("vendor/modules.txt", Text(go::vendored)),
        (".github/workflows/*.yml", Yaml(recipe::workflow)),
        (".github/workflows/*.yaml", Yaml(recipe::workflow)),
        ("action.yml", Yaml(recipe::action)),
        ("action.yaml", Yaml(recipe::action)),
        ("docker-compose*.yml", Yaml(recipe::compose)),
        ("docker-compose*.yaml", Yaml(recipe::compose)),
        ("compose.yml", Yaml(recipe::compose)),
        ("compose.yaml", Yaml(recipe::compose)),
        ("compose.*.yml", Yaml(recipe::compose)),
        ("compose.*.yaml", Yaml(recipe::compose)),
    ]
};

/// The rows by the last part of their patterns: by its name, or by its end where a `*` stands in it.
struct Rows {
    by_name: HashMap<&'static str, Vec<usize>>,
    by_end: Vec<(&'static str, usize)>,
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| {
    let mut rows = Rows { by_name: HashMap::new(), by_end: Vec::new() };
    for (at, (pattern, _)) in READERS.iter().enumerate() {
        let last = pattern.rsplit('/').next().unwrap_or(pattern);
        match last.rsplit_once('*') {
            Some((_, end)) => rows.by_end.push((end, at)),
            None => rows.by_name.entry(last).or_default().push(at),
        }
    }
    rows
});

/// What reads the file at `path`. Asked of every file of a target, so that most are told apart by their names alone.
pub(super) fn of(path: &str) -> Option<Reader> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let named = ROWS.by_name.get(name).into_iter().flatten().copied();
    let ended = ROWS.by_end.iter().filter(|(end, _)| name.ends_with(end)).map(|(_, at)| *at);
    let row = |at: usize| READERS.get(at).filter(|(pattern, _)| fits(pattern, path)).map(|_| at);
    // What packages bring along of their own making says nothing of what is installed.
    let is_inside = || FOLDERS.iter().any(|folder| path.contains(folder));
    let Some(at) = named.chain(ended).filter_map(row).min() else {
        return (names_dockerfile(name) && !is_inside()).then_some(Reader::Text(recipe::dockerfile));
    };
    let (pattern, reader) = READERS.get(at)?;
    let is_installed = INSTALLED.iter().any(|start| pattern.starts_with(start));
    (!matches!(reader, Reader::Nothing) && (is_installed || !is_inside())).then_some(*reader)
}

/// Whether a file of packages says how something is built or started, not what lies around it.
pub(super) fn is_recipe(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_pipeline = RECIPES.iter().any(|pattern| fits(pattern, path));
    (is_pipeline || names_dockerfile(name)) && of(path).is_some()
}

/// Whether a file of this name is a Dockerfile. Asked of every file, so that most are told apart without a copy.
fn names_dockerfile(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.windows(4).any(|part| part.eq_ignore_ascii_case(b"file")) && is_dockerfile(&name.to_ascii_lowercase())
}

/// Whether other files of the target complete what the file at `path` says.
pub(super) fn is_completed(path: &str) -> bool {
    matches!(of(path), Some(Reader::TextBeside(_) | Reader::TomlBeside(_)))
}

/// Whether the file at `path` may complete what others say.
pub(super) fn completes(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "Cargo.toml" | "pom.xml")
}

/// Files that say how something is built or started.
const RECIPES: [&str; 10] = [
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    "action.yml",
    "action.yaml",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "compose.yml",
    "compose.yaml",
    "compose.*.yml",
    "compose.*.yaml",
];

/// Folders of installed packages.
const FOLDERS: [&str; 5] = ["node_modules/", "usr/share/nodejs/", "site-packages/", "dist-packages/", "META-INF/"];

/// What says there which packages these are.
const INSTALLED: [&str; 5] = ["node_modules/", "usr/share/nodejs/", "*.dist-info", "*.egg-info", "*META-INF/"];

/// Whether a path ends as the pattern says.
fn fits(pattern: &str, path: &str) -> bool {
    // Behind a `!` is what an archive holds.
    let mut parts = path.rsplit(['/', '!']);
    pattern.rsplit('/').all(|wanted| {
        let Some(part) = parts.next() else { return false };
        match wanted.split_once('*') {
            None => part == wanted,
            Some((start, end)) => part.len() >= wanted.len() - 1 && part.starts_with(start) && part.ends_with(end),
        }
    })
}

impl Reader {
    /// Reads a text. What breaks the syntax is the first gap; what stood before the break is read.
    pub(super) fn read(self, text: &str, beside: &Beside<'_>) -> Manifest {
        let by_node = |yaml: &Yaml, read: fn(Node<'_>) -> Manifest| {
            let mut manifest = match yaml.root() {
                Some(root) if root.is_mapping() => read(root),
                Some(root) if !root.is_null() => Manifest::unread(root.span(), "not a mapping from keys to values"),
                // Nothing in it, or what broke it is told below.
                _ => Manifest::default(),
            };
            manifest.gaps.splice(0..0, yaml.problems().iter().cloned());
            manifest
        };
        match self {
            Self::Text(read) => read(text),
            Self::Bytes(read) => read(text.as_bytes()),
            Self::Nothing => Manifest::default(),
            Self::Yaml(read) => by_node(&Yaml::parse(text), read),
            Self::Json(read) => by_node(&Yaml::parse_json(text), read),
            Self::Jsonc(read) => by_node(&Yaml::parse_jsonc(text), read),
            Self::TextBeside(read) => read(text, beside),
            Self::Toml(read) => by_table(text, read),
            Self::TomlBeside(read) => by_table(text, |table| read(table, beside)),
        }
    }
}

fn by_table(text: &str, read: impl FnOnce(&DeTable<'_>) -> Manifest) -> Manifest {
    match DeTable::parse(text) {
        Ok(table) => read(table.get_ref()),
        Err(error) => {
            let range = error.span().unwrap_or_default();
            Manifest::unread(Span::new(range.start, range.end), error.message())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide() {
        let seen = |path: &str| of(path).is_some();
        assert!(seen("Cargo.lock") && seen("a/b/go.mod") && seen("x/vendor/modules.txt"));
        assert!(!seen("modules.txt") && !seen("Cargo.lock.orig") && !seen("Cargo.lock/x") && !seen(""));
        assert!(fits("req*.txt", "a/req.txt") && fits("req*.txt", "req-x.txt") && !fits("re*.txt", "re.tx"));
        assert!(!fits("aba*aba", "abaaba/") && !fits("ab*ba", "aba"));
    }
}
