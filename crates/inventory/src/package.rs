//! Packages that a manifest or lock file names: what is shipped, in which version, and what brings it.
//!
//! Each module reads one ecosystem's files. A file that is partly understood
//! gives what was understood, and [`Manifest::gaps`] says what was not: nothing
//! is dropped in silence.

mod apk;
mod apple;
mod beside;
mod bill;
mod bom;
mod bun;
mod bundler;
mod cargo;
mod composer;
mod conan;
mod dart;
mod deno;
mod deploy;
mod diff;
mod distro;
mod dpkg;
mod go;
mod gradle;
mod graph;
mod haskell;
mod hex;
mod installed;
mod layered;
mod lines;
mod maven;
mod npm;
mod nuget;
mod package_json;
mod pipenv;
mod places;
mod pnpm;
mod program;
mod public;
mod pyproject;
mod python;
mod readers;
mod recipe;
mod requirements;
mod rpm;
mod science;
mod tables;
mod yarn;

pub use beside::Others;
pub use bill::{Bill, Component, FileRead, Layers, Place, Read};
pub use bom::is_bom;
pub use diff::{Change, Compare, Kind, diff};
pub use distro::{SystemFile, Systems};
pub use layered::InLayer;
use palisade_model::{Purl, Span, Timestamp};
pub use program::is_program;

use crate::Problem;

/// Packages beyond this of one file are not listed, and said to be missing; the largest lock files in the wild have
/// some 10,000.
pub const PACKAGES_MAX: usize = 200_000;

/// Larger bills of materials are not read; the largest in the wild have some 30 MB, and files beyond are not held whole.
pub const BOM_BYTES_MAX: usize = 32 << 20;

/// Gaps beyond this are not told one by one.
const GAPS_MAX: usize = 50;

/// What one file says about packages.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Whether versions are exact and transitive packages are listed.
    pub locked: bool,
    /// The packages that the file belongs to: the project itself, members of its workspace.
    pub roots: Vec<Root>,
    /// What is depended on, in the order of the file.
    pub packages: Vec<Package>,
    /// What was not understood: packages may be missing.
    pub gaps: Vec<Problem>,
    /// What this file alone does not tell: packages that it needs and does not list, other files that it names.
    pub elsewhere: Vec<Problem>,
    /// What the file is about, where it is a bill of materials that somebody wrote.
    pub about: Option<About>,
}

/// What a bill of materials says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it lists the packages of; empty when it does not say.
    pub name: String,
    /// The version of that.
    pub version: Option<String>,
    /// When it was written.
    pub created: Option<Timestamp>,
    /// Whether it tells where each package comes from as a lock file does: only our own in CycloneDX do.
    pub sources: bool,
}

/// A package that the file belongs to.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its name, when it has one.
    pub purl: Option<Purl>,
    /// Numbers of [`Manifest::packages`] that it asks for itself.
    pub needs: Vec<u32>,
}

/// A package at one place.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name and version.
    pub purl: Purl,
    /// What it is there for.
    pub scope: Scope,
    /// Whether the project asks for it itself; unknown where the file does not tell.
    pub direct: Option<bool>,
    /// Where it comes from.
    pub source: Source,
    /// Whether scripts of its maker run where it is installed, as far as the file tells.
    pub scripts: bool,
    /// Digests of what is downloaded.
    pub hashes: Vec<Hash>,
    /// The licence as the file writes it.
    pub licence: Option<String>,
    /// Where it stands.
    pub span: Span,
    /// Where its version stands, if by itself.
    pub version_span: Option<Span>,
    /// Numbers of the packages of this file that it needs.
    pub needs: Vec<u32>,
}

/// What a file adds to the question which packages of a target are new.
#[derive(Clone, Debug, Default)]
pub struct PackageFacts {
    /// The type of its packages.
    pub kind: Option<String>,
    /// Whether it says what the project asks for itself.
    pub tells_direct: bool,
    /// Packages that were not there before.
    pub new: Vec<NewPackage>,
}

/// A package that was not there before.
#[derive(Clone, Debug)]
pub struct NewPackage {
    /// Its name and version.
    pub purl: Purl,
    /// Whether the project asks for it itself; unknown where the file does not tell.
    pub direct: Option<bool>,
    /// Whether the file lists exact versions of everything.
    pub locked: bool,
    /// What it is there for.
    pub scope: Scope,
    /// A package that needs it, where it is not known to be asked for by the project.
    pub needed_by: Option<String>,
    /// What it was compared with, in the user's words.
    pub since: String,
    /// Where it stands.
    pub place: palisade_model::Location,
}

