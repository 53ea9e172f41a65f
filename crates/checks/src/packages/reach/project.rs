//! Around a file of packages: the language, the folder and the other files that tell how code names the packages.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use palisade_inventory::Inventory;
use palisade_inventory::imports::Language;
use palisade_inventory::package::Manifest;
use serde_json::Value;

use super::looking::{folder_of, folders_of};
use crate::Host;
use crate::scanner::text_of;

/// Larger files beside a lock file are not read: the largest in the wild have some 100 KB.
const BESIDE_BYTES_MAX: usize = 1 << 20;
/// Files beside one lock file that are read; the largest workspaces have some thousand members.
const BESIDE_MAX: usize = 5_000;
/// Outermost modules of one installed package; nearly all have one.
const MODULES_MAX: usize = 50;
/// Go's list of the packages that are built, where they are kept in the project.
pub(super) const VENDORED: &str = "vendor/modules.txt";
/// Folders that hold nothing but lists of packages, of code that lies beside them.
const LISTS: [&str; 6] = ["requirements", "requirement", "reqs", "deps", "dependencies", "constraints"];
/// Files that make a folder a project of its own, so that its code is not that of the project around it.
const OWNERS: [(&str, Language); 15] = [
    ("Cargo.lock", Language::Rust),
    ("go.mod", Language::Go),
    ("uv.lock", Language::Python),
    ("poetry.lock", Language::Python),
    ("pdm.lock", Language::Python),
    ("Pipfile.lock", Language::Python),
    ("pylock.toml", Language::Python),
    ("package-lock.json", Language::JavaScript),
    ("npm-shrinkwrap.json", Language::JavaScript),
    ("yarn.lock", Language::JavaScript),
    ("pnpm-lock.yaml", Language::JavaScript),
    ("bun.lock", Language::JavaScript),
    ("deno.lock", Language::JavaScript),
    // A member of a workspace: which of its crates a source may name, its own file tells.
    ("Cargo.toml", Language::Rust),
    ("modules.txt", Language::Go),
];

/// The language of the code that uses the packages of a file.
pub(super) fn language(kind: &str) -> Option<Language> {
    Some(match kind {
        "cargo" => Language::Rust,
        "golang" => Language::Go,
        "pypi" => Language::Python,
        "npm" | "jsr" => Language::JavaScript,
        _ => return None,
    })
}

/// The folders that are projects of their own.
pub(super) fn owners(inventory: &Inventory) -> HashMap<Language, HashSet<String>> {
    let mut owners: HashMap<Language, HashSet<String>> = HashMap::new();
    for file in &inventory.files {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        // What is vendored is no project.
        let known = OWNERS.iter().find(|(known, _)| *known == name && name != "modules.txt");
        if let Some((_, language)) = known.filter(|_| !file.path.contains("node_modules/")) {
            owners.entry(*language).or_default().insert(folder_of(&file.path).to_owned());
        }
    }
    owners
}

/// The folder whose code uses what a file lists.
pub(super) fn folder(path: &str, language: Language, inventory: &Inventory) -> String {
    let inside = path.find("node_modules/").and_then(|at| path.get(..at)).map(|before| before.trim_end_matches('/'));
    let folder = inside.unwrap_or_else(|| folder_of(path));
    if path.ends_with("vendor/modules.txt") {
        return folder_of(folder).to_owned();
    }
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let holds = |folder: &str| {
        let below =
            |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        inventory.files.iter().any(|file| Language::of(&file.path) == Some(language) && below(&file.path))
    };
    let is_list = LISTS.contains(&name) && !holds(folder);
    if is_list { folder_of(folder).to_owned() } else { folder.to_owned() }
}

/// What files beside a lock file tell.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Packages that are asked for, by their full names.
    pub(super) asked: BTreeSet<String>,
    /// Other names that code has for packages.
    pub(super) aliases: BTreeMap<String, BTreeSet<String>>,
    /// Folders of the members of a workspace, by the names of their packages.
    pub(super) members: BTreeMap<String, Vec<String>>,
    /// Of Go with a folder `vendor`: every package that the project and its dependencies are built from.
    pub(super) built: Option<Rc<BTreeSet<String>>>,
}

impl Beside {
    /// Reads the files of a project in `folder`.
    pub(super) fn read(
        language: Language,
        folder: &str,
        owners: Option<&HashSet<String>>,
        inventory: &Inventory,
        host: Host<'_>,
    ) -> Self {
        let mut beside = Self::default();
        let names: &[&str] = match language {
            Language::Rust => &["Cargo.toml"],
            Language::Go => &["go.mod"],
            Language::JavaScript => &["package.json", "deno.json", "deno.jsonc"],
            Language::Python => &["pyproject.toml", "Pipfile", "requirements.in", "setup.cfg"],
        };
        if language == Language::Go {
            let path = if folder.is_empty() { VENDORED.to_owned() } else { format!("{folder}/{VENDORED}") };
            beside.built =
                (host.read)(&path).filter(|bytes| bytes.len() <= BESIDE_BYTES_MAX).map(|bytes| built(&bytes));
        }
        let mut left = BESIDE_MAX;
        for file in &inventory.files {
            let (at, name) = (folder_of(&file.path), file.path.rsplit('/').next().unwrap_or(&file.path));
            if !names.contains(&name) || file.link || file.path.contains("node_modules/") {
                continue;
            }
            // Members lie below the lock file, and below no other. In Python and Go only what lies beside it counts.
            let is_member = |folder_of_file: &str| {
                let own = |one: &&str| {
                    *one != folder && language != Language::Rust && owners.is_some_and(|o| o.contains(*one))
                };
                let mut up = folders_of(&file.path).take_while(|one| !own(one));
                folder_of_file == folder || up.any(|one| one == folder)
            };
            let counts = match language {
                Language::Rust | Language::JavaScript => is_member(at),
                Language::Go | Language::Python => at == folder,
            };
            if !counts || left == 0 {
                continue;
            }
            left -= 1;
            let Some(bytes) = (host.read)(&file.path).filter(|bytes| bytes.len() <= BESIDE_BYTES_MAX) else { continue };
            let text = text_of(&bytes);
            match language {
                Language::Rust => beside.cargo(at, &text),
                Language::Go => beside.go(&text),
                Language::JavaScript => beside.node(&text),
                Language::Python => beside.listed(&file.path, &text),
            }
        }
        beside
    }

