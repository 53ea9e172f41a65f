//! Reading at a position, from a file or from memory.

use std::fs::File;
use std::io::{self, Read};

/// Bytes that can be read anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bytes<'a> {
    /// An open file and its size.
    File(&'a File, u64),
    /// Bytes in memory.
    Memory(&'a [u8]),
}

impl Bytes<'_> {
    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Bytes::File(_, size) => *size,
            Bytes::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Reads from `position` until `out` is full or the bytes end; how many were read.
    pub(crate) fn read_at(&self, position: u64, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(file, _) => read_file_at(file, position, out),
            Bytes::Memory(bytes) => {
                let start = usize::try_from(position).unwrap_or(usize::MAX);
                let mut rest = bytes.get(start..).unwrap_or_default();
                rest.read(out)
            }
        }
    }

    /// Exactly `length` bytes from `position`, if there are as many.
    pub(crate) fn take(&self, position: u64, length: usize) -> Option<Vec<u8>> {
        let end = position.checked_add(length as u64)?;
        if end > self.len() {
            return None;
        }
        let mut out = vec![0; length];
        (self.read_at(position, &mut out).ok()? == length).then_some(out)
    }
}

/// Reads at a position until `out` is full or the file ends.
pub(crate) fn read_file_at(file: &File, mut position: u64, out: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, rest, position);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, rest, position);
        match read {
            Ok(0) => break,
            Ok(read) => {
                done += read;
                position += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// A part of such bytes as a reader.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    pub(crate) bytes: Bytes<'a>,
    pub(crate) position: u64,
    pub(crate) end: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let length = out.len().min(left);
        let read = self.bytes.read_at(self.position, out.get_mut(..length).unwrap_or_default())?;
        self.position += read as u64;
        Ok(read)
    }
}
