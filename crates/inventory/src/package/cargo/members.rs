//! The packages of a workspace by their `Cargo.toml`: what each of them asks for, and what for.
//!
//! As `cargo tree -e normal` has it: what is built into programs with the features that are on by themselves. Tests and
//! builds are development; what only a feature brings that nobody turns on is optional.

use std::collections::{HashMap, HashSet};

use toml::de::DeTable;

use crate::package::Scope;
use crate::package::beside::{Beside, folder};
use crate::package::tables::{Look, Value};

/// Tables of dependencies, and whether they end up in the program.
const LISTS: [(&str, bool); 5] = [
    ("dependencies", true),
    ("dev-dependencies", false),
    ("dev_dependencies", false),
    ("build-dependencies", false),
    ("build_dependencies", false),
];

/// The packages of a workspace by name.
#[derive(Debug, Default)]
pub(super) struct Members(HashMap<String, Member>);

#[derive(Debug, Default)]
struct Member {
    dependencies: Vec<Dependency>,
    features: HashMap<String, Vec<String>>,
    /// Keys of the optional dependencies that are on.
    on: HashSet<String>,
}

#[derive(Debug)]
struct Dependency {
    /// The name by which this package calls it.
    key: String,
    /// Its own name.
    name: String,
    requirement: String,
    /// Whether it ends up in the program.
    normal: bool,
    optional: bool,
    /// What is turned on in it.
    features: Vec<String>,
}

impl Members {
    /// Looks for the `Cargo.toml` of packages by their names and versions: below the lock file first, and there the
    /// nearest.
    pub(super) fn of<'t>(packages: impl Iterator<Item = (&'t str, Option<&'t str>)>, beside: &Beside<'_>) -> Self {
        let mut missing: HashMap<&str, Option<&str>> = packages.collect();
        let here = folder(beside.path);
        let is_below =
            |path: &str| here.is_empty() || path.strip_prefix(here).is_some_and(|rest| rest.starts_with('/'));
        let mut paths: Vec<&str> = beside.named("Cargo.toml").collect();
        paths.sort_by_key(|path| (!is_below(path), path.matches('/').count(), *path));
        let root = if here.is_empty() { "Cargo.toml".to_owned() } else { format!("{here}/Cargo.toml") };
        let root = beside.read(&root);
        let root = root.as_deref().and_then(|text| DeTable::parse(text).ok());
        let shared = root.as_ref().and_then(|root| root.get_ref().table("workspace")?.table("dependencies"));
        let mut members = Self::default();
        for path in paths {
            if missing.is_empty() {
                break;
            }
            let Some(text) = beside.read(path) else { continue };
            let Ok(table) = DeTable::parse(&text) else { continue };
            let Some(package) = table.get_ref().table("package") else { continue };
            let Some(name) = package.text("name") else { continue };
            let is_wanted = missing.get(name).is_some_and(|version| {
                // A version may be the workspace's.
                package.text("version").is_none_or(|own| version.is_none_or(|version| own == version))
            });
            if is_wanted {
                missing.remove(name);
                members.0.insert(name.to_owned(), Member::of(table.get_ref(), shared));
            }
        }
        members.turn_on();
        members
    }

    /// What a package of the workspace needs another for; every other package needs it to run.
    pub(super) fn scope(&self, package: &str, needed: &str, version: Option<&str>) -> Scope {
        let Some(member) = self.0.get(package) else { return Scope::Runtime };
        let named = || member.dependencies.iter().filter(|one| one.name == needed);
        let scope = |one: &Dependency| match () {
            () if !one.normal => Scope::Development,
            () if one.optional && !member.on.contains(&one.key) => Scope::Optional,
            () => Scope::Runtime,
        };
        // A version stands there where several packages have this name.
        let fitting = named().filter(|one| version.is_none_or(|version| fits(&one.requirement, version)));
        fitting.map(scope).min().or_else(|| named().map(scope).min()).unwrap_or(Scope::Runtime)
    }

    /// Turns on what the default features of each package do, and what packages turn on in each other.
    fn turn_on(&mut self) {
        let mut open: Vec<(String, String)> = self.0.keys().map(|name| (name.clone(), "default".to_owned())).collect();
        for dependency in self.0.values().flat_map(|member| &member.dependencies) {
            if dependency.normal && !dependency.optional {
                open.extend(dependency.features.iter().map(|feature| (dependency.name.clone(), feature.clone())));
            }
        }
        // Each feature of each package is looked at once, so this ends.
        let mut seen: HashSet<(String, String)> = HashSet::new();
        while let Some((name, feature)) = open.pop() {
            if !self.0.contains_key(&name) || !seen.insert((name.clone(), feature.clone())) {
                continue;
            }
            let Some(member) = self.0.get_mut(&name) else { continue };
            let items = member.features.get(&feature).cloned();
            // An optional dependency is a feature of its own where none has its name.
            let items = items.unwrap_or_else(|| vec![format!("dep:{feature}")]);
            for item in items {
                let (dependency, inner) = match (item.strip_prefix("dep:"), item.split_once('/')) {
                    (Some(dependency), _) => (dependency, None),
                    (None, Some((dependency, inner))) => (dependency, Some(inner)),
                    (None, None) => {
                        open.push((name.clone(), item));
                        continue;
                    }
                };
                let weak = dependency.ends_with('?');
                let dependency = dependency.trim_end_matches('?');
                if !weak {
                    member.on.insert(dependency.to_owned());
                }
                for one in member.dependencies.iter().filter(|one| one.key == dependency && one.normal) {
                    open.extend(inner.map(|inner| (one.name.clone(), inner.to_owned())));
                    open.extend(one.features.iter().map(|feature| (one.name.clone(), feature.clone())));
                }
            }
        }
    }
}

