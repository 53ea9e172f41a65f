//! Archives of images that are compressed as a whole, as `docker save | gzip` writes them.
//!
//! Their documents stand at the end and their layers are wanted by name, so that they are unpacked before they are read:
//! into a file that the caller gives, up to a bound.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write};
use std::path::Path;

use super::ImageError;
use super::layer::plain;
use crate::archive::tar::{self, Member, Streamed};
use crate::archive::zstd::Zstd;
use crate::directory::{OpenError, open_regular};

/// Bytes that may come out.
const UNPACKED_BYTES_MAX: u64 = 64 << 30;
/// Bytes that may come out for each byte of the file, once past [`RATIO_FREE_BYTES`]; layers give up to 10.
const RATIO_MAX: u64 = 100;
/// So much may come out of any file.
const RATIO_FREE_BYTES: u64 = 4 << 30;

/// Whether a file is compressed with gzip or zstd.
#[must_use]
pub fn is_packed(path: &Path) -> bool {
    let mut head = [0; 4];
    open_regular(path).is_ok_and(|(mut file, _)| file.read_exact(&mut head).is_ok()) && is_packed_head(head)
}

/// Whether a compressed file is an archive of an image. One that begins like one and unpacks to too much counts, so that
/// opening it says so.
#[must_use]
pub fn is_packed_image(path: &Path) -> bool {
    let Ok(mut reader) = reader(path) else { return false };
    let mut first = true;
    // The first error is the answer: found, or none such.
    let ended = tar::members(&mut Streamed(&mut *reader), &mut |member, _| {
        let (Member::File { name, .. } | Member::Folder { name } | Member::Link { name, .. } | Member::Device { name }) =
            member;
        let name = plain(&name).unwrap_or_default();
        if matches!(name.as_str(), "manifest.json" | "index.json") {
            return Err(io::Error::other(Found));
        }
        // Others begin with a folder of their own, and need not be read to their end.
        if std::mem::take(&mut first) && !name.is_empty() && !begins(&name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(())
    });
    ended.is_err_and(|error| error.get_ref().is_some_and(|inner| inner.is::<Found>() || inner.is::<TooMuch>()))
}

/// Unpacks a compressed file to the place where `out` is.
///
/// # Errors
/// [`ImageError`]: what was written before is not the archive.
pub fn unpack(path: &Path, out: &mut File) -> Result<(), ImageError> {
    let told = |error| ImageError::Read { what: path.display().to_string(), error };
    let mut reader = reader(path).map_err(told)?;
    io::copy(&mut reader, out).and_then(|_| out.flush()).and_then(|()| out.rewind()).map_err(told)
}

fn reader(path: &Path) -> io::Result<Box<dyn Read>> {
    let (mut file, size) = open_regular(path).map_err(|error| match error {
        OpenError::NotAFile(what) => io::Error::other(what),
        OpenError::Io(error) => error,
    })?;
    let mut head = [0; 4];
    file.read_exact(&mut head)?;
    file.rewind()?;
    let buffered = io::BufReader::with_capacity(128 << 10, file);
    let reader: Box<dyn Read> = match head {
        [0x1F, 0x8B, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(buffered)),
        head if is_packed_head(head) => Box::new(Zstd::new(buffered)),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let left = size.saturating_mul(RATIO_MAX).clamp(RATIO_FREE_BYTES, UNPACKED_BYTES_MAX);
    Ok(Box::new(Bounded { reader, left }))
}

fn is_packed_head(head: [u8; 4]) -> bool {
    matches!(head, [0x1F, 0x8B, ..] | [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18])
}

/// Whether archives of images have such a member at their beginning.
fn begins(name: &str) -> bool {
    let first = name.split('/').next().unwrap_or(name);
    let stem = first.trim_start_matches("sha256:").split('.').next().unwrap_or(first);
    let is_digest = stem.len() == 64 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest || matches!(first, "blobs" | "oci-layout" | "repositories" | "config.json")
}

/// That it is an image, as the reason not to read on.
#[derive(Debug, thiserror::Error)]
#[error("an image")]
struct Found;

#[derive(Debug, thiserror::Error)]
#[error("it unpacks to too much for its size")]
struct TooMuch;

/// A reader that ends in an error when more comes than is allowed.
struct Bounded {
    reader: Box<dyn Read>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_ends_and_counts_as_an_image_so_that_somebody_says_so() {
        let mut bounded = Bounded { reader: Box::new(io::repeat(0)), left: 100 };
        let error = io::copy(&mut bounded, &mut io::sink()).err();
        assert!(error.is_some_and(|error| error.get_ref().is_some_and(|inner| inner.is::<TooMuch>())));
        let digits = "0123456789abcdef".repeat(4);
        let names = [digits.clone(), format!("{digits}.tar"), format!("sha256:{digits}"), "blobs/sha256".to_owned()];
        assert!(names.iter().all(|name| begins(name)));
        assert!(!begins("shop-1.0/blobs") && !begins("0123.tar") && !begins(""));
    }
}
