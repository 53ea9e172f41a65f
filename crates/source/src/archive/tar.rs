//! Tar, as it streams by: headers of 512 bytes and what follows them.
//!
//! Reads the old, ustar, GNU and pax forms. Long names are bounded; links,
//! devices and folders have no bytes and are passed over or named.

use std::io::{self, Read};

const BLOCK: usize = 512;

/// Longer names and longer sets of pax records are refused.
const NAME_BYTES_MAX: u64 = 64 << 10;

/// Blocks of a sparse file's map: 21 holes each.
const MAP_BLOCKS_MAX: usize = 100_000;

/// Whether bytes begin like a tar archive: the checksum of the first header must be right.
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.get(..BLOCK).is_some_and(|block| block.get(257..262) == Some(b"ustar") && checksum_holds(block))
}

/// What a header announces. Names are as written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// A regular file.
    File {
        name: Vec<u8>,
        size: u64,
        /// Whether its owner may run it.
        executable: bool,
        /// Whether its holes are left out, so that the bytes are not those of the file.
        sparse: bool,
    },
    /// Another name of a file that came before, or a symbolic link.
    Link { name: Vec<u8>, target: Vec<u8>, hard: bool },
    /// A device or a pipe.
    Device { name: Vec<u8> },
    /// A folder.
    Folder { name: Vec<u8> },
}

/// A reader that can leave out bytes, without reading them where it knows how.
pub(crate) trait Passing: Read {
    /// Leaves out bytes; how many there were.
    fn pass(&mut self, length: u64) -> io::Result<u64>;
}

/// A reader that only goes on by reading.
pub(crate) struct Streamed<'r>(pub(crate) &'r mut dyn Read);

impl Read for Streamed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl Passing for Streamed<'_> {
    fn pass(&mut self, length: u64) -> io::Result<u64> {
        io::copy(&mut (&mut *self.0).take(length), &mut io::sink())
    }
}

impl<R: Read> Passing for io::BufReader<R> {
    fn pass(&mut self, length: u64) -> io::Result<u64> {
        let mut left = length;
        while left > 0 {
            let there = io::BufRead::fill_buf(self)?.len();
            if there == 0 {
                break;
            }
            let some = there.min(usize::try_from(left).unwrap_or(usize::MAX));
            io::BufRead::consume(self, some);
            left -= some as u64;
        }
        Ok(length - left)
    }
}

impl Passing for crate::at::Section<'_> {
    fn pass(&mut self, length: u64) -> io::Result<u64> {
        let passed = length.min(self.end.saturating_sub(self.position));
        self.position += passed;
        Ok(passed)
    }
}

/// Calls `each` for every member, with its bytes; what it leaves unread is passed over.
///
/// # Errors
/// Whatever the reader or `each` returns, and `InvalidData` for malformed headers.
pub(crate) fn members(
    reader: &mut dyn Passing,
    each: &mut dyn FnMut(Member, &mut dyn Read) -> io::Result<()>,
) -> io::Result<()> {
    let mut long_name = None;
    let mut long_target = None;
    let mut long_size = None;
    let mut sparse = false;
    loop {
        let mut block = [0; BLOCK];
        if !fill(reader, &mut block)? {
            return Ok(()); // without the two empty blocks; many archives end so
        }
        if block.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        if !checksum_holds(&block) {
            return Err(malformed("a tar header has a wrong checksum"));
        }
        let mut size =
            number(block.get(124..136).unwrap_or_default()).ok_or_else(|| malformed("a tar header has no size"))?;
        let kind = block[156];
        match kind {
            b'L' | b'K' => {
                let name = small(reader, size)?;
                let text = Some(until_nul(&name).to_vec());
                if kind == b'L' {
                    long_name = text
                } else {
                    long_target = text
                }
                continue;
            }
            b'x' | b'g' => {
                let records = small(reader, size)?;
                if kind == b'x' {
                    for (key, value) in pax_records(&records) {
                        match key {
                            // The name that stands beside the real one is made up.
                            b"path" if !sparse => long_name = Some(value.to_vec()),
                            b"GNU.sparse.name" => (long_name, sparse) = (Some(value.to_vec()), true),
                            b"linkpath" => long_target = Some(value.to_vec()),
                            b"size" => long_size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()),
                            _ => sparse |= key.starts_with(b"GNU.sparse."),
                        }
                    }
                }
                continue;
            }
            _ => {}
        }
        size = long_size.take().unwrap_or(size);
        let name = long_name.take().unwrap_or_else(|| short_name(&block));
        let target = long_target.take();
        let sparse = std::mem::take(&mut sparse) || kind == b'S';
        if kind == b'S' {
            pass_map(reader, block.get(482) == Some(&1))?;
        }
        let executable = block.get(100..108).and_then(number).is_some_and(|mode| mode & 0o100 != 0);
        let member = match kind {
            b'0' | 0 | b'7' | b'S' if !name.ends_with(b"/") => Some(Member::File { name, size, executable, sparse }),
            b'1' | b'2' => {
                let short = || until_nul(block.get(157..257).unwrap_or_default()).to_vec();
                Some(Member::Link { name, target: target.unwrap_or_else(short), hard: kind == b'1' })
            }
            b'3' | b'4' | b'6' => Some(Member::Device { name }),
            b'0' | 0 | b'5' => Some(Member::Folder { name }),
            _ => None,
        };
        // Links and devices carry no bytes whatever their header says.
        let stored = if matches!(kind, b'1'..=b'6') { 0 } else { size };
        let mut body = (&mut *reader).take(stored);
        if let Some(member) = member {
            each(member, &mut body)?;
        }
        let left = body.limit();
        let padding = stored.next_multiple_of(BLOCK as u64) - stored;
        let passed = reader.pass(left + padding)?;
        if passed < left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if passed < left + padding {
            return Ok(()); // whole, but not filled up to a block: umoci's layers end so
        }
    }
}

