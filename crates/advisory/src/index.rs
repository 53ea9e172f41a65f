//! The advisory index: one file that is opened in a moment and asked package by package.
//!
//! ```text
//! header (128 bytes) · table · blocks · about
//! ```
//!
//! The table has a slot of eight bytes for each package (a part of its name's hash, and where its block is); it is held
//! in memory, so that asking for a package without advisories costs one look into it. A block holds all that is known
//! of one package and carries a digest of its own. The file is bytes from anybody: every place is checked against
//! its end, every block against its digest and against the name that was asked for.

mod build;
mod fault;
mod keep;

use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use build::{Builder, Enrichment, IndexError as BuildError};
pub use fault::{Block, Event, EventKind, Fault, Kev, Match, Record, Upgrade};

/// How every index begins; the digit is the version of the format.
pub const MAGIC: &[u8; 8] = b"PLSDADV2";

/// Bytes before the table.
const HEADER_BYTES: usize = 128;

/// A table of more slots than this is no index: 2^26 packages are a hundred times all that is public.
const SLOTS_LOG2_MAX: u32 = 26;

/// The largest block that is read; the Linux kernel's in Debian has some 2 MB.
const BLOCK_BYTES_MAX: usize = 32 << 20;

/// What is read at once of a block: most are smaller.
const BLOCK_BYTES_FIRST: usize = 2 << 10;

/// The largest part that tells about the index itself.
const ABOUT_BYTES_MAX: usize = 1 << 20;

/// Bytes of a block before its content: its length, its digest.
const BLOCK_HEAD: usize = 8;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system.
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    /// It is something else.
    #[error("it is no advisory index of this version; `palisade db update` builds one")]
    Foreign,
    /// It was cut off or changed.
    #[error("it is damaged ({0}); `palisade db update` builds it anew")]
    Damaged(&'static str),
}

/// What an index says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// When it was built, in seconds since 1970.
    pub built: i64,
    /// When the newest advisory was changed, RFC 3339.
    pub newest: String,
    /// What it was built from.
    pub sources: Vec<SourceCount>,
    /// Advisories, withdrawn ones not among them.
    pub advisories: u32,
    /// Advisories that were taken back and left out.
    pub withdrawn: u32,
    /// Packages.
    pub packages: u32,
    /// By ecosystem without its release: advisories.
    pub ecosystems: Vec<(String, u32)>,
}

/// A source of advisories and what it gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCount {
    /// As the user named it.
    pub name: String,
    /// Records taken.
    pub taken: u32,
    /// Files that looked like records and were none.
    pub refused: u32,
    /// When the newest of its records was changed, RFC 3339, but never after `built`: what came later is still to come.
    /// Empty when no record says.
    pub newest: String,
}

/// Reads bytes at a place: all of them, or an error.
pub type ReadAt = Box<dyn Fn(u64, &mut [u8]) -> io::Result<()> + Send + Sync>;

/// An open index.
pub struct Index {
    read: ReadAt,
    length: u64,
    table: Vec<u8>,
    slots_log2: u32,
    digest: [u8; 32],
    about: (u64, usize),
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("length", &self.length).field("slots_log2", &self.slots_log2).finish()
    }
}

impl Index {
    /// Opens an index of `length` bytes. The header and the table are checked; blocks are when they are asked for, all
    /// of it by [`Index::verify`].
    ///
    /// # Errors
    /// When it is none, or damaged.
    pub fn open(read: ReadAt, length: u64) -> Result<Self, OpenError> {
        let mut header = [0; HEADER_BYTES];
        if length < HEADER_BYTES as u64 {
            return Err(OpenError::Foreign);
        }
        read(0, &mut header)?;
        let header = Header::parse(&header)?;
        if header.length != length {
            return Err(OpenError::Damaged("its length is another"));
        }
        let bytes = 8_usize << header.slots_log2;
        let after = (HEADER_BYTES + bytes) as u64;
        let about_end = header.about_at.checked_add(header.about_bytes as u64);
        if after > length || header.about_at < after || about_end != Some(length) {
            return Err(OpenError::Damaged("its parts do not fit"));
        }
        let mut table = vec![0; bytes];
        read(HEADER_BYTES as u64, &mut table)?;
        if <[u8; 32]>::from(Sha256::digest(&table)) != header.table {
            return Err(OpenError::Damaged("its table is another"));
        }
        Ok(Self {
            read,
            length,
            table,
            slots_log2: header.slots_log2,
            digest: header.body,
            about: (header.about_at, header.about_bytes),
        })
    }

