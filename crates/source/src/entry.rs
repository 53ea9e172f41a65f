//! What every reader of this crate hands out: a file, a file passed over, a file that could not be read.

use std::ops::Range;

/// A file, or one window of a file too large to be held whole.
///
/// Windows overlap: `bytes` carries context on both sides of `owned`. Whoever
/// looks for things reports those that *start* inside `owned`, so that each is
/// reported once and always with context around it.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Path within the target, `/` between parts; parts of an archive follow a `!`.
    pub path: &'a str,
    /// The bytes, or for a binary file only its head.
    pub bytes: &'a [u8],
    /// Size of the whole file in bytes, when known.
    pub size: Option<u64>,
    /// Place of `bytes[0]` in the file.
    pub offset: u64,
    /// Line breaks before `bytes[0]`.
    pub lines_before: u64,
    /// The part of `bytes` that belongs to this window and to no other.
    pub owned: Range<usize>,
    /// Whether more windows of the same file follow.
    pub more: bool,
    /// Whether a NUL byte was seen in the head; such files are not delivered beyond it, but for [`is_database`].
    pub binary: bool,
}

impl<'a> File<'a> {
    /// A file that is complete in `bytes`.
    pub fn whole(path: &'a str, bytes: &'a [u8]) -> File<'a> {
        File {
            path,
            bytes,
            size: Some(bytes.len() as u64),
            offset: 0,
            lines_before: 0,
            owned: 0..bytes.len(),
            more: false,
            binary: is_binary(bytes),
        }
    }

    /// Whether `bytes` is the file from its first to its last byte, and text.
    pub fn is_whole(&self) -> bool {
        self.offset == 0 && !self.more && !self.binary
    }

    /// Whether `bytes` is a database of packages from its first to its last byte.
    pub fn is_whole_database(&self) -> bool {
        is_database(self.path) && self.offset == 0 && !self.more && self.size == Some(self.bytes.len() as u64)
    }

    /// Whether this is the file's first or only window, so that a file is counted once.
    pub fn is_first(&self) -> bool {
        self.offset == 0
    }
}

/// One step of a reader.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// Bytes to look at.
    File(File<'a>),
    /// Passed over on purpose.
    Skipped {
        /// Path within the target.
        path: &'a str,
        /// Why, in words for a person.
        reason: &'a str,
    },
    /// Should have been read and could not be, wholly or in part.
    Unreadable {
        /// Path within the target.
        path: &'a str,
        /// Why, in words for a person.
        reason: &'a str,
    },
}

impl Entry<'_> {
    /// The path the entry is about.
    pub fn path(&self) -> &str {
        match self {
            Entry::File(file) => file.path,
            Entry::Skipped { path, .. } | Entry::Unreadable { path, .. } => path,
        }
    }
}

/// Receives entries, from several threads at once.
pub type Visit<'v> = dyn Fn(Entry<'_>) + Sync + 'v;

/// Larger databases of packages are not read; a workstation's of rpm has some 150 MB.
pub(crate) const DATABASE_BYTES_MAX: usize = 192 << 20;

/// Whether a file is a database of what a package manager installed, by its path: binary, and delivered whole all the
/// same, because it says what a system ships.
pub(crate) fn is_database(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_named =
        matches!(name, "Packages" | "Packages.db" | "rpmdb.sqlite" | "rpmdb.sqlite-wal" | "rpmdb.sqlite-journal");
    let is_in = |end| folder.strip_suffix(end).is_some_and(|rest: &str| rest.is_empty() || rest.ends_with(['/', '!']));
    is_named && ["usr/lib/sysimage/rpm", "usr/share/rpm", "var/lib/rpm"].into_iter().any(is_in)
}

/// How much of a file decides whether it is binary, as git does it.
pub(crate) const SNIFF_BYTES: usize = 8 << 10;

/// Whether the head of a file holds a NUL byte and is not UTF-16 text.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..SNIFF_BYTES).unwrap_or(bytes);
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return false; // UTF-16 with its mark; what PowerShell's `>` writes
    }
    memchr::memchr(0, head).is_some()
}
