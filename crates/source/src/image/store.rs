//! Where the parts of an image lie: a folder, an archive on disk, or a registry.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{DOCUMENT_BYTES_MAX, ImageError};
use crate::archive::tar::{self, Member, Passing, Streamed};
use crate::at::{Bytes, Section};
use crate::directory::{OpenError, open_regular};

/// Members of an archive of images; one has a handful for each layer.
const MEMBERS_MAX: usize = 100_000;
/// Names of parts are digests and a word or two; all of them are held in memory.
const NAME_BYTES_MAX: usize = 1 << 10;

/// A registry, as far as an image needs it.
pub trait Remote: Send + Sync {
    /// The manifest of that tag or digest.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn manifest(&self, name: &str) -> io::Result<Vec<u8>>;
    /// The bytes of that digest, as they come.
    ///
    /// # Errors
    /// Why they cannot be had.
    fn blob(&self, digest: &str) -> io::Result<Box<dyn Read + '_>>;
}

pub(super) enum Store {
    Folder(PathBuf),
    /// Where each member of the archive lies.
    Archive(Held, HashMap<String, (u64, u64)>),
    Remote(Box<dyn Remote>),
}

/// An archive on disk or in memory.
pub(super) enum Held {
    File(File, u64),
    Memory(Vec<u8>),
}

impl Held {
    fn bytes(&self) -> Bytes<'_> {
        match self {
            Self::File(file, size) => Bytes::File(file, *size),
            Self::Memory(bytes) => Bytes::Memory(bytes),
        }
    }
}

impl Store {
    /// The members of an archive, by position: none is read.
    pub(super) fn archive(path: &Path) -> Result<Self, ImageError> {
        let shown = path.display().to_string();
        let told = |error| ImageError::Read { what: shown.clone(), error };
        let (file, size) = open_regular(path).map_err(|error| told(plain(error)))?;
        Self::held(Held::File(file, size), &shown)
    }