/// What a package is there for. The smaller, the closer to production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Runs in production, as far as the file tells.
    Runtime,
    /// Only where somebody asks for an extra.
    Optional,
    /// To build, test or document.
    Development,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The ecosystem's public registry, or the file does not say.
    Registry,
    /// Another registry, by its address.
    Mirror(String),
    /// A repository of sources, by its address and revision as written.
    Repository(String),
    /// An archive or file by its address.
    Address(String),
    /// A folder beside the file.
    Local,
}

/// A digest of a package's archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash {
    /// One of [`Hash::ALGORITHMS`]; or `h1`, Go's SHA-256 over the digests of an archive's files.
    pub algorithm: &'static str,
    /// In small hexadecimal digits.
    pub hex: String,
}

impl Hash {
    /// The algorithms that are kept, each with its number of hexadecimal digits.
    pub const ALGORITHMS: [(&'static str, usize); 13] = [
        ("md5", 32),
        ("sha1", 40),
        ("sha224", 56),
        ("sha256", 64),
        ("sha384", 96),
        ("sha512", 128),
        ("sha3-256", 64),
        ("sha3-384", 96),
        ("sha3-512", 128),
        ("blake2b-256", 64),
        ("blake2b-384", 96),
        ("blake2b-512", 128),
        ("blake3", 64),
    ];

    /// A digest in hexadecimal digits.
    fn new(algorithm: &'static str, hex: &str) -> Option<Self> {
        let known = Self::ALGORITHMS.iter().find(|(name, _)| *name == algorithm).map(|(_, digits)| *digits);
        let digits = known.or((algorithm == "h1").then_some(64))?;
        let valid = hex.len() == digits && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        valid.then(|| Self { algorithm, hex: hex.to_ascii_lowercase() })
    }

    /// A SHA-256 in hexadecimal digits.
    fn sha256(hex: &str) -> Option<Self> {
        Self::new("sha256", hex)
    }

    /// `sha256:HEX`.
    fn labelled(text: &str) -> Option<Self> {
        let (label, hex) = text.split_once(':')?;
        Self::new(Self::algorithm(label)?, hex)
    }

    /// `sha512-BASE64`, as subresource integrity writes it; several stand side by side.
    fn integrity(text: &str) -> Vec<Self> {
        let one = |word: &str| {
            let (label, digits) = word.split_once('-')?;
            Self::base64(Self::algorithm(label)?, digits.split('?').next().unwrap_or(digits))
        };
        text.split_ascii_whitespace().filter_map(one).collect()
    }

    /// A digest in base64.
    fn base64(algorithm: &'static str, digits: &str) -> Option<Self> {
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, digits).ok()?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::new(algorithm, &hex)
    }

    fn algorithm(label: &str) -> Option<&'static str> {
        ["md5", "sha1", "sha256", "sha384", "sha512"].into_iter().find(|known| label.eq_ignore_ascii_case(known))
    }
}

impl Source {
    /// Takes names and passwords out of an address: lock files hold some, and reports are passed on.
    fn forget_secrets(&mut self) {
        let (Self::Mirror(url) | Self::Repository(url) | Self::Address(url)) = self else { return };
        let Some(start) = url.find("://").map(|at| at + 3).filter(|_| !url.contains("ssh://")) else { return };
        let rest = url.get(start..).unwrap_or("");
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        if let Some(at) = host.rfind('@') {
            url.replace_range(start..=start + at, "");
        }
    }
}

impl Package {
    /// A package of which only the name is known.
    #[must_use]
    pub fn new(purl: Purl, span: Span) -> Self {
        Self {
            purl,
            scope: Scope::Runtime,
            direct: None,
            source: Source::Registry,
            scripts: false,
            hashes: Vec::new(),
            licence: None,
            span,
            version_span: None,
            needs: Vec::new(),
        }
    }
}

/// Whether files of this name are databases, which [`Manifest::of_database`] reads: no texts, however they begin.
#[must_use]
pub fn is_database(path: &str) -> bool {
    matches!(readers::of(path), Some(readers::Reader::Bytes(_)))
}

/// Whether [`Manifest::read`] reads files of this name.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    readers::of(path).is_some()
}

/// Whether the file at `path` says how something is built or started: a workflow, an action, a Dockerfile, a Compose
/// file. Beside what was built it says nothing of what is there.
#[must_use]
pub fn is_recipe(path: &str) -> bool {
    readers::is_recipe(path)
}

/// Whether other files of the target complete what the file at `path` says: see [`Manifest::read_among`].
#[must_use]
pub fn is_completed(path: &str) -> bool {
    readers::is_completed(path)
}

/// Whether the file at `path` may complete what others say: a `Cargo.toml`, a parent of a `pom.xml`.
#[must_use]
pub fn completes(path: &str) -> bool {
    readers::completes(path)
}

