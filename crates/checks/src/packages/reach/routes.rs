//! Ways through the packages of a lock file: from what the project asks for itself to a package in question.

use std::collections::{BTreeSet, HashMap, VecDeque};

use palisade_inventory::package::Manifest;

/// Needs that are followed in all of one file; the largest have some 50,000, and some hundred packages are at fault.
const STEPS_MAX: usize = 50_000_000;

/// The packages of a file and what needs them.
pub(super) struct Graph<'m> {
    manifest: &'m Manifest,
    needed_by: Vec<Vec<u32>>,
    /// What the project asks for itself, and which of its members do.
    direct: HashMap<u32, Vec<usize>>,
    steps: usize,
    /// Whether the file tells what needs what.
    pub(super) tells_needs: bool,
    /// Whether the file or one beside it tells what the project asks for.
    pub(super) tells_direct: bool,
}

/// How a package comes to a project.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    /// The project's members that ask for it themselves; none where nothing does.
    pub(super) asked_by: Option<Vec<usize>>,
    /// For each other package that the project asks for and that brings it: the shortest way, that package first, and
    /// the members that ask for it.
    pub(super) through: Vec<(Vec<u32>, Vec<usize>)>,
    /// Whether ways may be missing.
    pub(super) cut: bool,
}

impl<'m> Graph<'m> {
    /// `named` are packages that files beside this one ask for, of which it does not tell.
    pub(super) fn new(manifest: &'m Manifest, named: &BTreeSet<String>) -> Self {
        let mut needed_by: Vec<Vec<u32>> = vec![Vec::new(); manifest.packages.len()];
        for (package, at) in manifest.packages.iter().zip(0_u32..) {
            for &need in &package.needs {
                if let Some(slot) = needed_by.get_mut(need as usize) {
                    slot.push(at);
                }
            }
        }
        let mut direct: HashMap<u32, Vec<usize>> = HashMap::new();
        for (member, root) in manifest.roots.iter().enumerate() {
            for &need in &root.needs {
                direct.entry(need).or_default().push(member);
            }
        }
        for (package, at) in manifest.packages.iter().zip(0_u32..) {
            if package.direct == Some(true) {
                direct.entry(at).or_default();
            }
        }
        if direct.is_empty() {
            let asked = manifest.packages.iter().zip(0_u32..);
            direct
                .extend(asked.filter(|(one, _)| named.contains(&one.purl.full_name())).map(|(_, at)| (at, Vec::new())));
        }
        let tells_direct = !direct.is_empty();
        if !tells_direct {
            // What nothing needs is there because somebody asked for it.
            let alone = needed_by.iter().zip(0_u32..).filter(|(by, _)| by.is_empty());
            direct.extend(alone.map(|(_, at)| (at, Vec::new())));
        }
        let tells_needs = needed_by.iter().any(|by| !by.is_empty());
        Self { manifest, needed_by, direct, steps: 0, tells_needs, tells_direct }
    }

    /// How the packages with these numbers, which are one in several places, come to the project.
    pub(super) fn ways(&mut self, to: &[u32]) -> Ways {
        let mut ways = Ways::default();
        let mut next: HashMap<u32, Option<u32>> = to.iter().map(|at| (*at, None)).collect();
        let mut open: VecDeque<u32> = to.iter().copied().collect();
        let mut through = Vec::new();
        while let Some(at) = open.pop_front() {
            if let Some(members) = self.direct.get(&at) {
                if next.get(&at) == Some(&None) {
                    ways.asked_by.get_or_insert_default().extend(members);
                } else {
                    through.push((at, members.clone()));
                }
            }
            for &by in self.needed_by.get(at as usize).into_iter().flatten() {
                self.steps += 1;
                if self.steps > STEPS_MAX {
                    ways.cut = true;
                    return ways;
                }
                // A part of the project asks for what it needs itself, which its own entry as a root tells.
                let is_own = self.manifest.packages.get(by as usize).is_some_and(|one| self.is_own(one));
                if !is_own && !next.contains_key(&by) {
                    next.insert(by, Some(at));
                    open.push_back(by);
                }
            }
        }
        for (from, members) in through {
            let mut way = vec![from];
            while let Some(Some(to)) = way.last().and_then(|at| next.get(at)) {
                way.push(*to);
            }
            ways.through.push((way, members));
        }
        if let Some(members) = &mut ways.asked_by {
            members.sort_unstable();
            members.dedup();
        }
        ways
    }

    fn is_own(&self, package: &palisade_inventory::package::Package) -> bool {
        package.source == palisade_inventory::package::Source::Local
            && self.manifest.roots.iter().any(|root| root.purl.as_ref() == Some(&package.purl))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes how `name` comes to the project of a `Cargo.lock`: `asked by N`, then each way.
    fn check(lock: &str, name: &str, expected: &str) {
        let manifest = Manifest::read("Cargo.lock", lock).unwrap_or_default();
        let mut graph = Graph::new(&manifest, &BTreeSet::new());
        let at = |one: &&palisade_inventory::package::Package| one.purl.name() == name;
        let to: Vec<u32> =
            manifest.packages.iter().zip(0..).filter(|(one, _)| at(one)).map(|(_, number)| number).collect();
        let ways = graph.ways(&to);
        let mut lines: Vec<String> =
            ways.asked_by.iter().map(|members| format!("asked by {}", members.len())).collect();
        let named = |at: &u32| manifest.packages.get(*at as usize).map_or("", |one| one.purl.name());
        lines.extend(ways.through.iter().map(|(way, _)| way.iter().map(named).collect::<Vec<_>>().join(" > ")));
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn ways_are_the_shortest_and_end_at_what_is_asked_for() {
        let package = |name: &str, needs: &str, foreign: bool| {
            let source =
                if foreign { "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n" } else { "" };
            format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}dependencies = [{needs}]\n")
        };
        let lock = [
            package("app", "\"a\", \"d\", \"lib\"", false),
            package("lib", "\"c\"", false),
            package("a", "\"b\"", true),
            package("b", "\"c\", \"a\"", true),
            package("c", "", true),
            package("d", "\"b\", \"c\"", true),
            package("lone", "\"lone2\"", true),
            package("lone2", "", true),
        ]
        .concat();
        check(&lock, "c", "asked by 1\nd > c\na > b > c");
        check(&lock, "a", "asked by 1\nd > b > a");
        check(&lock, "b", "a > b\nd > b");
        check(&lock, "lone2", "");
    }
}
