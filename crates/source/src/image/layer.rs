//! One layer after the other: what is wanted of each, and what the next ones take away.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::store::{Store, hex};
use super::{ImageError, Layer};
use crate::archive::tar::{self, Member, Passing};
use crate::archive::zstd::Zstd;
use crate::entry::{SNIFF_BYTES, is_binary};
use crate::label::label_bytes;

/// Files of a layer above this are not read; the largest programs have some 150 MB.
pub const LAYER_FILE_BYTES_MAX: u64 = 192 << 20;
/// Larger texts are data, and not read for their words.
pub const TEXT_BYTES_MAX: u64 = 4 << 20;
/// Members of all layers; a layer of three million files is known.
const MEMBERS_MAX: u64 = 50_000_000;
/// Files that are wanted of one image: beyond this it is no image but a trap.
const WANTED_MAX: usize = 1_000_000;
/// Their names and those of the folders above them, in bytes.
const NAMES_BYTES_MAX: usize = 128 << 20;
/// Files that are wanted and cannot be read: each is told.
const UNREAD_MAX: usize = 100_000;
/// No system takes a longer path, so that no engine unpacks it.
const PATH_BYTES_MAX: usize = 4096;
/// Bytes that may come out of all layers.
const UNPACKED_BYTES_MAX: u64 = 128 << 30;
/// Bytes that may come out of all layers for each that is stored, once past [`RATIO_FREE_BYTES`]. Programs and texts
/// give up to 10; only what is nearly empty gives more.
const RATIO_MAX: u64 = 100;
/// So much may come out however little is stored: some ten seconds of work.
const RATIO_FREE_BYTES: u64 = 8 << 30;
/// Between the store and the archive: fewer and larger reads.
const BUFFER_BYTES: usize = 128 << 10;
/// Enough of a file to tell whether it is a program.
const HEAD_BYTES: u64 = 64;
/// Room that is made for a file before its bytes have come: a header may lie.
const RESERVED_BYTES_MAX: usize = 64 << 20;
/// Of a path that is too long.
const SHOWN_BYTES: usize = 100;
/// Files kept for hard links to them, in bytes.
const LINKED_BYTES_MAX: usize = 1 << 20;

/// Whether a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Not read.
    No,
    /// Read.
    Yes,
    /// Read if it begins as programs do: ELF, PE, Mach-O.
    IfProgram,
    /// Read if it is text and no larger than [`TEXT_BYTES_MAX`]; that a later layer takes it away is told if the answer
    /// to it was yes.
    IfText,
    /// Read if it is either.
    IfProgramOrText,
}

/// What a layer does.
#[derive(Debug)]
pub enum Event<'a> {
    /// Brings a file that was wanted, in place of what was there.
    File {
        /// Path without a slash at its start.
        path: &'a str,
        /// All of it.
        bytes: &'a [u8],
    },
    /// Brings a file that was wanted and cannot be read.
    Unread {
        /// Path.
        path: &'a str,
        /// Why, in words.
        reason: &'a str,
    },
    /// Takes away what lower layers brought at this path and below it.
    Gone {
        /// Path.
        path: &'a str,
    },
}

/// What the layers that were read brought, as far as the next ones can take it away.
pub(super) struct Reading<'w> {
    wanted: &'w dyn Fn(&str) -> Want,
    /// Paths that were delivered, by layer.
    there: BTreeMap<String, usize>,
    /// The folders above them.
    above: HashSet<String>,
    /// The bytes of both.
    names: usize,
    unread: usize,
    members: u64,
    layers: usize,
    /// Bytes that were read of the layers, and that came out of them.
    stored: u64,
    unpacked: u64,
    buffer: Vec<u8>,
    /// Small files of this layer that were delivered, for hard links to them.
    linked: BTreeMap<String, Vec<u8>>,
    linked_bytes: usize,
}

impl<'w> Reading<'w> {
    pub(super) fn new(wanted: &'w dyn Fn(&str) -> Want) -> Self {
        Self {
            wanted,
            there: BTreeMap::new(),
            above: HashSet::new(),
            names: 0,
            unread: 0,
            members: 0,
            layers: 0,
            stored: 0,
            unpacked: 0,
            buffer: Vec::new(),
            linked: BTreeMap::new(),
            linked_bytes: 0,
        }
    }