/// Passes over the map of holes that goes on behind a header of GNU's form.
fn pass_map(reader: &mut dyn Passing, mut more: bool) -> io::Result<()> {
    let mut block = [0; BLOCK];
    for _ in 0..MAP_BLOCKS_MAX {
        if !more {
            return Ok(());
        }
        if !fill(reader, &mut block)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        more = block.get(504) == Some(&1);
    }
    Err(malformed("a sparse file in a tar archive has endless holes"))
}

/// A body that must be small.
fn small(reader: &mut dyn Passing, size: u64) -> io::Result<Vec<u8>> {
    if size > NAME_BYTES_MAX {
        return Err(malformed("a tar header has an endless name"));
    }
    let mut bytes = vec![0; usize::try_from(size.next_multiple_of(BLOCK as u64)).unwrap_or(0)];
    if !fill(reader, &mut bytes)? && size > 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.truncate(usize::try_from(size).unwrap_or(0));
    Ok(bytes)
}

/// Fills `out`, or gives false when the reader is at its end before the first byte.
fn fill(reader: &mut dyn Passing, out: &mut [u8]) -> io::Result<bool> {
    let mut done = 0;
    while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) if done == 0 => return Ok(false),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn short_name(block: &[u8; BLOCK]) -> Vec<u8> {
    let name = until_nul(block.get(..100).unwrap_or_default());
    let prefix = until_nul(block.get(345..500).unwrap_or_default());
    let is_posix = block.get(257..263) == Some(b"ustar\0");
    if is_posix && !prefix.is_empty() { [prefix, b"/", name].concat() } else { name.to_vec() }
}

/// Octal digits, or big-endian with the first bit set.
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let mut value = u64::from(first & 0x7F);
        for byte in rest {
            value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        }
        return Some(value).filter(|value| *value < 1 << 62);
    }
    let digits = until_nul(field).trim_ascii();
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

fn checksum_holds(block: &[u8]) -> bool {
    let sum: u64 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { u64::from(b' ') } else { u64::from(*byte) })
        .sum();
    block.get(148..156).and_then(number) == Some(sum)
}

/// `LENGTH KEY=VALUE\n`, again and again; ends at the first malformed one.
fn pax_records(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let space = rest.iter().take(20).position(|byte| *byte == b' ')?;
        let length: usize = std::str::from_utf8(rest.get(..space)?).ok()?.parse().ok()?;
        let record = rest.get(space + 1..length.checked_sub(1)?)?;
        rest = rest.get(length..)?;
        let equals = memchr::memchr(b'=', record)?;
        Some((record.get(..equals)?, record.get(equals + 1..)?))
    })
}
