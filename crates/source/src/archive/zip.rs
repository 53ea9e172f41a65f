//! Zip, through its central directory: what the archive's owner sees, not what lies between.
//!
//! Reads stored and deflated members, with and without zip64. Encrypted members
//! and other methods are named. Sizes that the directory claims decide nothing:
//! what comes out is counted.

use std::io::{self, Read};

use crate::at::{Bytes, Section};

/// The end record and the longest comment behind it.
const END_BYTES_MAX: u64 = 22 + 65_535;

/// Whether bytes begin like a zip archive with something in it.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// One member.
#[derive(Debug)]
pub(super) struct Member {
    /// As written.
    pub(super) name: Vec<u8>,
    method: u16,
    encrypted: bool,
    pub(super) stored_size: u64,
    header: u64,
}

/// The members in the order of the directory; nothing when the archive is malformed or has a larger directory than is
/// held in memory.
pub(super) fn members(archive: Bytes<'_>, directory_bytes_max: u64) -> Option<Vec<Member>> {
    let (directory, count) = directory(archive, directory_bytes_max)?;
    let mut rest = directory.as_slice();
    let mut members = Vec::new();
    while members.len() < count && rest.starts_with(b"PK\x01\x02") {
        let flags = u16_at(rest, 8)?;
        let method = u16_at(rest, 10)?;
        let mut stored_size = u64::from(u32_at(rest, 20)?);
        let size = u32_at(rest, 24)?;
        let name_end = 46 + usize::from(u16_at(rest, 28)?);
        let extra_end = name_end + usize::from(u16_at(rest, 30)?);
        let end = extra_end + usize::from(u16_at(rest, 32)?);
        let mut header = u64::from(u32_at(rest, 42)?);
        let name = rest.get(46..name_end)?.to_vec();
        let mut wide = wide_numbers(rest.get(name_end..extra_end)?).into_iter();
        if size == u32::MAX {
            wide.next()?;
        }
        if stored_size == u64::from(u32::MAX) {
            stored_size = wide.next()?;
        }
        if header == u64::from(u32::MAX) {
            header = wide.next()?;
        }
        members.push(Member { name, method, encrypted: flags & 1 != 0, stored_size, header });
        rest = rest.get(end..)?;
    }
    Some(members)
}

/// Why a member has no bytes for us.
pub(super) enum Refusal {
    /// Its bytes are encrypted.
    Encrypted,
    /// A method that is not read here.
    Method,
    /// Its header does not read.
    Malformed,
}

impl Member {
    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// The bytes of the member.
    pub(super) fn open<'a>(&self, archive: Bytes<'a>) -> Result<Box<dyn Read + 'a>, Refusal> {
        if self.encrypted {
            return Err(Refusal::Encrypted);
        }
        let start = self.data_start(archive).ok_or(Refusal::Malformed)?;
        let end = start.saturating_add(self.stored_size).min(archive.len());
        let section = Section { bytes: archive, position: start, end };
        match self.method {
            0 => Ok(Box::new(section)),
            8 => Ok(Box::new(flate2::read::DeflateDecoder::new(io::BufReader::with_capacity(32 << 10, section)))),
            _ => Err(Refusal::Method),
        }
    }

    fn data_start(&self, archive: Bytes<'_>) -> Option<u64> {
        let local = archive.take(self.header, 30)?;
        let variable = u64::from(u16_at(&local, 26)?) + u64::from(u16_at(&local, 28)?);
        local.starts_with(b"PK\x03\x04").then_some(self.header + 30 + variable)
    }
}

/// The central directory and the number of members in it.
fn directory(archive: Bytes<'_>, bytes_max: u64) -> Option<(Vec<u8>, usize)> {
    let tail_length = archive.len().min(END_BYTES_MAX);
    let tail_start = archive.len() - tail_length;
    let tail = archive.take(tail_start, usize::try_from(tail_length).ok()?)?;
    let at = memchr::memmem::rfind(&tail, b"PK\x05\x06")?;
    let end = tail.get(at..)?;
    let mut count = u64::from(u16_at(end, 10)?);
    let mut size = u64::from(u32_at(end, 12)?);
    let mut start = u64::from(u32_at(end, 16)?);
    let end_start = tail_start + at as u64;
    if (start == u64::from(u32::MAX) || count == u64::from(u16::MAX) || size == u64::from(u32::MAX))
        && let Some(locator) = end_start.checked_sub(20).and_then(|at| archive.take(at, 20))
        && locator.starts_with(b"PK\x06\x07")
    {
        let record = archive.take(u64_at(&locator, 8)?, 56)?;
        if !record.starts_with(b"PK\x06\x06") {
            return None;
        }
        (count, size, start) = (u64_at(&record, 32)?, u64_at(&record, 40)?, u64_at(&record, 48)?);
    }
    if size > bytes_max {
        return None;
    }
    Some((archive.take(start, usize::try_from(size).ok()?)?, usize::try_from(count).ok()?))
}

/// The numbers of the zip64 field among the extra fields.
fn wide_numbers(mut extra: &[u8]) -> Vec<u64> {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(length);
        if id == 1 {
            return (4..end.min(extra.len())).step_by(8).filter_map(|at| u64_at(extra, at)).collect();
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    Vec::new()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
