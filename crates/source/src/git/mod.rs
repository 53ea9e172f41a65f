//! Git repositories: what is staged, what a range brought, and every object ever packed.
//!
//! Broken objects, shallow boundaries and missing blobs are told and passed over;
//! nothing here writes to a repository or starts a program.

pub mod delta;
pub mod entry;
pub mod history;
pub mod index;
pub mod objects;
pub mod pack;
pub mod repository;
pub mod sweep;
pub mod tree;

use std::fmt;

/// Blobs above this are never held whole.
pub const BLOB_BYTES_MAX: usize = 64 << 20;

/// Name of an object: SHA-1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub [u8; 20]);

impl ObjectId {
    /// From exactly twenty bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<ObjectId> {
        bytes.try_into().ok().map(ObjectId)
    }

    /// From forty hexadecimal digits.
    pub fn from_hex(text: &[u8]) -> Option<ObjectId> {
        let mut id = [0; 20];
        if text.len() != 40 {
            return None;
        }
        for (byte, digits) in id.iter_mut().zip(text.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(ObjectId(id))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// The contents of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// Why an object could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// No pack and no loose file holds it: shallow or partial clone, or a damaged repository.
    #[error("object is missing from the repository")]
    Missing,
    /// It is there and does not read.
    #[error("object is damaged: {0}")]
    Damaged(&'static str),
    /// Larger than [`BLOB_BYTES_MAX`].
    #[error("larger than {} MiB", BLOB_BYTES_MAX >> 20)]
    TooLarge,
    /// The system refused.
    #[error("cannot be read: {0}")]
    Io(String),
}

impl From<std::io::Error> for ObjectError {
    fn from(error: std::io::Error) -> ObjectError {
        ObjectError::Io(crate::walk::io_reason(&error))
    }
}
