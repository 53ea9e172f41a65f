//! Packages of systems that no advisories speak of: said, so that they are not taken for clean.

use std::collections::BTreeMap;

use palisade_advisory::{Index, OpenError, Question, Unasked};
use palisade_inventory::package::Package;
use palisade_model::Uncompared;

/// The packages of one file, by the system that they are from.
#[derive(Default)]
pub(super) struct SystemGaps {
    /// Those about which nothing is asked, with the reason.
    unasked: BTreeMap<(String, String), usize>,
    /// Those that were looked for, by system and ecosystem, and whether the index names any of them.
    asked: BTreeMap<(String, String), (usize, bool)>,
}

impl SystemGaps {
    /// Notes a package about which nothing is asked.
    pub(super) fn unasked(&mut self, package: &Package, reason: &Unasked) {
        let (system, why) = match reason {
            // Of these no more is claimed than that they are listed.
            Unasked::Type => return,
            Unasked::NoVersion if !is_of_system(package) => return,
            Unasked::NoVersion => (system_of(package), "they are listed without a version"),
            Unasked::Distribution(distro) => (distro.clone(), "no database of OSV speaks of this release"),
            Unasked::NoDistribution => (
                "an unknown system".to_owned(),
                "nothing says which system they are from; scan the root of its files, where `os-release` does",
            ),
        };
        *self.unasked.entry((system, why.to_owned())).or_default() += 1;
    }

    /// Notes a package that was looked for, and whether the index names it.
    pub(super) fn asked(&mut self, package: &Package, questions: &[Question], is_known: bool) {
        let Some(question) = questions.first().filter(|_| is_of_system(package)) else { return };
        let (count, any) = self.asked.entry((system_of(package), question.ecosystem.clone())).or_default();
        *count += 1;
        *any |= is_known;
    }

    /// What is to be said.
    pub(super) fn finish(self, index: &Index) -> Result<Vec<Uncompared>, OpenError> {
        let said = |((system, reason), packages)| Uncompared { system, packages, reason };
        let mut list: Vec<Uncompared> = self.unasked.into_iter().map(said).collect();
        let mut unnamed = self.asked.into_iter().filter(|(_, (_, any))| !any).peekable();
        if unnamed.peek().is_none() {
            return Ok(list);
        }
        let known = index.about()?.ecosystems;
        for ((system, ecosystem), (packages, _)) in unnamed {
            let family = ecosystem.split(':').next().unwrap_or(&ecosystem);
            let has_family = known.iter().any(|(name, _)| name == family);
            // Where there is one list for all releases, that it names none of a few packages says nothing is wrong.
            if has_family && !ecosystem.contains(':') {
                continue;
            }
            let reason = if has_family {
                format!("the index names none of them under {ecosystem}; `palisade db update` from a source that does")
            } else {
                format!("the index has no advisories of {family}; `palisade db update` from a source that does")
            };
            list.push(Uncompared { system, packages, reason });
        }
        Ok(list)
    }
}

fn is_of_system(package: &Package) -> bool {
    matches!(package.purl.kind(), "deb" | "apk" | "rpm")
}

fn system_of(package: &Package) -> String {
    let distro = package.purl.qualifier("distro").or(package.purl.namespace());
    distro.unwrap_or("an unknown system").to_owned()
}