    /// The digest of all that it holds, which names this state of knowledge in reports.
    #[must_use]
    pub fn digest(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// When that part is damaged.
    pub fn about(&self) -> Result<About, OpenError> {
        let mut bytes = vec![0; self.about.1];
        (self.read)(self.about.0, &mut bytes)?;
        postcard::from_bytes(&bytes).map_err(|_| OpenError::Damaged("what it says of itself does not read"))
    }

    /// Reads all of it and compares with its digest.
    ///
    /// # Errors
    /// When it was changed anywhere.
    pub fn verify(&self) -> Result<(), OpenError> {
        let mut hasher = Sha256::new();
        let (mut at, mut buffer) = (HEADER_BYTES as u64, vec![0; 1 << 16]);
        while at < self.length {
            let size = buffer.len().min(usize::try_from(self.length - at).unwrap_or(usize::MAX));
            let part = buffer.get_mut(..size).unwrap_or_default();
            (self.read)(at, part)?;
            hasher.update(&part);
            at += size as u64;
        }
        if <[u8; 32]>::from(hasher.finalize()) == self.digest {
            Ok(())
        } else {
            Err(OpenError::Damaged("its digest is another"))
        }
    }

    /// All that is known of a package, in `buffer`; nothing when no advisory names it. `ecosystem` is as in OSV, with
    /// its release (`Debian:12`); `name` as [`crate::package_name`] writes it.
    ///
    /// # Errors
    /// When the block cannot be read or is damaged.
    pub fn lookup<'b>(
        &self,
        ecosystem: &str,
        name: &str,
        buffer: &'b mut Vec<u8>,
    ) -> Result<Option<Block<'b>>, OpenError> {
        let hash = hash(ecosystem, name);
        let mask = (1_usize << self.slots_log2) - 1;
        let mut found = None;
        // A table that is full of others' slots ends the search all the same.
        for step in 0..=mask {
            let at = (usize::try_from(hash & mask as u64).unwrap_or(0) + step) & mask;
            let Some((tag, place)) = slot(&self.table, at).filter(|(_, place)| *place != 0) else { break };
            if tag == tag_of(hash) {
                let content = self.block(place, buffer)?;
                // A namesake in the table: go on with the next slot.
                if Block::is_of(buffer.get(content.clone()).unwrap_or_default(), ecosystem, name) {
                    found = Some(content);
                    break;
                }
            }
        }
        let Some(content) = found else { return Ok(None) };
        let block = buffer.get(content).and_then(Block::parse);
        block.map(Some).ok_or(OpenError::Damaged("a block does not read"))
    }

    /// The places of all blocks, in the order of the table.
    fn places(&self) -> impl Iterator<Item = u32> + '_ {
        (0..1_usize << self.slots_log2)
            .filter_map(|at| slot(&self.table, at))
            .map(|(_, place)| place)
            .filter(|place| *place != 0)
    }

    /// Reads the block at a place, checked against its sum: where in the buffer its content is. The buffer may be longer,
    /// so that it is not cleared for each block.
    fn block(&self, place: u32, buffer: &mut Vec<u8>) -> Result<Range<usize>, OpenError> {
        let start = u64::from(place) * 8;
        let left = usize::try_from(self.about.0.saturating_sub(start)).unwrap_or(usize::MAX);
        if left < BLOCK_HEAD || start < (HEADER_BYTES + self.table.len()) as u64 {
            return Err(OpenError::Damaged("a block lies outside"));
        }
        let have = left.min(BLOCK_BYTES_FIRST);
        if buffer.len() < have {
            buffer.resize(have, 0);
        }
        (self.read)(start, buffer.get_mut(..have).unwrap_or_default())?;
        let head = buffer.first_chunk::<BLOCK_HEAD>().copied().unwrap_or_default();
        let [a, b, c, d, sum @ ..] = head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if length > BLOCK_BYTES_MAX || length > left - BLOCK_HEAD {
            return Err(OpenError::Damaged("a block is longer than the rest"));
        }
        let end = BLOCK_HEAD + length;
        if buffer.len() < end {
            buffer.resize(end, 0);
        }
        if let Some(rest) = buffer.get_mut(have..end).filter(|rest| !rest.is_empty()) {
            (self.read)(start + have as u64, rest)?;
        }
        let content = BLOCK_HEAD..end;
        match buffer.get(content.clone()) {
            Some(bytes) if block_sum(bytes) == sum => Ok(content),
            _ => Err(OpenError::Damaged("a block is another")),
        }
    }
}

