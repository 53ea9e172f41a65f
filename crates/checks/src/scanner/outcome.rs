//! What a scan gives: of one file, and in the end.

use std::sync::Arc;

use palisade_inventory::Facts;
use palisade_model::{Coverage, Finding};

use crate::Mark;
use crate::imported::Imported;

/// What one file gave.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Findings that need no other file.
    pub findings: Vec<Finding>,
    /// What is kept for checks across files.
    pub facts: Facts,
    /// This file's line in the coverage.
    pub coverage: Coverage,
    /// Comments that name exceptions.
    pub marks: Vec<Mark>,
}

/// A finished scan.
#[derive(Debug, Default)]
pub struct Scan {
    /// Sorted by path and place.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub coverage: Coverage,
    /// Comments that name exceptions.
    pub marks: Vec<Mark>,
    /// Files of packages, when those are to be compared with advisories.
    pub package_files: usize,
    /// Actions in these that were not compared, because nothing says which version they have.
    pub without_version: usize,
    /// The digest of the index that they were compared with; none when there was none.
    pub advisories: Option<String>,
    /// Files that say which packages are shipped.
    pub manifests: Vec<Arc<str>>,
    /// How many packages were held against the policy on licences, where there is one.
    pub licences: Option<LicenceTally>,
    /// Reports of other tools that were taken in.
    pub imports: Vec<Imported>,
}

/// Packages that were held against the policy on licences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LicenceTally {
    /// All of them, each version for itself.
    pub packages: usize,
    /// Those of which no file states a licence.
    pub unstated: usize,
    /// Those that state one in words that are no SPDX expression, or with a word in it that is no licence.
    pub unclear: usize,
}

impl Scan {
    /// Sorts findings and comments by path and place, so that parallel scans give the same.
    pub fn sort(&mut self) {
        self.findings.sort_by(|left, right| {
            let key = |finding: &Finding| (Arc::clone(&finding.location.path), finding.location.span, finding.check.id);
            key(left).cmp(&key(right))
        });
        self.marks.sort_by_key(|mark| (Arc::clone(&mark.location.path), mark.location.span));
    }
}
