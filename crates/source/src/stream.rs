//! A reader of any length → [`File`] windows of bounded size.
//!
//! Used for files on disk, standard input and members of archives alike. Text of
//! any size is delivered to its last byte; of a binary file only the head is.

use std::io::{self, Read};

use crate::entry::{DATABASE_BYTES_MAX, Entry, File, SNIFF_BYTES, is_binary, is_database};

/// Files up to this size are delivered in one piece: larger ones are data, not configuration.
pub const WHOLE_BYTES_MAX: usize = 32 << 20;

/// How far a window of a larger file advances.
const WINDOW_BYTES: usize = 8 << 20;

/// Context on both sides of a window's own bytes: more than the longest private key or token.
pub const CONTEXT_BYTES: usize = 64 << 10;

/// A buffer kept between files is given back when it has grown beyond this.
const BUFFER_KEPT_BYTES: usize = 1 << 20;

/// Delivers what `reader` yields as file `path`, in one piece or in windows.
///
/// `size` is what the origin says; the reader decides. Errors after the first
/// window come after what was already delivered.
///
/// # Errors
/// Whatever the reader returns.
pub fn deliver(
    reader: &mut dyn Read,
    path: &str,
    size: Option<u64>,
    buffer: &mut Vec<u8>,
    visit: &dyn Fn(Entry<'_>),
) -> io::Result<()> {
    deliver_unless(reader, path, size, buffer, &|_| false, visit).map(|_| ())
}

/// As [`deliver`], unless the head of the bytes is refused; whether it was delivered.
pub(crate) fn deliver_unless(
    reader: &mut dyn Read,
    path: &str,
    size: Option<u64>,
    buffer: &mut Vec<u8>,
    refuse: &dyn Fn(&[u8]) -> bool,
    visit: &dyn Fn(Entry<'_>),
) -> io::Result<bool> {
    let result = deliver_into(reader, path, size, buffer, refuse, visit);
    if buffer.capacity() > BUFFER_KEPT_BYTES {
        *buffer = Vec::new();
    }
    result
}

/// As [`deliver`], for bytes that are at hand already.
pub fn deliver_bytes(bytes: &[u8], path: &str, visit: &dyn Fn(Entry<'_>)) {
    let whole = File::whole(path, bytes);
    if whole.binary && is_database(path) {
        return visit(database(path, bytes));
    }
    if whole.binary {
        let head = bytes.get(..SNIFF_BYTES).unwrap_or(bytes);
        let file = File { bytes: head, owned: 0..head.len(), ..whole };
        return visit(Entry::File(file));
    }
    if bytes.len() <= WHOLE_BYTES_MAX {
        return visit(Entry::File(whole));
    }
    let mut lines_before = 0;
    let mut counted = 0;
    let mut start = 0;
    while start < bytes.len() {
        let end = (start + WINDOW_BYTES).min(bytes.len());
        let from = start.saturating_sub(CONTEXT_BYTES);
        let to = (end + CONTEXT_BYTES).min(bytes.len());
        let passed = bytes.get(counted..from).unwrap_or_default();
        lines_before += memchr::memchr_iter(b'\n', passed).count() as u64;
        counted = from;
        visit(Entry::File(File {
            bytes: bytes.get(from..to).unwrap_or_default(),
            offset: from as u64,
            lines_before,
            owned: start - from..end - from,
            more: end < bytes.len(),
            ..whole.clone()
        }));
        start = end;
    }
}

/// A binary file that is wanted whole, unless it is too large.
fn database<'a>(path: &'a str, bytes: &'a [u8]) -> Entry<'a> {
    if bytes.len() > DATABASE_BYTES_MAX {
        return Entry::Unreadable { path, reason: "larger than a database of packages that is read (192 MiB)" };
    }
    Entry::File(File::whole(path, bytes))
}

fn deliver_into(
    reader: &mut dyn Read,
    path: &str,
    size: Option<u64>,
    buffer: &mut Vec<u8>,
    refuse: &dyn Fn(&[u8]) -> bool,
    visit: &dyn Fn(Entry<'_>),
) -> io::Result<bool> {
    buffer.clear();
    if let Some(size) = size {
        let expected = usize::try_from(size).unwrap_or(usize::MAX).min(BUFFER_KEPT_BYTES);
        buffer.reserve(expected + 1); // one more, so that the end is met without growing
    }
    fill(reader, buffer, SNIFF_BYTES)?;
    if refuse(buffer) {
        return Ok(false);
    }
    if is_binary(buffer) && is_database(path) {
        fill(reader, buffer, DATABASE_BYTES_MAX + 1)?;
        visit(database(path, buffer));
        return Ok(true);
    }
    if is_binary(buffer) {
        let more = buffer.len() == SNIFF_BYTES;
        let known = if more { size } else { Some(buffer.len() as u64) };
        let file = File { size: known, more: false, binary: true, ..File::whole(path, buffer) };
        visit(Entry::File(file));
        return Ok(true);
    }
    if buffer.len() == SNIFF_BYTES {
        fill(reader, buffer, WHOLE_BYTES_MAX + 1)?;
    }
    if buffer.len() <= WHOLE_BYTES_MAX {
        visit(Entry::File(File::whole(path, buffer)));
        return Ok(true);
    }

    let mut offset = 0_u64;
    let mut lines_before = 0_u64;
    let mut owned_start = 0;
    loop {
        let more = fill(reader, buffer, owned_start + WINDOW_BYTES + CONTEXT_BYTES + 1)?;
        let owned_end = if more { buffer.len() - CONTEXT_BYTES } else { buffer.len() };
        visit(Entry::File(File {
            path,
            bytes: buffer,
            size,
            offset,
            lines_before,
            owned: owned_start..owned_end,
            more,
            binary: false,
        }));
        if !more {
            return Ok(true);
        }
        let dropped = owned_end - CONTEXT_BYTES.min(owned_end);
        offset += dropped as u64;
        lines_before += memchr::memchr_iter(b'\n', &buffer[..dropped]).count() as u64;
        buffer.drain(..dropped);
        owned_start = owned_end - dropped;
    }
}

/// Reads until `buffer` holds `target` bytes or the reader ends; whether there may be more.
fn fill(reader: &mut dyn Read, buffer: &mut Vec<u8>, target: usize) -> io::Result<bool> {
    let missing = target.saturating_sub(buffer.len());
    reader.take(missing as u64).read_to_end(buffer)?;
    Ok(buffer.len() >= target)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::Mutex;

    use super::*;

    #[test]
    fn windows_own_every_byte_once_and_carry_context() {
        let line = b"0123456789abcde\n";
        let total = (WHOLE_BYTES_MAX + 3 * WINDOW_BYTES + 5 * 16) as u64;
        let mut reader = Repeat { line, position: 0, total };
        let next_owned = Mutex::new((0_u64, false));
        deliver(&mut reader, "big.log", Some(total), &mut Vec::new(), &|entry| {
            let Entry::File(file) = entry else { unreachable!("no other entry") };
            let mut next = next_owned.lock().unwrap();
            assert_eq!(file.offset + file.owned.start as u64, next.0);
            assert_eq!(file.lines_before, file.offset / 16);
            assert_eq!(file.bytes[0], line[usize::try_from(file.offset % 16).unwrap()]);
            assert!(file.offset == 0 || file.owned.start >= CONTEXT_BYTES);
            assert!(!file.more || file.bytes.len() - file.owned.end >= CONTEXT_BYTES);
            *next = (file.offset + file.owned.end as u64, file.more);
        })
        .unwrap();
        assert_eq!(*next_owned.lock().unwrap(), (total, false));
    }

    #[test]
    fn a_database_of_packages_is_delivered_whole_however_it_comes() {
        let bytes = vec![0_u8; 1 << 20];
        for (path, whole) in
            [("a/var/lib/rpm/Packages", true), ("a.tar!var/lib/rpm/Packages", true), ("xvar/lib/rpm/Packages", false)]
        {
            let seen = Mutex::new(Vec::new());
            let see = |entry: Entry<'_>| {
                let Entry::File(file) = entry else { unreachable!("no other entry") };
                seen.lock().unwrap().push((file.is_whole_database(), file.bytes.len() == bytes.len()));
            };
            deliver(&mut &bytes[..], path, None, &mut Vec::new(), &see).unwrap();
            deliver_bytes(&bytes, path, &see);
            assert_eq!(*seen.lock().unwrap(), [(whole, whole); 2], "{path}");
        }
    }

    #[test]
    fn a_binary_file_is_its_head() {
        let bytes = vec![0_u8; 1 << 20];
        let seen = Mutex::new(Vec::new());
        deliver(&mut &bytes[..], "x.yml", Some(1 << 20), &mut Vec::new(), &|entry| {
            let Entry::File(file) = entry else { unreachable!("no other entry") };
            seen.lock().unwrap().push((file.binary, file.bytes.len(), file.size));
        })
        .unwrap();
        assert_eq!(*seen.lock().unwrap(), [(true, SNIFF_BYTES, Some(1 << 20))]);
    }

    struct Repeat {
        line: &'static [u8; 16],
        position: u64,
        total: u64,
    }

    impl Read for Repeat {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let mut written = 0;
            while written < out.len() && self.position < self.total {
                out[written] = self.line[usize::try_from(self.position % 16).unwrap()];
                self.position += 1;
                written += 1;
            }
            Ok(written)
        }
    }
}
