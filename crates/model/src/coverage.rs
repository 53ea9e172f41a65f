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

/// Packages of a system that were read, and that nothing was said of because no advisories speak of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Uncompared {
    /// The system, as `distro` names it in package URLs: `fedora-40`; or words where it is not known.
    pub system: String,
    /// How many packages.
    pub packages: usize,
    /// Why, in words for a person.
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
    /// Packages that were listed and not compared, by their systems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<Uncompared>,
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
        for more in other.uncompared {
            let mut same = self.uncompared.iter_mut();
            match same.find(|known| known.system == more.system && known.reason == more.reason) {
                Some(known) => known.packages += more.packages,
                None => self.uncompared.push(more),
            }
        }
    }

    /// Sorts the lists by path, so that parallel scans print the same.
    pub fn sort(&mut self) {
        self.partial.sort();
        self.skipped.sort();
        self.unreadable.sort();
        self.uncompared.sort();
    }
}
