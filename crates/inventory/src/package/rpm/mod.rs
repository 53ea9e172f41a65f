//! What rpm installed: its database in the three formats that it ever had, and the list that images without one carry.
//!
//! Every format keeps one header for each package; which format a file has, its first bytes say. Files are read where
//! they lie, by our own bounded readers: nothing is written, no library of the format runs, and what cannot be read is a
//! gap that says what may be missing.

mod bdb;
mod header;
#[cfg(test)]
mod made;
mod ndb;
mod sqlite;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::lines::place;
use super::{Manifest, PACKAGES_MAX, Package};
use header::Header;

/// Names that packages provide or need, beyond which the rest is not kept: a workstation with all of TeX has 200,000.
const NAMES_MAX: usize = 1_000_000;

/// The namespace of packages before the system around them is known.
const NAMESPACE: &str = "unknown";

/// What is no package: keys that signatures are checked with are kept among them.
const KEYS: &str = "gpg-pubkey";

/// Reads a database, whatever its format.
pub(super) fn database(bytes: &[u8]) -> Manifest {
    let mut packages = Packages { graph: Graph::locked(), left: bytes.len(), ..Packages::default() };
    let known =
        sqlite::read(bytes, &mut packages) || ndb::read(bytes, &mut packages) || bdb::read(bytes, &mut packages);
    if !known {
        packages.gap("no database of rpm that is known (SQLite, ndb, Berkeley DB): its packages are not listed");
    }
    packages.finish()
}

/// Reads what SQLite keeps beside its database while it is written to. When something is in it, the database alone is
/// not the last word.
pub(super) fn beside(bytes: &[u8]) -> Manifest {
    let mut manifest = Manifest { locked: true, ..Manifest::default() };
    if bytes.iter().any(|byte| *byte != 0) {
        let message = "changes that are not in the database yet: what was installed, raised or removed last may be \
                       missing or wrong; `rpm --rebuilddb` on that system writes them into it";
        manifest.gap(Span::default(), message);
    }
    manifest
}

/// Reads `container-manifest-2`, which stands in for a database in images of Azure Linux without a package manager: a
/// line a package, cells between tabs, as rpm writes them for
/// `NAME VERSION-RELEASE INSTALLTIME BUILDTIME VENDOR EPOCH SIZE ARCH EPOCHNUM SOURCERPM`.
pub(super) fn listed(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, version, _, _, _, _, _, architecture, epoch, source, ..] = cells.as_slice() else {
            graph.manifest.gap(place(text, line), "a line of fewer than ten cells");
            continue;
        };
        if *name == KEYS {
            continue;
        }
        let Ok(purl) = Purl::in_namespace("rpm", NAMESPACE, name) else {
            graph.manifest.gap(place(text, name), format!("`{name}` is no name of a package"));
            continue;
        };
        let stated = |cell: &str| if cell == "(none)" { String::new() } else { cell.to_owned() };
        let purl = named(purl, version, &stated(architecture), &stated(epoch), &stated(source));
        let mut package = Package::new(purl, place(text, name));
        package.version_span = Some(place(text, version));
        graph.add(name, package);
    }
    graph.manifest
}

/// Adds what the specification of package URLs wants of rpm's (`types/rpm-definition.json` of its repository).
fn named(purl: Purl, version: &str, architecture: &str, epoch: &str, source: &str) -> Purl {
    let mut purl = purl.at(version);
    let epoch = if epoch == "0" { "" } else { epoch };
    for (key, value) in [("arch", architecture), ("epoch", epoch), ("upstream", source)] {
        if !value.is_empty() {
            purl = purl.with(key, value);
        }
    }
    purl
}

/// The packages of a database, as its reader meets them.
#[derive(Default)]
struct Packages {
    graph: Graph,
    /// What each needs, and how many names that are.
    needs: Vec<(u32, Vec<String>)>,
    needed: usize,
    /// Who provides what; of several the first.
    provided: HashMap<String, u32>,
    is_full: bool,
    /// Bytes of headers that may still come: a file has no more than its own, whatever its places say.
    left: usize,
    /// Headers and gaps that came.
    met: usize,
}

