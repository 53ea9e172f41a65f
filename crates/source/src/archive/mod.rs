//! Archives and compressed files, opened in memory and nested to a bound.
//!
//! Nothing is ever written: names of members, `../` and all, are labels. What
//! comes out is counted over the whole outer file, and a bomb ends as one line in
//! the coverage.

pub(crate) mod tar;
mod zip;
pub(crate) mod zstd;

use std::fs::File;
use std::io::{self, Read};

use crate::at::Bytes;
use crate::entry::{Entry, Visit};
use crate::label::label_bytes;
use crate::stream;

/// Archives in archives deeper than this are not opened.
pub const DEPTH_MAX: usize = 4;

/// What may come out of one outer file, those of inner archives included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Members.
    pub entries_max: usize,
    /// Bytes, whatever the size of the outer file.
    pub unpacked_bytes_max: u64,
    /// The directory of a zip archive, which is held in memory.
    pub directory_bytes_max: u64,
}

/// For whatever lies in a repository.
pub const USUAL: Bounds = Bounds { entries_max: 100_000, unpacked_bytes_max: 2 << 30, directory_bytes_max: 32 << 20 };

/// Bytes that may come out for each byte of the outer file, once past [`RATIO_FREE_BYTES`].
pub const RATIO_MAX: u64 = 250;

/// So much may come out however small the outer file is.
pub const RATIO_FREE_BYTES: u64 = 64 << 20;

/// A zip archive inside another archive is held in memory up to this size.
const INNER_ZIP_BYTES_MAX: u64 = 64 << 20;

/// Enough of a file to tell what it is.
const HEAD_BYTES: usize = 512;

/// What bytes begin like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Zip,
    Tar,
    Gzip,
    Zstd,
}

fn format(head: &[u8]) -> Option<Format> {
    if zip::is_zip(head) {
        Some(Format::Zip)
    } else if head.starts_with(&[0x1F, 0x8B, 8]) {
        Some(Format::Gzip)
    } else if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        Some(Format::Zstd)
    } else {
        tar::is_tar(head).then_some(Format::Tar)
    }
}

/// Whether bytes begin like something that [`unpack_file`] and [`unpack_bytes`] open.
pub fn is_archive(head: &[u8]) -> bool {
    format(head).is_some()
}

/// How what is compressed begins, as far as the first bytes of the compressed file tell; nothing where they are not of
/// gzip.
#[must_use]
pub fn unpacked_head(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if format(head) == Some(Format::Gzip) {
        // The stream is cut off where the head ends: what came until then counts.
        let _ = flate2::read::GzDecoder::new(head).take(HEAD_BYTES as u64).read_to_end(&mut out);
    }
    out
}

/// Visits every file in an archive on disk. Trouble is an entry.
pub fn unpack_file(file: &File, size: u64, path: &str, bounds: Bounds, visit: &Visit<'_>) {
    unpack(Bytes::File(file, size), path, bounds, visit);
}

/// Visits every file in an archive in memory, and gives the number of bytes that came out. Trouble is an entry.
pub fn unpack_bytes(bytes: &[u8], path: &str, visit: &Visit<'_>) -> u64 {
    unpack(Bytes::Memory(bytes), path, USUAL, visit)
}

fn unpack(bytes: Bytes<'_>, path: &str, bounds: Bounds, visit: &Visit<'_>) -> u64 {
    let most = bounds.unpacked_bytes_max.max(RATIO_FREE_BYTES);
    let allowed = bytes.len().saturating_mul(RATIO_MAX).clamp(RATIO_FREE_BYTES, most);
    let entries_left = bounds.entries_max;
    let mut unpacker = Unpacker { visit, bounds, bytes_left: allowed, entries_left, buffer: Vec::new() };
    let mut head = vec![0; HEAD_BYTES];
    let read = bytes.read_at(0, &mut head).unwrap_or(0);
    head.truncate(read);
    let section = || crate::at::Section { bytes, position: 0, end: bytes.len() };
    let result = match format(&head) {
        Some(Format::Zip) => unpacker.zip(bytes, path, 1),
        Some(other) => unpacker.stream(other, &mut io::BufReader::with_capacity(64 << 10, section()), path, 1),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "not an archive")),
    };
    if let Err(error) = result {
        unpacker.tell(path, &error);
    }
    allowed - unpacker.bytes_left
}

/// How an archive ends before its end: told once, and nothing more is read.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("unpacks to too much for its size; the rest was not read")]
    Bytes,
    #[error("holds more than {0} files; the rest was not read")]
    Entries(usize),
}

struct Unpacker<'v> {
    visit: &'v Visit<'v>,
    bounds: Bounds,
    bytes_left: u64,
    entries_left: usize,
    buffer: Vec<u8>,
}

