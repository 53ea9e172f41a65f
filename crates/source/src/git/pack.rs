//! One pack, opened: its objects in the order of the file, and who is made from whom.
//!
//! The pack is read by position in pieces and never mapped, so that memory stays
//! what the tables need: about fifty bytes an object.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use libdeflater::Decompressor;

use super::delta::Delta;
use super::entry::{self, Base, HEADER_BYTES_MAX};
use super::index::PackIndex;
use super::{BLOB_BYTES_MAX, ObjectError, ObjectId, ObjectKind};
use crate::at::{Bytes, Section, read_file_at as read_at};

/// No entry: the base of an object that is no delta.
pub(super) const NONE: u32 = u32::MAX;

/// Index files above this are refused: forty million objects.
const INDEX_BYTES_MAX: u64 = 1 << 30;

/// Deltas on deltas deeper than this are refused; git itself stops at 4,095.
const CHAIN_MAX: usize = 4_096;

/// Piece in which entries are read: some twenty of ordinary size.
const WINDOW_BYTES: usize = 16 << 10;

/// Piece in which the pack is read for its headers.
const CHUNK_BYTES: usize = 1 << 20;

/// The number of the next pack; no pack is 0.
static PACKS: AtomicU64 = AtomicU64::new(1);

/// How an entry is stored, and what it is in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// The kind, after following the bases.
    Known(ObjectKind),
    /// Its header or its base is broken.
    Broken,
}

/// An open pack.
#[derive(Debug)]
pub struct Pack {
    /// No other pack that this process opens has it.
    number: u64,
    file: File,
    index: PackIndex,
    /// Offsets of the entries in ascending order, then the end of the last one.
    offsets: Vec<u64>,
    /// Entry → position in the index.
    names: Vec<u32>,
    /// Entry → base entry.
    pub(super) bases: Vec<u32>,
    /// Entry → kind.
    pub(super) stored: Vec<Stored>,
    /// Entry → inflated size of what is stored, saturating.
    pub(super) sizes: Vec<u32>,
}