impl Member {
    fn of(table: &DeTable<'_>, shared: Option<&DeTable<'_>>) -> Self {
        let mut member = Self::default();
        let targets = table.table("target").into_iter().flatten().filter_map(|(_, target)| target.get_ref().as_table());
        for table in std::iter::once(table).chain(targets) {
            for (list, normal) in LISTS {
                for (key, value) in table.table(list).into_iter().flatten() {
                    member.dependencies.push(Dependency::of(key.get_ref(), value, normal, shared));
                }
            }
        }
        for (name, items) in table.table("features").into_iter().flatten() {
            let items = items.get_ref().as_array().map(|items| items.iter().as_slice()).unwrap_or_default();
            member.features.insert(name.get_ref().to_string(), texts(items));
        }
        member
    }
}

impl Dependency {
    fn of(key: &str, value: &Value<'_>, normal: bool, shared: Option<&DeTable<'_>>) -> Self {
        let own = value.get_ref().as_table();
        let is_shared = own.is_some_and(|own| own.value("workspace").is_some());
        let general = shared.and_then(|shared| shared.value(key)).filter(|_| is_shared);
        let table = general.and_then(|general| general.get_ref().as_table());
        let said = |key| own.and_then(|own| own.text(key)).or_else(|| table?.text(key));
        let short = general.and_then(|general| general.get_ref().as_str()).or_else(|| value.get_ref().as_str());
        let features = [own, table].into_iter().flatten().flat_map(|table| texts(table.items("features")));
        Self {
            key: key.to_owned(),
            name: said("package").unwrap_or(key).to_owned(),
            requirement: short.or_else(|| said("version")).unwrap_or("").to_owned(),
            normal,
            optional: own.and_then(|own| own.value("optional")?.get_ref().as_bool()) == Some(true),
            features: features.collect(),
        }
    }
}

fn texts(items: &[Value<'_>]) -> Vec<String> {
    items.iter().filter_map(|item| item.get_ref().as_str()).map(str::to_owned).collect()
}

/// Whether a requirement may mean a version: up to the first number that is not 0 both have to be the same. This tells
/// namesakes apart, and no more is asked of it.
fn fits(requirement: &str, version: &str) -> bool {
    let first = requirement.split(',').next().unwrap_or("").trim_start_matches(['^', '~', '=', '>', '<', ' ', 'v']);
    for (wanted, there) in first.trim().split('.').zip(version.split('.')) {
        let Ok(number) = wanted.parse::<u64>() else { return true };
        if there.parse() != Ok(number) {
            return false;
        }
        if number > 0 {
            return true;
        }
    }
    true
}
