//! What a plan rests on: findings of a scan that was just made, or of one that was kept as JSON.

use std::collections::{BTreeMap, BTreeSet};

use palisade_checks::Scan;
use palisade_model::{Finding, Severity};
use serde::{Deserialize, Serialize};

use crate::BASELINE_BYTES_MAX;

/// Findings, and which checks looked for them.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub(super) found: Vec<Found>,
    pub(super) ran: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) check: String,
    pub(super) severity: Severity,
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) excepted: bool,
    pub(super) fixable: bool,
}

/// Why a document is no scan.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// Larger than any scan.
    #[error("larger than 256 MiB")]
    TooLarge,
    /// Not JSON, or without the members of a scan.
    #[error("not the JSON of a scan")]
    Json(#[source] serde_json::Error),
    /// The JSON of something else.
    #[error("its schema is `{0}`, not `palisade.scan/1`")]
    Schema(String),
}

/// What is wrong, for a ticket.
#[derive(Clone, Debug, Serialize)]
pub struct Gap {
    /// How many findings.
    pub findings: usize,
    /// In how many files.
    pub files: usize,
    /// How many of them `palisade fix` can mend.
    pub fixable: usize,
    /// The worst.
    pub worst: Severity,
    /// How many of each check, most first.
    pub checks: Vec<CheckCount>,
    /// The first places, worst first.
    pub places: Vec<PlaceOf>,
}

/// Findings of one check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckCount {
    /// Its id.
    pub check: String,
    /// How many.
    pub findings: usize,
}

/// One place.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceOf {
    /// The check.
    pub check: String,
    /// Path within the target; empty for the whole of it.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// How bad it is.
    pub severity: Severity,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    checks: Vec<CheckRow>,
    findings: Vec<Row>,
}

#[derive(Deserialize)]
struct CheckRow {
    id: String,
}

#[derive(Deserialize)]
struct Row {
    check: String,
    severity: Severity,
    location: Place,
    exception: Option<serde::de::IgnoredAny>,
    fix: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Place {
    path: String,
    start: Start,
}

#[derive(Deserialize)]
struct Start {
    line: u32,
}

impl Evidence {
    /// The evidence of a finished scan, by checks of these ids.
    #[must_use]
    pub fn of<'i>(scan: &Scan, ran: impl Iterator<Item = &'i str>) -> Self {
        let found = |finding: &Finding| Found {
            check: finding.check.id.to_owned(),
            severity: finding.severity,
            path: finding.location.path.to_string(),
            line: finding.location.start.line,
            excepted: finding.exception.is_some(),
            fixable: finding.fix.is_some(),
        };
        Self { found: scan.findings.iter().map(found).collect(), ran: ran.map(str::to_owned).collect() }
    }

    /// The evidence of a scan that was kept with `--format json`.
    ///
    /// # Errors
    /// [`ScanError`] for everything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, ScanError> {
        if bytes.len() > BASELINE_BYTES_MAX {
            return Err(ScanError::TooLarge);
        }
        let document: Document = serde_json::from_slice(bytes).map_err(ScanError::Json)?;
        if document.schema != "palisade.scan/1" {
            return Err(ScanError::Schema(document.schema));
        }
        let found = |row: Row| Found {
            check: row.check,
            severity: row.severity,
            path: row.location.path,
            line: row.location.start.line,
            excepted: row.exception.is_some(),
            fixable: row.fix.is_some(),
        };
        let ran = document.checks.into_iter().map(|check| check.id).collect();
        Ok(Self { found: document.findings.into_iter().map(found).collect(), ran })
    }
}

impl Found {
    pub(super) fn denies(&self) -> bool {
        super::severe(self.severity) || self.check.starts_with("secrets/")
    }
}

impl Gap {
    pub(super) fn of(open: &[&Found], shown: usize) -> Option<Self> {
        let worst = open.iter().map(|found| found.severity).max()?;
        let files: BTreeSet<&str> = open.iter().map(|found| found.path.as_str()).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for found in open {
            *counts.entry(&found.check).or_default() += 1;
        }
        let mut checks: Vec<CheckCount> =
            counts.into_iter().map(|(check, findings)| CheckCount { check: check.to_owned(), findings }).collect();
        checks.sort_by(|left, right| (right.findings, &left.check).cmp(&(left.findings, &right.check)));
        let mut ranked: Vec<&&Found> = open.iter().collect();
        ranked.sort_by_key(|found| (std::cmp::Reverse(found.severity), &found.path, found.line, &found.check));
        let place = |found: &&&Found| PlaceOf {
            check: found.check.clone(),
            path: found.path.clone(),
            line: found.line,
            severity: found.severity,
        };
        Some(Self {
            findings: open.len(),
            files: files.len(),
            fixable: open.iter().filter(|found| found.fixable).count(),
            worst,
            checks,
            places: ranked.iter().take(shown).map(place).collect(),
        })
    }
}