/// The checksum of a block, against damage: every flipped byte shows. Against whoever can write the file only a
/// signature of the whole helps.
fn block_sum(content: &[u8]) -> [u8; 4] {
    crc32fast::hash(content).to_le_bytes()
}

/// The first bytes of the header's digest.
fn header_digest(content: &[u8]) -> [u8; 8] {
    Sha256::digest(content).first_chunk::<8>().copied().unwrap_or_default()
}

/// FNV-1a of an ecosystem and a name. Who makes names collide only makes a lookup slower.
fn hash(ecosystem: &str, name: &str) -> u64 {
    let bytes = ecosystem.bytes().chain([0]).chain(name.bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The part of a hash that a slot keeps.
fn tag_of(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// A slot: its tag, and the place of its block in units of eight bytes; place 0 is an empty slot.
fn slot(table: &[u8], at: usize) -> Option<(u32, u32)> {
    let [a, b, c, d, e, f, g, h] = *table.get(at * 8..)?.first_chunk::<8>()?;
    Some((u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])))
}

/// The fixed part at the start.
struct Header {
    length: u64,
    slots_log2: u32,
    about_at: u64,
    about_bytes: usize,
    table: [u8; 32],
    body: [u8; 32],
}

impl Header {
    fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, OpenError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(OpenError::Foreign)?;
        let (numbers, rest) = rest.split_at_checked(24).ok_or(OpenError::Foreign)?;
        let number =
            |at: usize| numbers.get(at..).and_then(<[u8]>::first_chunk::<8>).map_or(0, |n| u64::from_le_bytes(*n));
        let (table, rest) = rest.split_first_chunk::<32>().ok_or(OpenError::Foreign)?;
        let (body, rest) = rest.split_first_chunk::<32>().ok_or(OpenError::Foreign)?;
        let (own, rest) = rest.split_first_chunk::<8>().ok_or(OpenError::Foreign)?;
        let before = bytes.get(..HEADER_BYTES - 32).unwrap_or_default();
        if header_digest(before) != *own || rest.iter().any(|byte| *byte != 0) {
            return Err(OpenError::Damaged("its header is another"));
        }
        let about = number(16);
        let header = Self {
            length: number(0),
            slots_log2: u32::try_from(about >> 58).unwrap_or(u32::MAX),
            about_at: number(8),
            about_bytes: usize::try_from(about & ((1 << 58) - 1)).unwrap_or(usize::MAX),
            table: *table,
            body: *body,
        };
        if header.slots_log2 > SLOTS_LOG2_MAX || header.about_bytes > ABOUT_BYTES_MAX {
            return Err(OpenError::Damaged("its sizes are none"));
        }
        Ok(header)
    }

    fn bytes(&self) -> Vec<u8> {
        let about = self.about_bytes as u64 | u64::from(self.slots_log2) << 58;
        let mut out = MAGIC.to_vec();
        [self.length, self.about_at, about].iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        out.extend_from_slice(&self.table);
        out.extend_from_slice(&self.body);
        let own = header_digest(&out);
        out.extend_from_slice(&own);
        out.resize(HEADER_BYTES, 0);
        out
    }
}

#[cfg(test)]
mod tests;