impl Unpacker<'_> {
    /// The members of a zip archive.
    fn zip(&mut self, archive: Bytes<'_>, path: &str, depth: usize) -> io::Result<()> {
        let members = zip::members(archive, self.bounds.directory_bytes_max)
            .ok_or_else(|| damaged("the directory of the zip archive does not read"))?;
        // Members that overlap are how a small file makes a reader read for ever.
        if members.iter().map(|member| member.stored_size).fold(0, u64::saturating_add) > archive.len() {
            return Err(damaged("the members of the zip archive overlap"));
        }
        for member in members {
            if member.is_folder() {
                continue;
            }
            let inner = format!("{path}!{}", label_bytes(&member.name));
            match member.open(archive) {
                Ok(mut reader) => self.member(&mut reader, &inner, depth)?,
                Err(zip::Refusal::Encrypted) => (self.visit)(Entry::Skipped { path: &inner, reason: "encrypted" }),
                Err(zip::Refusal::Method) => {
                    (self.visit)(Entry::Unreadable {
                        path: &inner,
                        reason: "compressed in a way that is not read here",
                    });
                }
                Err(zip::Refusal::Malformed) => {
                    (self.visit)(Entry::Unreadable { path: &inner, reason: "its header in the archive is damaged" });
                }
            }
        }
        Ok(())
    }

    /// What is in a tar archive or behind a compression. A compressed tar is one step, not two.
    fn stream(&mut self, format: Format, reader: &mut dyn Read, path: &str, depth: usize) -> io::Result<()> {
        match format {
            Format::Tar => tar::members(&mut tar::Streamed(reader), &mut |member, body| {
                let (name, what) = match &member {
                    tar::Member::File { name, .. } => (name, None),
                    tar::Member::Link { name, .. } => (name, Some("link in an archive")),
                    tar::Member::Device { name } => (name, Some("device or pipe in an archive")),
                    tar::Member::Folder { .. } => return Ok(()),
                };
                let name = name.strip_prefix(b"./").unwrap_or(name);
                let inner = format!("{path}!{}", label_bytes(name));
                match what {
                    None => self.member(body, &inner, depth),
                    Some(reason) => {
                        self.count_entry()?;
                        (self.visit)(Entry::Skipped { path: &inner, reason });
                        Ok(())
                    }
                }
            }),
            Format::Gzip => self.unpacked(&mut flate2::read::MultiGzDecoder::new(reader), path, depth),
            Format::Zstd => self.unpacked(&mut zstd::Zstd::new(reader), path, depth),
            Format::Zip => Err(damaged("a zip archive cannot be streamed")),
        }
    }

    /// What came out of a compression.
    fn unpacked(&mut self, reader: &mut dyn Read, path: &str, depth: usize) -> io::Result<()> {
        let mut head = Vec::new();
        reader.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        if tar::is_tar(&head) {
            let mut whole = head.chain(reader);
            let mut metered = Metered { reader: &mut whole, left: self.bytes_left };
            // The members meter themselves; this meter bounds what lies between them.
            let result = self.stream(Format::Tar, &mut metered, path, depth);
            self.bytes_left = self.bytes_left.min(metered.left);
            return result;
        }
        let name = path.rsplit(['/', '!']).next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let inner = format!("{path}!{stem}");
        self.member(&mut head.chain(reader), &inner, depth)
    }

    /// One file of an archive, which may be an archive again.
    fn member(&mut self, reader: &mut dyn Read, path: &str, depth: usize) -> io::Result<()> {
        self.count_entry()?;
        let mut metered = Metered { reader, left: self.bytes_left };
        let mut head = Vec::new();
        let result = (&mut metered).take(HEAD_BYTES as u64).read_to_end(&mut head).and_then(|_| match format(&head) {
            Some(format) => self.inner_archive(format, &head, &mut metered, path, depth),
            None => {
                let mut whole = head.as_slice().chain(&mut metered);
                stream::deliver(&mut whole, path, None, &mut self.buffer, self.visit)
            }
        });
        self.bytes_left = self.bytes_left.min(metered.left);
        match result {
            Err(error) if is_stop(&error) => Err(error),
            Err(error) => {
                self.tell(path, &error);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn inner_archive(
        &mut self,
        format: Format,
        head: &[u8],
        rest: &mut dyn Read,
        path: &str,
        depth: usize,
    ) -> io::Result<()> {
        if depth >= DEPTH_MAX {
            let reason = format!("archives are opened {DEPTH_MAX} deep, not deeper");
            (self.visit)(Entry::Unreadable { path, reason: &reason });
            return Ok(());
        }
        let mut whole = head.chain(rest);
        if format != Format::Zip {
            return self.stream(format, &mut whole, path, depth + 1);
        }
        let mut bytes = Vec::new();
        whole.take(INNER_ZIP_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > INNER_ZIP_BYTES_MAX {
            return Err(damaged("a zip archive inside an archive is too large to be opened"));
        }
        self.bytes_left = self.bytes_left.saturating_sub(bytes.len() as u64);
        self.zip(Bytes::Memory(&bytes), path, depth + 1)
    }

    fn count_entry(&mut self) -> io::Result<()> {
        let stop = || io::Error::other(Stop::Entries(self.bounds.entries_max));
        self.entries_left = self.entries_left.checked_sub(1).ok_or_else(stop)?;
        Ok(())
    }

    fn tell(&self, path: &str, error: &io::Error) {
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the archive is cut off".to_owned(),
            io::ErrorKind::InvalidInput => "the archive is damaged".to_owned(),
            _ => error.to_string(),
        };
        (self.visit)(Entry::Unreadable { path, reason: &reason });
    }
}

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn is_stop(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Stop>())
}

/// A reader that ends in [`Stop::Bytes`] when more comes than is allowed.
struct Metered<'r> {
    reader: &'r mut dyn Read,
    left: u64,
}

impl Read for Metered<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => {
                self.left = 0;
                Err(io::Error::other(Stop::Bytes))
            }
        }
    }
}