impl Pack {
    /// Opens the pack beside an `.idx` file and reads its tables.
    ///
    /// # Errors
    /// When either file cannot be read or the index is malformed. Broken entries
    /// are no error: they are told when they are asked for.
    pub fn open(index_path: &Path) -> Result<Pack, ObjectError> {
        let (index_file, size) = open(index_path)?;
        if size > INDEX_BYTES_MAX {
            return Err(ObjectError::Damaged("pack index is too large"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        io::Read::read_to_end(&mut io::Read::take(index_file, INDEX_BYTES_MAX), &mut bytes)?;
        let index = PackIndex::parse(&bytes).ok_or(ObjectError::Damaged("pack index is malformed"))?;
        drop(bytes);
        let (file, pack_size) = open(&pack_path(index_path))?;

        let count = index.len();
        let mut names: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        names.sort_unstable_by_key(|at| index.offsets().get(*at as usize).copied());
        let mut offsets: Vec<u64> = index.offsets().to_vec();
        offsets.sort_unstable();
        offsets.push(pack_size.saturating_sub(20)); // the pack ends with its own hash
        let mut pack = Pack {
            number: PACKS.fetch_add(1, Relaxed),
            file,
            index,
            offsets,
            names,
            bases: vec![NONE; count],
            stored: vec![Stored::Broken; count],
            sizes: vec![0; count],
        };
        pack.read_headers()?;
        Ok(pack)
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the pack is empty.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Entry with a name.
    pub fn find(&self, id: &ObjectId) -> Option<usize> {
        let offset = self.index.offsets().get(self.index.position(id)?)?;
        self.offsets.get(..self.len())?.binary_search(offset).ok()
    }

    /// Name of an entry.
    pub fn name(&self, entry: usize) -> ObjectId {
        let at = self.names.get(entry).map_or(0, |at| *at as usize);
        self.index.names().get(at).copied().unwrap_or(ObjectId([0; 20]))
    }

    /// Kind of an entry, unless it is broken.
    pub fn kind(&self, entry: usize) -> Option<ObjectKind> {
        match self.stored.get(entry) {
            Some(Stored::Known(kind)) => Some(*kind),
            _ => None,
        }
    }

    /// Reads the pack once from front to back, parsing the header of each entry.
    fn read_headers(&mut self) -> Result<(), ObjectError> {
        let mut chunk = Vec::new();
        let mut chunk_start = 0_u64;
        let mut named = Vec::new();
        for at in 0..self.len() {
            let Some(&[offset, end]) = self.offsets.get(at..at + 2) else { break };
            let wanted = HEADER_BYTES_MAX.min(usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX));
            let mut start = usize::try_from(offset.saturating_sub(chunk_start)).unwrap_or(usize::MAX);
            if start.checked_add(wanted).is_none_or(|last| last > chunk.len()) {
                chunk.resize(CHUNK_BYTES, 0);
                let read = read_at(&self.file, offset, &mut chunk)?;
                chunk.truncate(read);
                (chunk_start, start) = (offset, 0);
            }
            let Some(header) = chunk.get(start..).and_then(|head| entry::parse(head.get(..wanted).unwrap_or(head)))
            else {
                continue;
            };
            let (stored, base) = match header.base {
                Base::None(kind) => (Stored::Known(kind), NONE),
                Base::Before(distance) => {
                    let base =
                        offset.checked_sub(distance).and_then(|base| self.offsets.get(..at)?.binary_search(&base).ok());
                    match base {
                        Some(base) => (self.stored[base], base as u32),
                        None => continue,
                    }
                }
                Base::Named(id) => {
                    named.push((at, id));
                    (Stored::Broken, NONE)
                }
            };
            self.stored[at] = stored;
            self.bases[at] = base;
            self.sizes[at] = u32::try_from(header.size).unwrap_or(u32::MAX);
        }
        if !named.is_empty() {
            for (at, id) in named {
                self.bases[at] = self.find(&id).map_or(NONE, |base| base as u32);
            }
            self.resolve_kinds();
        }
        Ok(())
    }

    /// Follows bases that may lie behind what is made from them.
    fn resolve_kinds(&mut self) {
        for at in 0..self.len() {
            let mut root = at;
            let mut steps = 0;
            while self.bases[root] != NONE && steps <= CHAIN_MAX {
                root = self.bases[root] as usize;
                steps += 1;
            }
            // A chain that never ends, or ends in something broken, is broken.
            self.stored[at] = if steps <= CHAIN_MAX { self.stored[root] } else { Stored::Broken };
        }
    }

    /// Inflates what is stored for an entry into `out`, which is overwritten.
    ///
    /// # Errors
    /// When it is too large, cut off or does not inflate to the size it announces.
    pub(super) fn inflate(&self, entry: usize, tools: &mut Tools, out: &mut Vec<u8>) -> Result<(), ObjectError> {
        let (Some(&[offset, end]), Some(&size)) = (self.offsets.get(entry..entry + 2), self.sizes.get(entry)) else {
            return Err(ObjectError::Missing);
        };
        let size = size as usize;
        if size > BLOB_BYTES_MAX {
            return Err(ObjectError::TooLarge);
        }
        // Deflate never grows bytes by more than five in each block of 16 KiB or so.
        let stored_max = size + size / 1_000 + 64 + HEADER_BYTES_MAX;
        let stored = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX).min(stored_max);
        let compressed = tools.window.read(self.number, &self.file, offset, stored)?;
        let header = entry::parse(compressed).ok_or(ObjectError::Damaged("pack entry has no header"))?;
        let body = compressed.get(header.length..).unwrap_or_default();
        out.resize(size, 0);
        match tools.inflate.zlib_decompress(body, out) {
            Ok(written) if written == size => Ok(()),
            _ => Err(ObjectError::Damaged("does not inflate")),
        }
    }

    /// The whole object, through all its bases.
    ///
    /// # Errors
    /// When it or one of its bases is missing, damaged or too large.
    pub fn read(&self, entry: usize, tools: &mut Tools) -> Result<Vec<u8>, ObjectError> {
        let mut chain = vec![entry];
        let mut at = entry;
        while let Some(&base) = self.bases.get(at).filter(|base| **base != NONE) {
            at = base as usize;
            chain.push(at);
            if chain.len() > CHAIN_MAX {
                return Err(ObjectError::Damaged("delta chain is too deep"));
            }
        }
        if self.kind(entry).is_none() {
            return Err(ObjectError::Damaged("pack entry or its base is broken"));
        }
        let mut object = Vec::new();
        let mut stored = Vec::new();
        let mut result = Vec::new();
        self.inflate(chain.pop().unwrap_or(entry), tools, &mut object)?;
        for step in chain.into_iter().rev() {
            self.inflate(step, tools, &mut stored)?;
            let delta = Delta::parse(&stored).ok_or(ObjectError::Damaged("delta has no header"))?;
            if delta.size > BLOB_BYTES_MAX as u64 {
                return Err(ObjectError::TooLarge);
            }
            delta.apply(&object, &mut result, |_, _| {}).ok_or(ObjectError::Damaged("delta does not fit its base"))?;
            std::mem::swap(&mut object, &mut result);
        }
        Ok(object)
    }

    /// The compressed bytes of an entry that is no delta, to be streamed; and their size inflated.
    pub(super) fn stream(&self, entry: usize) -> Option<impl io::Read + '_> {
        let &[offset, end] = self.offsets.get(entry..entry + 2)? else { return None };
        let mut head = [0; HEADER_BYTES_MAX];
        let read = read_at(&self.file, offset, &mut head).ok()?;
        let header = entry::parse(head.get(..read)?)?;
        let position = offset + header.length as u64;
        let section = Section { bytes: Bytes::File(&self.file, end), position, end };
        Some(flate2::read::ZlibDecoder::new(io::BufReader::with_capacity(64 << 10, section)))
    }
}

/// What reading objects needs and can be kept between them.
pub struct Tools {
    inflate: Decompressor,
    window: Window,
}

impl Default for Tools {
    fn default() -> Tools {
        Tools { inflate: Decompressor::new(), window: Window::default() }
    }
}

/// The part of a pack that was read last: entries made from each other mostly stand together.
#[derive(Default)]
struct Window {
    /// Number of the pack.
    pack: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// The `length` bytes at `offset` of a pack; fewer at its end.
    fn read(&mut self, pack: u64, file: &File, offset: u64, length: usize) -> Result<&[u8], ObjectError> {
        let ahead = offset.checked_sub(self.start).and_then(|ahead| usize::try_from(ahead).ok());
        let held = ahead.filter(|ahead| self.pack == pack && ahead.saturating_add(length) <= self.bytes.len());
        let at = match held {
            Some(at) => at,
            None => {
                self.bytes.resize(length.max(WINDOW_BYTES), 0);
                let read = read_at(file, offset, &mut self.bytes);
                self.bytes.truncate(*read.as_ref().unwrap_or(&0));
                (self.pack, self.start) = (pack, offset);
                read?;
                0
            }
        };
        let rest = self.bytes.get(at..).unwrap_or_default();
        Ok(rest.get(..length).unwrap_or(rest))
    }
}

fn pack_path(index_path: &Path) -> PathBuf {
    index_path.with_extension("pack")
}

fn open(path: &Path) -> Result<(File, u64), ObjectError> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}
