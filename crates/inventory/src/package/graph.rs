//! Puts a file's packages together: edges by name and version, and what is reached from where.

use std::collections::{HashMap, HashSet};

use palisade_model::{Purl, Span};

use super::{Manifest, Package, Root, Scope, Source};

/// Packages of one name beyond this are listed, but nothing is found to need them: real trees hold some ten.
const NAMESAKES_MAX: usize = 64;
/// Edges beyond this are not kept; the largest lock files in the wild have some 50,000.
const EDGES_MAX: usize = 1_000_000;

/// Packages by name, while a lock file is read. Names are those of the file, normalised by its reader.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) manifest: Manifest,
    by_name: HashMap<String, Vec<u32>>,
    edges: HashSet<(u32, u32)>,
}

impl Graph {
    /// A lock file's packages.
    pub(super) fn locked() -> Self {
        Self { manifest: Manifest { locked: true, ..Manifest::default() }, ..Self::default() }
    }

    /// Adds a package under the name by which others of the file call it.
    pub(super) fn add(&mut self, name: &str, package: Package) -> u32 {
        let at = u32::try_from(self.manifest.packages.len()).unwrap_or(u32::MAX);
        self.manifest.packages.push(package);
        let namesakes = self.by_name.entry(name.to_owned()).or_default();
        if namesakes.len() < NAMESAKES_MAX {
            namesakes.push(at);
        }
        at
    }

    /// Adds a package under its own name and version, or a gap where they can be none.
    pub(super) fn add_named(&mut self, kind: &str, name: &str, version: Option<&str>, span: Span) -> Option<u32> {
        match Purl::new(kind, name) {
            Ok(purl) => Some(self.add(name, Package::new(purl.at(version.unwrap_or("")), span))),
            Err(error) => {
                self.manifest.gap(span, format!("`{name}` is no name of a package: {error}"));
                None
            }
        }
    }

    /// The package that was added as number `at`.
    pub(super) fn package(&mut self, at: u32) -> Option<&mut Package> {
        self.manifest.packages.get_mut(at as usize)
    }

    /// The packages of a name; only those of a version where one is given.
    pub(super) fn find(&self, name: &str, version: Option<&str>) -> impl Iterator<Item = u32> {
        let all = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let fits = move |at: &u32| {
            version.is_none()
                || self.manifest.packages.get(*at as usize).is_some_and(|one| one.purl.version() == version)
        };
        all.iter().copied().filter(fits)
    }

    /// Says that one package needs another.
    pub(super) fn edge(&mut self, from: u32, to: u32) {
        if self.edges.len() == EDGES_MAX {
            self.manifest.gap(Span::default(), format!("more than {EDGES_MAX} needs, the rest is not listed"));
        }
        if from != to
            && self.edges.len() <= EDGES_MAX
            && self.edges.insert((from, to))
            && let Some(package) = self.package(from)
        {
            package.needs.push(to);
        }
    }

    /// Ends reading: `asked` says what each root asks for and what for, from which scopes and direct packages follow.
    /// What nothing reaches keeps what its reader said.
    pub(super) fn finish(mut self, asked: Vec<(Option<Purl>, Vec<(Scope, u32)>)>) -> Manifest {
        let packages = &mut self.manifest.packages;
        let mut reached: Vec<Option<Scope>> = vec![None; packages.len()];
        let mut direct = vec![false; packages.len()];
        // What a part of the project is for, it says itself: its tests are not those of whoever needs it.
        let parts: HashSet<&Purl> = asked.iter().filter_map(|(purl, _)| purl.as_ref()).collect();
        let is_part = |package: &Package| package.source == Source::Local && parts.contains(&package.purl);
        for scope in [Scope::Runtime, Scope::Optional, Scope::Development] {
            let wanted = asked.iter().flat_map(|(_, needs)| needs).filter(|(of, _)| *of == scope);
            let mut open: Vec<u32> = wanted.map(|(_, at)| *at).collect();
            for &at in &open {
                if let Some(direct) = direct.get_mut(at as usize) {
                    *direct = true;
                }
            }
            while let Some(at) = open.pop() {
                if let Some(slot @ None) = reached.get_mut(at as usize) {
                    *slot = Some(scope);
                    let package = packages.get(at as usize).filter(|package| !is_part(package));
                    open.extend(package.map(|package| package.needs.as_slice()).unwrap_or_default());
                }
            }
        }
        if asked.iter().any(|(_, needs)| !needs.is_empty()) {
            for ((package, reached), direct) in packages.iter_mut().zip(reached).zip(direct) {
                package.scope = reached.filter(|_| !is_part(package)).unwrap_or(package.scope);
                package.direct = Some(direct);
            }
        }
        for (purl, needs) in asked {
            let mut needs: Vec<u32> = needs.into_iter().map(|(_, at)| at).collect();
            needs.sort_unstable();
            needs.dedup();
            self.manifest.roots.push(Root { purl, needs });
        }
        self.manifest
    }
}
