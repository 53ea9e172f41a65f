//! All packages of a target, each once: the bill of materials before it takes a format.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use palisade_model::{LineIndex, Purl, Span};

use super::{About, Hash, Manifest, Others, Scope, Source};

/// Packages of a target and what needs what.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    /// Sorted by package URL, none twice.
    pub components: Vec<Component>,
    /// Numbers of the components that the target asks for itself.
    pub direct: Vec<u32>,
    /// The files that were read, sorted by path.
    pub files: Vec<FileRead>,
    /// What an image's lower layers brought and later ones took away; it needs nothing any more.
    pub removed: Vec<Component>,
    /// What it is about, where all of it was read from one bill that somebody else wrote.
    pub about: Option<About>,
}

/// A package, wherever the target names it.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name and version.
    pub purl: Purl,
    /// The closest to production of all its places.
    pub scope: Scope,
    /// Whether the target asks for it itself.
    pub direct: bool,
    /// Whether it is a part of the target, such as a member of a workspace.
    pub own: bool,
    /// Where it comes from, when not from the public registry.
    pub sources: BTreeSet<Source>,
    /// Whether scripts of its maker run where it is installed, as far as the files tell.
    pub scripts: bool,
    /// Digests of its archives.
    pub hashes: BTreeSet<Hash>,
    /// Licences as the files write them.
    pub licences: BTreeSet<String>,
    /// Where it is named.
    pub places: Vec<Place>,
    /// Numbers of the components that it needs, sorted.
    pub needs: Vec<u32>,
    /// In an image: where it came and went.
    pub layers: Option<Layers>,
}

/// The layers of an image in which a component came and went, by their numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layers {
    /// Where it came.
    pub brought: u32,
    /// Where it went.
    pub removed: Option<u32>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path within the target.
    pub path: Arc<str>,
    /// From 1.
    pub line: u32,
}

/// A file of packages and how well it was understood.
#[derive(Clone, Debug)]
pub struct FileRead {
    /// Path within the target.
    pub path: Arc<str>,
    /// Whether it lists exact versions of everything.
    pub locked: bool,
    /// Packages named in it.
    pub packages: usize,
    /// Whether nothing of it was understood.
    pub refused: bool,
    /// Lines that were not understood, and why.
    pub gaps: Vec<(u32, String)>,
    /// The lock file beside or above it whose word counts more, if there is one.
    pub behind: Option<Arc<str>>,
}

/// A manifest with its file.
#[derive(Clone, Debug)]
pub struct Read {
    /// Path within the target.
    pub path: Arc<str>,
    /// What it says.
    pub manifest: Manifest,
    /// Where its lines start.
    pub lines: LineIndex,
}

impl Read {
    /// Reads the file at `path`; none when it is no file of packages.
    #[must_use]
    pub fn of(path: &str, bytes: &[u8]) -> Option<Self> {
        // Names decide: of a large program no text is made.
        if !super::is_manifest(path) {
            return None;
        }
        if let Some(manifest) = Manifest::of_database(path, bytes) {
            return Some(Self { path: path.into(), manifest, lines: LineIndex::new(&[]) });
        }
        Self::among(path, bytes, &Others::none())
    }

    /// Reads the file at `path`, completed by other files of its target; none when it is no file of packages.
    #[must_use]
    pub fn among(path: &str, bytes: &[u8], others: &Others<'_>) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let manifest = Manifest::read_among(path, &text, others)?;
        Some(Self::of_text(path.into(), manifest, &text))
    }

    /// A manifest that was read from a text.
    #[must_use]
    pub fn of_text(path: Arc<str>, manifest: Manifest, text: &str) -> Self {
        Self { path, manifest, lines: LineIndex::new(text.as_bytes()) }
    }

    /// Reads a program; none when it names no packages.
    #[must_use]
    pub fn of_program(path: &str, bytes: &[u8]) -> Option<Self> {
        let manifest = Manifest::of_program(bytes)?;
        Some(Self { path: path.into(), manifest, lines: LineIndex::new(&[]) })
    }

    /// An archive that does not say which package it is.
    #[must_use]
    pub fn unnamed(path: &str, reason: &str) -> Self {
        let mut manifest = Manifest { locked: true, ..Manifest::default() };
        manifest.elsewhere(Span::default(), reason);
        Self { path: path.into(), manifest, lines: LineIndex::new(&[]) }
    }

    /// Reads the file at `path` that somebody named: a file of packages by its name, or else a bill of materials by
    /// its contents.
    #[must_use]
    pub fn of_named(path: &str, bytes: &[u8]) -> Option<Self> {
        Self::of(path, bytes).or_else(|| {
            let text = String::from_utf8_lossy(bytes);
            let manifest = Manifest::read_bom(&text)?;
            Some(Self::of_text(path.into(), manifest, &text))
        })
    }

    /// A file of packages that could not be opened.
    #[must_use]
    pub fn refused(path: &str, reason: &str) -> Self {
        Self { path: path.into(), manifest: Manifest::unread(Span::default(), reason), lines: LineIndex::new(&[]) }
    }

    /// The line, from 1, in which a byte stands.
    #[must_use]
    pub fn line(&self, at: u32) -> u32 {
        u32::try_from(self.lines.line(at) + 1).unwrap_or(u32::MAX)
    }
}