    /// Likewise, of an archive that may be in memory.
    pub(super) fn held(held: Held, shown: &str) -> Result<Self, ImageError> {
        let told = |error| ImageError::Read { what: shown.to_owned(), error };
        let whole = held.bytes();
        let size = whole.len();
        let mut head = [0; 512];
        let read = whole.read_at(0, &mut head).map_err(told)?;
        if !tar::is_tar(head.get(..read).unwrap_or_default()) {
            let packed = head.starts_with(&[0x1F, 0x8B]) || head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]);
            let why = if packed {
                "it is compressed; unpack it first, its layers stay as they are"
            } else {
                "no archive of an image"
            };
            return Err(ImageError::Document { what: shown.to_owned(), why: why.to_owned() });
        }
        let (mut members, mut links) = (HashMap::new(), Vec::new());
        let mut section = Placed { section: Section { bytes: whole, position: 0, end: size } };
        let at = std::cell::Cell::new(0);
        let mut each = |member: Member, _: &mut dyn Read| {
            match member {
                Member::File { name, size, sparse: false, .. } => {
                    members.extend(plain_path(&name).map(|name| (name, (at.get(), size))));
                }
                Member::Link { name, target, hard } => {
                    let target = if hard { target } else { [folder_of(&name), b"/", target.as_slice()].concat() };
                    links.extend(plain_path(&name).zip(plain_path(&target)));
                }
                _ => {}
            }
            if members.len() + links.len() > MEMBERS_MAX {
                return Err(io::Error::other("it holds too many files for an image"));
            }
            Ok(())
        };
        tar::members(&mut Noting { inner: &mut section, at: &at }, &mut each).map_err(told)?;
        // Older archives keep a layer that several images share once, and link to it.
        for (name, target) in links {
            if let Some(&place) = members.get(&target) {
                members.entry(name).or_insert(place);
            }
        }
        Ok(Self::Archive(held, members))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(name).is_file(),
            Self::Archive(_, members) => members.contains_key(name),
            Self::Remote(_) => false,
        }
    }

    /// The bytes of a part: a path of the layout, or for a registry a digest.
    pub(super) fn with<T>(
        &self,
        name: &str,
        read: &mut dyn FnMut(&mut dyn Passing) -> Result<T, ImageError>,
    ) -> Result<T, ImageError> {
        let told = |error| ImageError::Read { what: name.to_owned(), error };
        match self {
            Self::Folder(folder) => {
                let sound = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
                let path = folder.join(name);
                if !sound || !path.exists() {
                    return Err(ImageError::Missing(name.to_owned()));
                }
                let (file, size) = open_regular(&path).map_err(|error| told(plain(error)))?;
                read(&mut Section { bytes: Bytes::File(&file, size), position: 0, end: size })
            }
            Self::Archive(held, members) => {
                let Some(&(start, size)) = members.get(name) else { return Err(ImageError::Missing(name.to_owned())) };
                let end = start.saturating_add(size);
                read(&mut Section { bytes: held.bytes(), position: start, end })
            }
            Self::Remote(remote) => {
                let digest = super::manifest::digest_of_path(name).unwrap_or_else(|| name.to_owned());
                read(&mut Streamed(&mut remote.blob(&digest).map_err(told)?))
            }
        }
    }

    /// A small part, checked against the digest that names it.
    pub(super) fn document(&self, name: &str) -> Result<Vec<u8>, ImageError> {
        let bytes = self.with(name, &mut |reader| {
            let mut bytes = Vec::new();
            let mut limited = reader.take(DOCUMENT_BYTES_MAX + 1);
            limited.read_to_end(&mut bytes).map_err(|error| ImageError::Read { what: name.to_owned(), error })?;
            Ok(bytes)
        })?;
        if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            return Err(ImageError::TooMuch(format!("{name} is larger than {} MiB", DOCUMENT_BYTES_MAX >> 20)));
        }
        // Older archives name a configuration by its digest.
        let old = || Some(format!("sha256:{}", name.strip_suffix(".json").filter(|stem| stem.len() == 64)?));
        match super::manifest::digest_of_path(name).or_else(old) {
            Some(digest) if digest != digest_of(&bytes) => Err(ImageError::Digest(name.to_owned())),
            _ => Ok(bytes),
        }
    }

    /// The manifest that a registry has under a name.
    pub(super) fn manifest(&self, name: &str) -> Result<Vec<u8>, ImageError> {
        let Self::Remote(remote) = self else { return Err(ImageError::Missing(name.to_owned())) };
        let bytes =
            remote.manifest(name).map_err(|error| ImageError::Read { what: format!("the manifest {name}"), error })?;
        if name.starts_with("sha256:") && digest_of(&bytes) != name {
            return Err(ImageError::Digest(format!("the manifest {name}")));
        }
        Ok(bytes)
    }
}

/// The folder of a member.
fn folder_of(name: &[u8]) -> &[u8] {
    name.rsplitn(2, |byte| *byte == b'/').nth(1).unwrap_or_default()
}

/// A path of an archive without `.` and `..`; none for one that is longer than any part of an image is called.
fn plain_path(name: &[u8]) -> Option<String> {
    if name.len() > NAME_BYTES_MAX { None } else { super::layer::plain(name) }
}

fn plain(error: OpenError) -> io::Error {
    match error {
        OpenError::NotAFile(what) => io::Error::other(what),
        OpenError::Io(error) => error,
    }
}

/// `sha256:HEX` of bytes.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// `sha256:HEX` of a finished hash.
pub(super) fn hex(hash: &[u8]) -> String {
    hash.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// A section that knows where it is.
struct Placed<'a> {
    section: Section<'a>,
}

/// Notes where a reader is after each read, which is where the body of a member begins when its header was read.
struct Noting<'n, 'a> {
    inner: &'n mut Placed<'a>,
    at: &'n std::cell::Cell<u64>,
}

impl Read for Noting<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.section.read(out)?;
        self.at.set(self.inner.section.position);
        Ok(read)
    }
}

impl Passing for Noting<'_, '_> {
    fn pass(&mut self, length: u64) -> io::Result<u64> {
        let passed = self.inner.section.pass(length)?;
        self.at.set(self.inner.section.position);
        Ok(passed)
    }
}
