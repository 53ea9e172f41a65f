//! An earlier scan to compare with: what is new, what is gone, what is unchanged.
//!
//! Two questions, kept apart. A report asks whether a finding was there before. A
//! gate asks whether that excuses it, which is asked of less: no secret is excused,
//! and nothing that an exception was needed for when the baseline was made.
//! A baseline only ever takes reasons away, so it is read strictly. Fingerprints
//! hold the check and the path, so a baseline of another repository excuses nothing.

use std::collections::BTreeSet;

use palisade_checks::Mark;
use palisade_model::{Finding, Fingerprint};
use serde::Deserialize;

use crate::exceptions::Exceptions;

/// Largest document that is read.
pub const BASELINE_BYTES_MAX: usize = 256 << 20;

/// Why a document is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// Over [`BASELINE_BYTES_MAX`].
    #[error("larger than 256 MiB")]
    TooLarge,
    /// Not JSON, or without the members of a scan.
    #[error("not the JSON of a scan")]
    Json(#[source] serde_json::Error),
    /// The JSON of something else.
    #[error("its schema is `{0}`, not `palisade.scan/1`")]
    Schema(String),
    /// A finding with something else in place of a fingerprint.
    #[error("finding {0} has no valid fingerprint")]
    Fingerprint(usize),
}

/// The findings of an earlier scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    before: BTreeSet<Fingerprint>,
    excused: BTreeSet<Fingerprint>,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    findings: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    check: String,
    fingerprint: String,
    exception: Option<serde::de::IgnoredAny>,
}

impl Baseline {
    /// Reads the JSON output of a scan.
    ///
    /// # Errors
    /// [`BaselineError`] for everything else, so that a broken file never excuses anything.
    pub fn parse(bytes: &[u8]) -> Result<Self, BaselineError> {
        if bytes.len() > BASELINE_BYTES_MAX {
            return Err(BaselineError::TooLarge);
        }
        let document: Document = serde_json::from_slice(bytes).map_err(BaselineError::Json)?;
        if document.schema != "palisade.scan/1" {
            return Err(BaselineError::Schema(document.schema));
        }
        let mut baseline = Self::default();
        for (at, row) in document.findings.into_iter().enumerate() {
            let print = Fingerprint::parse(&row.fingerprint).ok_or(BaselineError::Fingerprint(at + 1))?;
            baseline.before.insert(print);
            if row.exception.is_none() && may_be_excused(&row.check) {
                baseline.excused.insert(print);
            }
        }
        Ok(baseline)
    }

    /// The baseline that a scan of an earlier revision gives. It does not excuse what the exceptions of that
    /// revision cover or covered until their date.
    #[must_use]
    pub fn of(findings: &[Finding], marks: &[Mark], exceptions: &Exceptions) -> Self {
        let open = findings.iter().filter(|finding| {
            finding.exception.is_none() && may_be_excused(finding.check.id) && !exceptions.ever_covered(finding, marks)
        });
        Self {
            before: findings.iter().map(|finding| finding.fingerprint).collect(),
            excused: open.map(|finding| finding.fingerprint).collect(),
        }
    }

    /// Everything that was found then.
    #[must_use]
    pub fn before(&self) -> &BTreeSet<Fingerprint> {
        &self.before
    }

    /// Whether a finding was not there before.
    #[must_use]
    pub fn is_new(&self, finding: &Finding) -> bool {
        !self.before.contains(&finding.fingerprint)
    }

    /// Whether a gate that asks only about new findings lets this one be.
    #[must_use]
    pub fn excuses(&self, finding: &Finding) -> bool {
        may_be_excused(finding.check.id) && self.excused.contains(&finding.fingerprint)
    }

    /// How many findings of the baseline are gone.
    #[must_use]
    pub fn gone(&self, findings: &[Finding]) -> usize {
        let now: BTreeSet<Fingerprint> = findings.iter().map(|finding| finding.fingerprint).collect();
        self.before.iter().filter(|print| !now.contains(print)).count()
    }
}

/// A leaked secret is as leaked in old code as in new, and faults of exceptions are about now.
fn may_be_excused(check: &str) -> bool {
    !matches!(check.split('/').next(), Some("secrets" | "exceptions"))
}