impl Packages {
    /// Takes one header, which the database keeps as package `number`.
    fn take(&mut self, number: u32, blob: &[u8]) {
        self.met += 1;
        let room = self.left.checked_sub(blob.len()).ok_or("it lies where something else is".to_owned());
        self.left = *room.as_ref().unwrap_or(&0);
        if let Err(reason) = room.and_then(|_| self.add(blob)) {
            self.gap(format!("package {number} is missing: {reason}"));
        }
    }

    /// Whether nothing more is to be read: what has more than this is no database but a trap.
    fn is_enough(&self) -> bool {
        self.met > PACKAGES_MAX
    }

    fn add(&mut self, blob: &[u8]) -> Result<(), String> {
        let header = Header::parse(blob)?;
        let name = header.text(header::NAME).ok_or("its header has no name")?;
        let version = header.text(header::VERSION).ok_or_else(|| format!("`{name}` has no version"))?;
        if name == KEYS {
            return Ok(());
        }
        let release = header.text(header::RELEASE).map(|release| format!("-{release}")).unwrap_or_default();
        let purl = Purl::in_namespace("rpm", NAMESPACE, &name).map_err(|error| format!("`{name}`: {error}"))?;
        let part = |tag| header.text(tag).unwrap_or_default();
        let epoch = header.number(header::EPOCH).map(|epoch| epoch.to_string()).unwrap_or_default();
        let purl =
            named(purl, &format!("{version}{release}"), &part(header::ARCHITECTURE), &epoch, &part(header::SOURCE_RPM));
        // The stream of a module, `nodejs:18:9020020230327152102:rhel9`, under the key that Red Hat gives it.
        let purl = header.text(header::MODULE).map_or(purl.clone(), |module| purl.with("rpmmod", &module));
        if !header.is_sound() {
            self.gap(format!("the header of `{name}` is not the one that was installed: its digest is another"));
        }
        let mut package = Package::new(purl, Span::default());
        package.licence = header.text(header::LICENCE).filter(|licence| !licence.is_empty());
        let at = self.graph.add(&name, package);
        self.relate(at, &header);
        Ok(())
    }

    /// Keeps what a package provides and needs.
    fn relate(&mut self, at: u32, header: &Header<'_>) {
        let left = |names: usize| NAMES_MAX.saturating_sub(names);
        let provided = header.texts(header::PROVIDES, left(self.provided.len()));
        let needed = header.texts(header::REQUIRES, left(self.needed));
        self.is_full |= provided.is_none() || needed.is_none();
        for name in provided.unwrap_or_default() {
            self.provided.entry(name).or_insert(at);
        }
        let mut needed = needed.unwrap_or_default();
        // What rpm itself has to know, and conditions, are no names of packages.
        needed.retain(|name| !name.starts_with("rpmlib(") && !name.starts_with('('));
        needed.sort_unstable();
        needed.dedup();
        self.needed += needed.len();
        self.needs.push((at, needed));
    }

    fn gap(&mut self, message: impl Into<String>) {
        self.met += 1;
        self.graph.manifest.gap(Span::default(), message);
    }

    fn finish(mut self) -> Manifest {
        if self.is_full {
            self.gap(format!("more than {NAMES_MAX} names are provided or needed: what needs what is told in part"));
        }
        for (from, names) in std::mem::take(&mut self.needs) {
            for name in names {
                let found = self.provided.get(&name).copied().or_else(|| self.graph.find(&name, None).next());
                if let Some(to) = found {
                    self.graph.edge(from, to);
                }
            }
        }
        self.graph.manifest
    }
}

/// The number of four bytes at a place, the lowest first.
fn little(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

/// The number of four bytes at a place, the highest first.
fn big(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// A number as a size.
fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Pages of a file, each of which is taken once: whoever names one twice leads in a circle, or lies.
struct Once {
    taken: Vec<bool>,
}

impl Once {
    /// For so many pages, numbers from 0.
    fn new(pages: usize) -> Self {
        Self { taken: vec![false; pages] }
    }

    /// Marks a page; why it cannot be taken otherwise.
    fn take(&mut self, number: u32) -> Result<(), String> {
        match self.taken.get_mut(size(number)) {
            Some(taken @ false) => {
                *taken = true;
                Ok(())
            }
            Some(true) => Err(format!("page {number} of the file is named twice")),
            None => Err(format!("page {number} lies behind the end of the file")),
        }
    }
}
