//! What a scan looked at, and what it could not: the honest half of a clean result.

use serde::Serialize;

/// A file that was passed over, not read, or read in part, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// Path within the target.
    pub path: String,
    /// In words for a person: `binary`, `larger than 64 MiB`.
    pub reason: String,
}

/// Every file seen falls in exactly one of the four: parsed, partial, skipped, unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Files met.
    pub seen: usize,
    /// Files read to the end by every family they concern.
    pub parsed: usize,
    /// Files read in part.
    pub partial: Vec<Skipped>,
    /// Files passed over on purpose.
    pub skipped: Vec<Skipped>,
    /// Files that could not be read.
    pub unreadable: Vec<Skipped>,
}

/// Why a file of bytes that are no text is passed over.
pub const BINARY: &str = "binary";

impl Coverage {
    /// Whether there was nothing to look at: no file, or only what is never opened, such as a device, a pipe or a link.
    /// A file of bytes that are no text was opened.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.seen == self.skipped.iter().filter(|file| file.reason != BINARY).count()
    }

    /// Adds the counts and lists of another part of the same scan.
    pub fn merge(&mut self, other: Coverage) {
        self.seen += other.seen;
        self.parsed += other.parsed;
        self.partial.extend(other.partial);
        self.skipped.extend(other.skipped);
        self.unreadable.extend(other.unreadable);
    }

    /// Sorts the lists by path, so that parallel scans print the same.
    pub fn sort(&mut self) {
        self.partial.sort();
        self.skipped.sort();
        self.unreadable.sort();
    }
}