    fn cargo(&mut self, folder: &str, text: &str) {
        let Ok(table) = text.parse::<toml::Table>() else { return };
        let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        if let Some(name) = name {
            self.members.entry(name.to_owned()).or_default().push(folder.to_owned());
        }
        let targets = table.get("target").and_then(toml::Value::as_table);
        let tables = targets.into_iter().flatten().filter_map(|(_, one)| one.as_table());
        let tables = tables.chain(table.get("workspace").and_then(toml::Value::as_table)).chain([&table]);
        for table in tables {
            for list in ["dependencies", "dev-dependencies", "build-dependencies"] {
                for (alias, value) in table.get(list).and_then(toml::Value::as_table).into_iter().flatten() {
                    if let Some(real) = value.get("package").and_then(toml::Value::as_str) {
                        self.alias(real, &alias.replace('-', "_"));
                    }
                }
            }
        }
    }

    /// `replace old => new version`: code goes on naming the old one.
    fn go(&mut self, text: &str) {
        for line in text.lines().take(BESIDE_MAX) {
            let line = line.split("//").next().unwrap_or(line).trim_start_matches("replace ");
            let Some((old, new)) = line.split_once("=>") else { continue };
            if let (Some(old), Some(new)) = (old.split_ascii_whitespace().next(), new.split_ascii_whitespace().next()) {
                self.alias(new.trim_matches('"'), old.trim_matches('"'));
            }
        }
    }

    /// `"alias": "npm:real@1"`, in lists of packages and in maps of imports.
    fn node(&mut self, text: &str) {
        let Ok(value) = serde_json::from_str::<Value>(text) else { return };
        for list in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "imports"] {
            for (name, wish) in value.get(list).and_then(Value::as_object).into_iter().flatten() {
                let wish = wish.as_str().unwrap_or("");
                let real = wish.strip_prefix("npm:").or_else(|| wish.strip_prefix("jsr:"));
                let real = real.and_then(palisade_inventory::imports::javascript_package_of);
                let real = real.filter(|real| real != name);
                if let Some(real) = real {
                    self.alias(real, name.trim_end_matches('/'));
                }
                self.asked.insert(real.unwrap_or(name).to_owned());
            }
        }
    }

    fn listed(&mut self, path: &str, text: &str) {
        let manifest = Manifest::read(path, text).unwrap_or_default();
        self.asked.extend(manifest.packages.iter().map(|package| package.purl.full_name()));
    }

    fn alias(&mut self, real: &str, alias: &str) {
        self.aliases.entry(real.to_owned()).or_default().insert(alias.to_owned());
    }
}

/// The packages that Go's list of what is vendored names.
fn built(bytes: &[u8]) -> Rc<BTreeSet<String>> {
    let text = text_of(bytes);
    let packages = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Rc::new(packages.map(str::to_owned).collect())
}

/// The modules of a package of Python that is installed below the target, as its lists of files say.
pub(super) fn installed(package: &str, inventory: &Inventory, host: Host<'_>) -> Vec<String> {
    let is_of = |path: &str| {
        let folder = folder_of(path).rsplit('/').next().unwrap_or("");
        let name = folder.strip_suffix(".dist-info").and_then(|folder| folder.rsplit_once('-'));
        name.is_some_and(|(name, _)| name.to_lowercase().replace(['_', '.'], "-") == package)
    };
    let read = |name: &str| {
        let mut files = inventory.files.iter().filter(|file| file.path.ends_with(name) && is_of(&file.path));
        let bytes = files.next().and_then(|file| (host.read)(&file.path));
        bytes.filter(|bytes| bytes.len() <= BESIDE_BYTES_MAX).map(|bytes| text_of(&bytes))
    };
    let recorded = read(".dist-info/RECORD").map(|text| recorded(&text)).unwrap_or_default();
    if !recorded.is_empty() {
        return recorded;
    }
    let listed = read(".dist-info/top_level.txt").unwrap_or_default();
    listed.lines().map(|line| line.trim().to_lowercase()).filter(|line| !line.is_empty()).take(MODULES_MAX).collect()
}

/// The outermost modules of an installed package's list of files: of namespaces, what begins in them.
fn recorded(text: &str) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    let files = text.lines().filter_map(|line| line.split(',').next()).filter(|path| !path.starts_with(['.', '/']));
    for path in files {
        let module = match path.strip_suffix("/__init__.py") {
            Some(folder) => folder,
            None if path.contains('/') => continue,
            None => match path.split_once('.') {
                Some((name, "py" | "so" | "pyd")) => name,
                _ => continue,
            },
        };
        let module = module.replace('/', ".").to_lowercase();
        let is_within = |outer: &String| module.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('.'));
        if !modules.contains(&module) && !modules.iter().any(is_within) && modules.len() < MODULES_MAX {
            modules.retain(|inner| !inner.strip_prefix(&module).is_some_and(|rest| rest.starts_with('.')));
            modules.push(module);
        }
    }
    modules
}