impl Bill {
    /// Joins what the files of a target say.
    #[must_use]
    pub fn of(mut reads: Vec<Read>) -> Self {
        reads.sort_by(|left, right| left.path.cmp(&right.path));
        let locks = locks(&reads);
        let behind: Vec<Option<Arc<str>>> = reads.iter().map(|read| governing(read, &locks)).collect();
        let taken = || reads.iter().zip(&behind).filter(|(_, behind)| behind.is_none()).map(|(read, _)| read);

        // Numbers follow from the sorted texts, so that the same target gives the same bill.
        let named: BTreeSet<(String, &Purl)> =
            taken().flat_map(|read| &read.manifest.packages).map(|one| (one.purl.to_string(), &one.purl)).collect();
        let mut bill =
            Self { components: named.iter().map(|(_, purl)| Component::new(purl)).collect(), ..Self::default() };
        let numbers: HashMap<&Purl, u32> = named.iter().map(|(_, purl)| *purl).zip(0..).collect();

        let mut direct = BTreeSet::new();
        for read in taken() {
            bill.add(read, &numbers, &mut direct);
        }
        // Digests of what another file lists are digests all the same.
        for read in reads.iter().zip(&behind).filter(|(_, behind)| behind.is_some()).map(|(read, _)| read) {
            for package in read.manifest.packages.iter().filter(|package| !package.hashes.is_empty()) {
                let component = numbers.get(&package.purl).and_then(|at| bill.components.get_mut(*at as usize));
                if let Some(component) = component {
                    component.hashes.extend(package.hashes.iter().cloned());
                }
            }
        }
        bill.direct = direct.into_iter().collect();
        for component in &mut bill.components {
            component.places.sort();
            component.places.dedup();
            component.needs.sort_unstable();
            component.needs.dedup();
        }
        bill.about = match reads.as_slice() {
            [one] => one.manifest.about.clone(),
            _ => None,
        };
        bill.files = reads
            .iter()
            .zip(behind)
            .map(|(read, behind)| FileRead {
                path: Arc::clone(&read.path),
                locked: read.manifest.locked,
                packages: read.manifest.packages.len(),
                refused: read.manifest.packages.is_empty() && !read.manifest.gaps.is_empty(),
                gaps: read.manifest.open().iter().map(|gap| (read.line(gap.span.start), gap.message.clone())).collect(),
                behind,
            })
            .collect();
        bill
    }

    fn add(&mut self, read: &Read, numbers: &HashMap<&Purl, u32>, direct: &mut BTreeSet<u32>) {
        let manifest = &read.manifest;
        let here: Vec<Option<u32>> = manifest.packages.iter().map(|one| numbers.get(&one.purl).copied()).collect();
        let number = |at: &u32| here.get(*at as usize).copied().flatten();
        let own: HashSet<&Purl> = manifest.roots.iter().filter_map(|root| root.purl.as_ref()).collect();
        for package in &manifest.packages {
            let Some(&at) = numbers.get(&package.purl) else { continue };
            let Some(component) = self.components.get_mut(at as usize) else { continue };
            let is_own = own.contains(&package.purl) && package.source == Source::Local;
            component.scope = component.scope.min(package.scope);
            component.own |= is_own;
            component.scripts |= package.scripts;
            component.direct |= package.direct == Some(true) || package.direct.is_none() && !manifest.locked;
            if package.source != Source::Registry && package.source != Source::Local {
                component.sources.insert(package.source.clone());
            }
            component.hashes.extend(package.hashes.iter().cloned());
            component.licences.extend(package.licence.clone());
            component.places.push(Place { path: Arc::clone(&read.path), line: read.line(package.span.start) });
            component.needs.extend(package.needs.iter().filter_map(number).filter(|&needed| needed != at));
            if component.direct || is_own {
                direct.insert(at);
            }
        }
    }
}

impl Component {
    fn new(purl: &Purl) -> Self {
        Self {
            purl: purl.clone(),
            scope: Scope::Development,
            direct: false,
            own: false,
            sources: BTreeSet::new(),
            scripts: false,
            hashes: BTreeSet::new(),
            licences: BTreeSet::new(),
            places: Vec::new(),
            needs: Vec::new(),
            layers: None,
        }
    }

    /// One that a later layer of an image took away.
    pub(super) fn gone(purl: &Purl, layers: Layers, paths: Vec<Arc<str>>) -> Self {
        let places = paths.into_iter().map(|path| Place { path, line: 1 }).collect();
        Self { layers: Some(layers), places, ..Self::new(purl) }
    }
}

/// The lock files by the type of their packages and their folder.
fn locks(reads: &[Read]) -> BTreeMap<(String, String), Arc<str>> {
    // Of two in one folder the last one stays, so that `go.mod` has to come after `go.sum`.
    let locked = reads.iter().filter(|read| read.manifest.locked);
    let (sums, others): (Vec<&Read>, Vec<&Read>) = locked.partition(|read| is_sum(&read.path));
    sums.into_iter()
        .chain(others)
        .filter_map(|read| {
            let kind = read.manifest.packages.first()?.purl.kind().to_owned();
            Some(((kind, folder(&read.path).to_owned()), Arc::clone(&read.path)))
        })
        .collect()
}

/// The file that speaks for a manifest: for one of ranges the lock file beside it or in a folder above, for `go.sum`,
/// which keeps digests of more than is built, the `go.mod` beside it.
fn governing(read: &Read, locks: &BTreeMap<(String, String), Arc<str>>) -> Option<Arc<str>> {
    if is_sum(&read.path) {
        let module = locks.get(&("golang".to_owned(), folder(&read.path).to_owned()));
        return module.filter(|path| !is_sum(path)).cloned();
    }
    if read.manifest.locked {
        return None;
    }
    let kind = read.manifest.packages.first()?.purl.kind();
    let mut here = folder(&read.path);
    loop {
        if let Some(lock) = locks.get(&(kind.to_owned(), here.to_owned())) {
            return Some(Arc::clone(lock));
        }
        if here.is_empty() {
            return None;
        }
        here = folder(here);
    }
}

fn is_sum(path: &str) -> bool {
    path.rsplit('/').next() == Some("go.sum")
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
