//! The header of a package: numbered fields behind an index, as rpm installs and keeps it
//! (<https://rpm-software-management.github.io/rpm/manual/format_header.html>). Every number in it is big-endian.

use sha2::{Digest as _, Sha256};

use super::{big, size};

pub(super) const NAME: u32 = 1000;
pub(super) const VERSION: u32 = 1001;
pub(super) const RELEASE: u32 = 1002;
pub(super) const EPOCH: u32 = 1003;
pub(super) const LICENCE: u32 = 1014;
pub(super) const ARCHITECTURE: u32 = 1022;
pub(super) const SOURCE_RPM: u32 = 1044;
pub(super) const PROVIDES: u32 = 1047;
pub(super) const REQUIRES: u32 = 1049;
pub(super) const MODULE: u32 = 5096;
/// SHA-256 of the header as its maker wrote it.
const HEADER_DIGEST: u32 = 273;
/// The field that says which part of a header its maker wrote.
const IMMUTABLE: u32 = 63;

/// What stands before a header in a file of its own, and counts for its digest.
const MAGIC: [u8; 8] = [0x8E, 0xAD, 0xE8, 0x01, 0, 0, 0, 0];

/// Fields of a header: rpm's own bound.
const FIELDS_MAX: u32 = 0xFFFF;
/// Bytes of an entry of the index: field, type, place, count.
const ENTRY_BYTES: usize = 16;
/// Longer names, versions and licences are none; the longest licences in the wild have some 2,000 bytes.
const TEXT_BYTES_MAX: usize = 16 << 10;

const NUMBER: u32 = 4;
const TEXT: u32 = 6;
const BYTES: u32 = 7;
const TEXTS: u32 = 8;
const TRANSLATED: u32 = 9;

/// A header whose index and data are there.
pub(super) struct Header<'b> {
    index: &'b [u8],
    data: &'b [u8],
}

/// A field: its type, where it begins in the data, and how many values it has.
struct Field {
    kind: u32,
    place: usize,
    count: usize,
}

impl<'b> Header<'b> {
    /// Takes a header apart.
    ///
    /// # Errors
    /// When it is none, or is cut off.
    pub(super) fn parse(blob: &'b [u8]) -> Result<Self, &'static str> {
        let (Some(fields), Some(bytes), Some(rest)) = (big(blob, 0), big(blob, 4), blob.get(8..)) else {
            return Err("its header is cut off");
        };
        if fields == 0 || fields > FIELDS_MAX {
            return Err("its header is none");
        }
        let (index, rest) = rest.split_at_checked(size(fields) * ENTRY_BYTES).ok_or("its header is cut off")?;
        let data = rest.get(..size(bytes)).ok_or("its header is cut off")?;
        Ok(Self { index, data })
    }

    /// A field; of several the last, which rpm wrote when it installed the package.
    fn find(&self, tag: u32) -> Option<Field> {
        let entry = self.index.rchunks_exact(ENTRY_BYTES).find(|entry| big(entry, 0) == Some(tag))?;
        Some(Field { kind: big(entry, 4)?, place: size(big(entry, 8)?), count: size(big(entry, 12)?) })
    }

    /// A text; of one in several languages the first.
    pub(super) fn text(&self, tag: u32) -> Option<String> {
        let field =
            self.find(tag).filter(|field| matches!(field.kind, TEXT | TEXTS | TRANSLATED) && field.count > 0)?;
        let from = self.data.get(field.place..)?;
        let end = memchr::memchr(0, from.get(..TEXT_BYTES_MAX).unwrap_or(from))?;
        Some(String::from_utf8_lossy(from.get(..end)?).into_owned()).filter(|text| !text.is_empty())
    }

    /// The texts of a list; nothing when they are more than `most`, or fewer than the field says.
    pub(super) fn texts(&self, tag: u32, most: usize) -> Option<Vec<String>> {
        let Some(field) = self.find(tag).filter(|field| field.kind == TEXTS) else { return Some(Vec::new()) };
        if field.count > most {
            return None;
        }
        let mut rest = self.data.get(field.place..)?;
        let mut texts = Vec::new();
        for _ in 0..field.count {
            let (text, after) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
            texts.push(String::from_utf8_lossy(text).into_owned());
            rest = after.get(1..)?;
        }
        Some(texts)
    }

    /// A number.
    pub(super) fn number(&self, tag: u32) -> Option<u32> {
        let field = self.find(tag).filter(|field| field.kind == NUMBER && field.count > 0)?;
        big(self.data, field.place)
    }

    /// Whether the part that the package's maker wrote has the digest that it had in the package; true where none was
    /// kept, as before rpm 4.14.
    pub(super) fn is_sound(&self) -> bool {
        let Some(known) = self.text(HEADER_DIGEST) else { return true };
        let digest = self.made().map(|(index, data)| {
            let mut digest = Sha256::new();
            digest.update(MAGIC);
            for count in [index.len() / ENTRY_BYTES, data.len()] {
                digest.update(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
            }
            digest.update(index);
            digest.update(data);
            digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        });
        digest.is_some_and(|digest| digest == known.to_ascii_lowercase())
    }

    /// Index and data as the package's maker wrote them. The first field leads to a copy of itself at the end of that
    /// part, which says how long its index is, below zero.
    fn made(&self) -> Option<(&'b [u8], &'b [u8])> {
        let first = self.index.first_chunk::<ENTRY_BYTES>()?;
        if big(first, 0) != Some(IMMUTABLE) || big(first, 4) != Some(BYTES) {
            return None;
        }
        let end = size(big(first, 8)?).checked_add(ENTRY_BYTES)?;
        let data = self.data.get(..end)?;
        let back = big(data, end.checked_sub(8)?)?;
        let index = self.index.get(..size(0_u32.wrapping_sub(back)))?;
        (index.len().is_multiple_of(ENTRY_BYTES)).then_some((index, data))
    }
}
