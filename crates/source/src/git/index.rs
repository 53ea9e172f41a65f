//! The index of a pack: names in order, and where each object lies.
//!
//! Format: `gitformat-pack`, "pack-*.idx", versions 1 and 2 with SHA-1.

use super::ObjectId;

/// A parsed `.idx` file.
#[derive(Debug, Default)]
pub struct PackIndex {
    fanout: Vec<u32>,
    names: Vec<ObjectId>,
    offsets: Vec<u64>,
}

const FANOUT_BYTES: usize = 256 * 4;
const MAGIC: [u8; 8] = [0xFF, b't', b'O', b'c', 0, 0, 0, 2];

impl PackIndex {
    /// Parses a whole `.idx` file; nothing when it is malformed.
    pub fn parse(bytes: &[u8]) -> Option<PackIndex> {
        let index = match bytes.strip_prefix(&MAGIC) {
            Some(rest) => parse_v2(rest)?,
            None => parse_v1(bytes)?,
        };
        index.names.is_sorted().then_some(index)
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the pack is empty.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Names in order.
    pub fn names(&self) -> &[ObjectId] {
        &self.names
    }

    /// Offsets in the pack, in the order of [`names`](PackIndex::names).
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// Position of a name.
    pub fn position(&self, id: &ObjectId) -> Option<usize> {
        let first = usize::from(id.0[0]);
        let start = if first == 0 { 0 } else { *self.fanout.get(first - 1)? as usize };
        let end = *self.fanout.get(first)? as usize;
        let at = self.names.get(start..end)?.binary_search(id).ok()?;
        Some(start + at)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// The fan-out table and the number of objects, which must not decrease.
fn fanout(bytes: &[u8]) -> Option<(Vec<u32>, &[u8])> {
    let (table, rest) = bytes.split_at_checked(FANOUT_BYTES)?;
    let table: Vec<u32> = table.chunks_exact(4).map(number).collect();
    table.is_sorted().then_some((table, rest))
}

fn parse_v2(bytes: &[u8]) -> Option<PackIndex> {
    let (fanout, rest) = fanout(bytes)?;
    let count = *fanout.last()? as usize;
    let (names, rest) = rest.split_at_checked(count.checked_mul(20)?)?;
    let (_checksums, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
    let (small, large) = rest.split_at_checked(count.checked_mul(4)?)?;
    let large = large.get(..large.len().checked_sub(40)?)?; // two trailing hashes
    let offset = |bytes: &[u8]| {
        let value = number(bytes);
        if value & 0x8000_0000 == 0 {
            return Some(u64::from(value));
        }
        let at = (value & 0x7FFF_FFFF) as usize * 8;
        let (high, low) = large.get(at..at + 8)?.split_at(4);
        Some(u64::from(number(high)) << 32 | u64::from(number(low)))
    };
    Some(PackIndex {
        fanout,
        names: names.chunks_exact(20).filter_map(ObjectId::from_slice).collect(),
        offsets: small.chunks_exact(4).map(offset).collect::<Option<_>>()?,
    })
}

fn parse_v1(bytes: &[u8]) -> Option<PackIndex> {
    let (fanout, rest) = fanout(bytes)?;
    let count = *fanout.last()? as usize;
    let rows = rest.get(..count.checked_mul(24)?)?;
    let mut index = PackIndex { fanout, ..PackIndex::default() };
    for row in rows.chunks_exact(24) {
        let (offset, name) = row.split_at(4);
        index.offsets.push(u64::from(number(offset)));
        index.names.push(ObjectId::from_slice(name)?);
    }
    Some(index)
}