impl Manifest {
    /// Reads the file at `path` (its name decides) by itself; none when it is no file of packages.
    #[must_use]
    pub fn read(path: &str, text: &str) -> Option<Self> {
        Self::read_among(path, text, &Others::none())
    }

    /// Reads the file at `path`, completed by other files of its target.
    #[must_use]
    pub fn read_among(path: &str, text: &str, others: &Others<'_>) -> Option<Self> {
        let reader = readers::of(path)?;
        let beside = beside::Beside::new(path, others);
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut manifest = match lines::conflict(body) {
            // One cause, one gap: which side of the merge is meant, nobody can say.
            Some(marker) => Self::unread(marker, "an unfinished merge: conflict markers are left"),
            None => reader.read(body, &beside),
        };
        manifest.end(text.len() - body.len());
        Some(manifest)
    }

    /// Reads a bill of materials in CycloneDX or SPDX, told by its contents; none when the text is no bill.
    #[must_use]
    pub fn read_bom(text: &str) -> Option<Self> {
        if text.len() > BOM_BYTES_MAX && is_bom(text) {
            let message = format!("a bill of materials larger than {} MiB is not read", BOM_BYTES_MAX >> 20);
            return Some(Self::unread(Span::default(), message));
        }
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut manifest = bom::read(body)?;
        manifest.end(text.len() - body.len());
        Some(manifest)
    }

    /// Ends reading: bounds, secrets in addresses, and places moved by what stood before the text that was read.
    fn end(&mut self, offset: usize) {
        self.cut();
        for source in self.packages.iter_mut().map(|package| &mut package.source) {
            source.forget_secrets();
        }
        self.shift(offset);
    }

    /// Reads the database at `path` (its name decides); none when it is no database of packages. Its packages have no
    /// places in it.
    #[must_use]
    pub fn of_database(path: &str, bytes: &[u8]) -> Option<Self> {
        let readers::Reader::Bytes(read) = readers::of(path)? else { return None };
        let mut manifest = read(bytes);
        manifest.cut();
        Some(manifest)
    }

    /// Reads what programs say of the packages that they were built from; none for other files, and programs that say
    /// nothing.
    #[must_use]
    pub fn of_program(bytes: &[u8]) -> Option<Self> {
        let mut manifest = program::read(bytes)?;
        manifest.cut();
        Some(manifest)
    }

    /// Keeps the list within its bound, and says so.
    fn cut(&mut self) {
        if self.packages.len() > PACKAGES_MAX {
            self.packages.truncate(PACKAGES_MAX);
            let kept = |needs: &mut Vec<u32>| needs.retain(|&at| (at as usize) < PACKAGES_MAX);
            self.packages.iter_mut().for_each(|package| kept(&mut package.needs));
            self.roots.iter_mut().for_each(|root| kept(&mut root.needs));
            self.gap(Span::default(), format!("more than {PACKAGES_MAX} packages, the rest is not listed"));
        }
    }

    /// Moves every place by what stood before the text that was read.
    fn shift(&mut self, offset: usize) {
        for package in &mut self.packages {
            package.span = package.span.shifted(offset);
            package.version_span = package.version_span.map(|span| span.shifted(offset));
        }
        for gap in self.gaps.iter_mut().chain(&mut self.elsewhere) {
            gap.span = gap.span.shifted(offset);
        }
    }

    /// A file that could not be read at all.
    fn unread(span: Span, message: impl Into<String>) -> Self {
        Self { gaps: vec![Problem { span, message: message.into() }], ..Self::default() }
    }

    /// Notes something that was not understood.
    fn gap(&mut self, span: Span, message: impl Into<String>) {
        note(&mut self.gaps, span, message.into());
    }

    /// Notes something that another file would have to tell.
    fn elsewhere(&mut self, span: Span, message: impl Into<String>) {
        note(&mut self.elsewhere, span, message.into());
    }

    /// Notes a package that others of the file need.
    fn unlisted(&mut self, span: Span, name: impl std::fmt::Display) {
        self.elsewhere(span, format!("`{name}` is needed and not listed"));
    }

    /// Everything that this file leaves open, in its order.
    #[must_use]
    pub fn open(&self) -> Vec<&Problem> {
        let mut open: Vec<&Problem> = self.gaps.iter().chain(&self.elsewhere).collect();
        open.sort_by_key(|gap| gap.span.start);
        open
    }
}

fn note(list: &mut Vec<Problem>, span: Span, message: String) {
    if list.len() < GAPS_MAX {
        list.push(Problem { span, message });
    } else if let Some(last) = list.last_mut() {
        "and more that is not understood".clone_into(&mut last.message);
    }
}

#[cfg(test)]
mod tests;