    /// Reads a layer to its end and compares both digests.
    pub(super) fn layer(
        &mut self,
        store: &Store,
        layer: &Layer,
        visit: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<(), ImageError> {
        self.layers += 1;
        self.linked.clear();
        self.linked_bytes = 0;
        store.with(&layer.name, &mut |stored| self.stored(stored, layer, visit))
    }

    fn stored(
        &mut self,
        stored: &mut dyn Passing,
        layer: &Layer,
        visit: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<(), ImageError> {
        let told = |error| ImageError::Read { what: format!("layer {}", layer.id()), error };
        let mut head = Vec::new();
        (&mut *stored).take(4).read_to_end(&mut head).map_err(told)?;
        let mut whole = head.as_slice().chain(&mut *stored);
        let packed =
            matches!(head.as_slice(), [0x1F, 0x8B, ..] | [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18]);
        let passed = Cell::new(self.stored);
        let (stored, diff) = if packed {
            let hash = layer.digest.as_ref().map(|_| Sha256::new());
            let outer = Hashing { reader: &mut whole, hash, passed: &passed, stored: None };
            let mut outer = io::BufReader::with_capacity(BUFFER_BYTES, outer);
            let diff = match head.first() {
                Some(0x1F) => self.archive(&mut MultiGzDecoder::new(&mut outer), layer, Some(&passed), visit),
                _ => self.archive(&mut Zstd::new(&mut outer), layer, Some(&passed), visit),
            };
            let diff = diff?;
            io::copy(&mut outer, &mut io::sink()).map_err(told)?;
            (outer.into_inner().digest(), diff)
        } else if layer.kind.contains("encrypted") || layer.kind.contains("squashfs") {
            return Err(ImageError::Kind(layer.id().to_owned(), layer.kind.clone()));
        } else {
            let diff = self.archive(&mut whole, layer, None, visit)?;
            (Some(diff.clone()), diff)
        };
        self.stored = passed.get();
        let sound = layer.digest.is_none() || layer.digest == stored;
        if !sound || layer.diff.as_ref().is_some_and(|known| *known != diff) {
            return Err(ImageError::Digest(format!("layer {}", layer.id())));
        }
        Ok(())
    }

    /// Reads the unpacked archive; its digest. `stored` counts what was read of it as stored, where that is something
    /// else.
    fn archive(
        &mut self,
        reader: &mut dyn Read,
        layer: &Layer,
        stored: Option<&Cell<u64>>,
        visit: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<String, ImageError> {
        let told = |error| ImageError::Read { what: format!("layer {}", layer.id()), error };
        let before = self.unpacked;
        let passed = Cell::new(before);
        let hashing = Hashing { reader, hash: Some(Sha256::new()), passed: &passed, stored };
        let mut hashing = io::BufReader::with_capacity(BUFFER_BYTES, hashing);
        // A layer without a byte is what some tools write for an empty one.
        tar::members(&mut hashing, &mut |member, body| self.member(member, body, visit)).map_err(told)?;
        io::copy(&mut hashing, &mut io::sink()).map_err(told)?;
        let digest = hashing.into_inner().digest().unwrap_or_default();
        self.unpacked = passed.get();
        // What is stored as it is counts on both sides.
        self.stored += if stored.is_none() { self.unpacked - before } else { 0 };
        Ok(digest)
    }

    fn member(
        &mut self,
        member: Member,
        body: &mut dyn Read,
        visit: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> io::Result<()> {
        self.members += 1;
        if self.members > MEMBERS_MAX {
            return Err(io::Error::other("the image holds more files than are read"));
        }
        let name = match &member {
            Member::File { name, .. }
            | Member::Link { name, .. }
            | Member::Device { name }
            | Member::Folder { name } => name,
        };
        let Some(path) = plain(name) else { return Ok(()) };
        if path.len() > PATH_BYTES_MAX {
            let end = path.floor_char_boundary(SHOWN_BYTES);
            let shown = format!("{}…", path.get(..end).unwrap_or_default());
            return self.unread(&shown, "its path is longer than any system takes", visit);
        }
        // Of whatever kind it is: engines look at the name alone.
        match whiteout(&path) {
            Some(Absence::Of(path)) => {
                self.white_out(&path, true, visit);
                return Ok(());
            }
            Some(Absence::AllIn(folder)) => {
                self.white_out(&folder, false, visit);
                return Ok(());
            }
            Some(Absence::Unclear) => {
                let reason = "it marks the absence of nothing, and engines make different things of that";
                return self.unread(&path, reason, visit);
            }
            None => {}
        }
        match member {
            Member::Folder { .. } => {
                // Folders join: only a file gives way.
                if self.there.get(&path).is_some_and(|layer| *layer < self.layers) {
                    self.there.remove(&path);
                    visit(Event::Gone { path: &path });
                }
                Ok(())
            }
            Member::Device { .. } => {
                self.take_away(&path, visit);
                Ok(())
            }
            Member::Link { target, hard, .. } => {
                self.take_away(&path, visit);
                if (self.wanted)(&path) == Want::Yes { self.link(&path, &target, hard, visit) } else { Ok(()) }
            }
            Member::File { sparse: true, .. } => {
                self.take_away(&path, visit);
                if (self.wanted)(&path) == Want::Yes {
                    return self.unread(&path, "a sparse file, whose holes are not filled here", visit);
                }
                Ok(())
            }
            Member::File { size, .. } => self.file(&path, size, body, visit),
        }
    }

    /// A wanted path is a link.
    fn link(
        &mut self,
        path: &str,
        target: &[u8],
        hard: bool,
        visit: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> io::Result<()> {
        if hard {
            return match plain(target).and_then(|target| self.linked.get(&target).cloned()) {
                Some(bytes) => self.deliver(path, visit, &bytes),
                None => {
                    let reason = "a hard link to a file that is not wanted under its own name, or is large";
                    self.unread(path, reason, visit)
                }
            };
        }
        // A symbolic link leads to a file that has a place of its own, and is read there if it is wanted there.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).as_bytes();
        let whole = if target.starts_with(b"/") { target.to_vec() } else { [folder, b"/", target].concat() };
        match plain(&whole) {
            Some(target) if target != path && (self.wanted)(&target) == Want::Yes => Ok(()),
            _ => self.unread(path, "a symbolic link to a file that is not wanted under its own name", visit),
        }
    }

    /// Says of a file that was wanted that it is not read.
    fn unread(&mut self, path: &str, reason: &str, visit: &mut dyn FnMut(Event<'_>) -> bool) -> io::Result<()> {
        self.unread += 1;
        if self.unread > UNREAD_MAX {
            return Err(io::Error::other("the image holds more files that cannot be read than are told"));
        }
        visit(Event::Unread { path, reason });
        Ok(())
    }

    fn file(
        &mut self,
        path: &str,
        size: u64,
        body: &mut dyn Read,
        visit: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> io::Result<()> {
        self.take_away(path, visit);
        let want = (self.wanted)(path);
        if want == Want::No {
            return Ok(());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let (head, fits): (u64, fn(&[u8]) -> bool) = match want {
            Want::IfProgram => (HEAD_BYTES, is_program),
            Want::IfProgramOrText if size > TEXT_BYTES_MAX => (HEAD_BYTES, is_program),
            Want::IfProgramOrText => (SNIFF_BYTES as u64, |head| is_program(head) || !is_binary(head)),
            Want::IfText if size > TEXT_BYTES_MAX => (0, |_| false),
            Want::IfText => (SNIFF_BYTES as u64, |head| !is_binary(head)),
            _ => (0, |_| true),
        };
        body.take(head).read_to_end(&mut buffer)?;
        if !fits(&buffer) {
            self.buffer = buffer;
            return Ok(());
        }
        if size > LAYER_FILE_BYTES_MAX {
            let reason = format!("larger than {} MiB", LAYER_FILE_BYTES_MAX >> 20);
            self.note(path)?;
            self.unread(path, &reason, visit)?;
        } else {
            // At once: growing would take twice the room.
            let missing = usize::try_from(size).unwrap_or(0).saturating_sub(buffer.len());
            buffer.reserve_exact(missing.saturating_add(1).min(RESERVED_BYTES_MAX));
            body.read_to_end(&mut buffer)?;
            if (buffer.len() as u64) < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let kept = self.linked_bytes + buffer.len() + path.len();
            if want == Want::Yes && kept <= LINKED_BYTES_MAX {
                self.linked_bytes = kept;
                self.linked.insert(path.to_owned(), buffer.clone());
            }
            if matches!(want, Want::IfText | Want::IfProgramOrText) && !is_program(&buffer) {
                // There may be millions: only those of interest are kept in mind.
                if visit(Event::File { path, bytes: &buffer }) {
                    self.note(path)?;
                }
            } else {
                self.deliver(path, visit, &buffer)?;
            }
        }
        if buffer.capacity() > 1 << 20 {
            buffer = Vec::new();
        }
        self.buffer = buffer;
        Ok(())
    }

    fn deliver(&mut self, path: &str, visit: &mut dyn FnMut(Event<'_>) -> bool, bytes: &[u8]) -> io::Result<()> {
        self.note(path)?;
        visit(Event::File { path, bytes });
        Ok(())
    }

    fn note(&mut self, path: &str) -> io::Result<()> {
        if self.there.len() >= WANTED_MAX {
            return Err(io::Error::other("the image holds more files of packages than are read"));
        }
        self.names += path.len();
        self.there.insert(path.to_owned(), self.layers);
        let mut rest = path;
        while let Some((folder, _)) = rest.rsplit_once('/') {
            if !self.above.insert(folder.to_owned()) {
                break;
            }
            self.names += folder.len();
            if self.names > NAMES_BYTES_MAX {
                return Err(io::Error::other("the names of the image's files are longer than are kept in mind"));
            }
            rest = folder;
        }
        Ok(())
    }

    /// Something that is no folder stands at a path now: what was there, or below it, is gone.
    fn take_away(&mut self, path: &str, visit: &mut dyn FnMut(Event<'_>) -> bool) {
        let was_file = self.there.get(path).is_some_and(|layer| *layer < self.layers);
        if was_file || self.above.contains(path) {
            self.white_out(path, true, visit);
        }
    }

    /// What lower layers brought below a path goes, and what stands at it where `itself` is set.
    fn white_out(&mut self, path: &str, itself: bool, visit: &mut dyn FnMut(Event<'_>) -> bool) {
        let start = format!("{path}/");
        let is_below = |one: &str| path.is_empty() || one.starts_with(&start);
        let from = if path.is_empty() { String::new() } else { start.clone() };
        let below = self.there.range(from..).take_while(|(one, _)| is_below(one));
        let at = self.there.get_key_value(path).filter(|_| itself);
        let gone: Vec<String> = at
            .into_iter()
            .chain(below)
            .filter(|(_, layer)| **layer < self.layers)
            .map(|(one, _)| one.clone())
            .collect();
        for path in gone {
            self.there.remove(&path);
            visit(Event::Gone { path: &path });
        }
    }
}

/// A path without a slash at its start; none for the image's root. `..` ends at the root, as for whoever unpacks the
/// image: a name that is written in a roundabout way is no way to stay unseen.
pub(super) fn plain(name: &[u8]) -> Option<String> {
    let name = label_bytes(name);
    let mut path = String::with_capacity(name.len());
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => path.truncate(path.rfind('/').unwrap_or(0)),
            part => {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(part);
            }
        }
    }
    (!path.is_empty()).then_some(path)
}

/// What a name marks as absent (<https://github.com/opencontainers/image-spec/blob/main/layer.md>, "Whiteouts").
#[derive(Debug, PartialEq, Eq)]
enum Absence {
    /// A file or folder.
    Of(String),
    /// All that lower layers have in a folder.
    AllIn(String),
    /// Nothing that can be named: some engines refuse it, others empty the folder. Nothing is taken for gone.
    Unclear,
}

fn whiteout(path: &str) -> Option<Absence> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    Some(match name.strip_prefix(".wh.")? {
        ".wh..opq" => Absence::AllIn(folder.to_owned()),
        "" | "." | ".." => Absence::Unclear,
        of if folder.is_empty() => Absence::Of(of.to_owned()),
        of => Absence::Of(format!("{folder}/{of}")),
    })
}

/// Whether a file begins as programs and libraries do.
fn is_program(head: &[u8]) -> bool {
    let starts = |magic: &[u8]| head.starts_with(magic);
    starts(b"\x7fELF")
        || starts(b"MZ")
        || starts(&[0xFE, 0xED, 0xFA, 0xCE])
        || starts(&[0xFE, 0xED, 0xFA, 0xCF])
        || starts(&[0xCE, 0xFA, 0xED, 0xFE])
        || starts(&[0xCF, 0xFA, 0xED, 0xFE])
        || starts(&[0xCA, 0xFE, 0xBA, 0xBE])
}

/// A reader whose bytes are hashed and counted as they go by, up to a bound.
struct Hashing<'r, R: ?Sized> {
    reader: &'r mut R,
    hash: Option<Sha256>,
    /// Bytes of all layers until here.
    passed: &'r Cell<u64>,
    /// For what comes out of a compression: how much went in.
    stored: Option<&'r Cell<u64>>,
}

impl<R: ?Sized> Hashing<'_, R> {
    fn digest(self) -> Option<String> {
        self.hash.map(|hash| hex(&hash.finalize()))
    }
}

impl<R: Read + ?Sized> Read for Hashing<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        if let Some(hash) = &mut self.hash {
            hash.update(out.get(..read).unwrap_or_default());
        }
        let passed = self.passed.get() + read as u64;
        self.passed.set(passed);
        if passed > UNPACKED_BYTES_MAX {
            return Err(io::Error::other(format!("the layers hold more than {} GiB", UNPACKED_BYTES_MAX >> 30)));
        }
        let allowed = |stored: &Cell<u64>| stored.get().saturating_mul(RATIO_MAX).max(RATIO_FREE_BYTES);
        if self.stored.is_some_and(|stored| passed > allowed(stored)) {
            return Err(io::Error::other("it unpacks to too much for its size"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_out_of_all_layers_is_bounded_by_what_is_stored() {
        let read = |passed: u64, stored: Option<u64>| {
            let (passed, stored) = (Cell::new(passed), stored.map(Cell::new));
            let mut zeros = io::repeat(0);
            let mut hashing = Hashing { reader: &mut zeros, hash: None, passed: &passed, stored: stored.as_ref() };
            hashing.read(&mut [0; 100]).map_err(|error| error.to_string())
        };
        assert_eq!(read(0, Some(1)), Ok(100));
        assert_eq!(read(RATIO_FREE_BYTES - 100, Some(1)), Ok(100));
        assert!(read(RATIO_FREE_BYTES - 99, Some(1)).is_err_and(|why| why.contains("for its size")));
        let enough = RATIO_FREE_BYTES / RATIO_MAX + 1;
        assert_eq!(read(RATIO_FREE_BYTES - 99, Some(enough)), Ok(100));
        assert_eq!(read(UNPACKED_BYTES_MAX - 100, None), Ok(100), "what is stored as it is has no ratio");
        assert!(read(UNPACKED_BYTES_MAX - 99, None).is_err_and(|why| why.contains("128 GiB")));
    }

    #[test]
    fn what_marks_an_absence() {
        for (path, absence) in [
            (".wh.a", Some(Absence::Of("a".to_owned()))),
            ("d/.wh.a.wh.b", Some(Absence::Of("d/a.wh.b".to_owned()))),
            (".wh..wh..opq", Some(Absence::AllIn(String::new()))),
            ("d/.wh..wh..opq", Some(Absence::AllIn("d".to_owned()))),
            (".wh.", Some(Absence::Unclear)),
            ("d/.wh...", Some(Absence::Unclear)),
            (".wh.x/file", None),
            ("d/x.wh.a", None),
            ("d/.WH.a", None),
        ] {
            assert_eq!(whiteout(path), absence, "{path}");
        }
    }
}
