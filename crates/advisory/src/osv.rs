//! Advisories in the schema of OSV (<https://ossf.github.io/osv-schema/>), reduced to what matching and reports need.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Functions or packages inside of a package that are kept of a record.
const NAMES_MAX: usize = 100;

/// Letters of a summary that are kept.
const SUMMARY_MAX: usize = 200;

/// One advisory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// `GHSA-…`, `CVE-…`, `RUSTSEC-…`.
    pub id: String,
    /// When its text last changed, RFC 3339; empty when it does not say.
    #[serde(default)]
    pub modified: String,
    /// When it was taken back, if it was.
    #[serde(default)]
    pub withdrawn: Option<String>,
    /// Other names of the same fault.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Names of faults that a distribution's advisory carries the mends of.
    #[serde(default)]
    pub upstream: Vec<String>,
    /// Names of what it has to do with: distributions put the faults there that they mend.
    #[serde(default)]
    pub related: Vec<String>,
    /// One line.
    #[serde(default)]
    pub summary: String,
    /// The long text, of which the first line stands in for a missing summary.
    #[serde(default)]
    pub details: String,
    /// Scores.
    #[serde(default)]
    pub severity: Vec<Score>,
    /// The packages.
    #[serde(default)]
    pub affected: Vec<Affected>,
    /// Pages about it.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What the database adds.
    #[serde(default)]
    pub database_specific: Extra,
}

/// A score of a fault.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// `CVSS_V3`, `CVSS_V4`, `CVSS_V2`, `Ubuntu`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A vector, or a word.
    #[serde(default)]
    pub score: String,
}

/// A package of an advisory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Affected {
    /// Which; none for advisories that only name commits.
    #[serde(default)]
    pub package: Option<PackageName>,
    /// Scores for this package alone.
    #[serde(default)]
    pub severity: Vec<Score>,
    /// The versions at fault, from one to another.
    #[serde(default)]
    pub ranges: Vec<Range>,
    /// The versions at fault, one by one.
    #[serde(default)]
    pub versions: Vec<String>,
    /// What the ecosystem adds.
    #[serde(default)]
    pub ecosystem_specific: Extra,
    /// What the database adds.
    #[serde(default)]
    pub database_specific: Extra,
}

/// An ecosystem's name for a package.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageName {
    /// `npm`, `crates.io`, `Debian:12`.
    #[serde(default)]
    pub ecosystem: String,
    /// As the ecosystem writes it.
    #[serde(default)]
    pub name: String,
}

/// Versions from one to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// `SEMVER`, `ECOSYSTEM` or `GIT`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// In any order; the order of versions counts.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// A version at which something begins or ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The first version at fault; `0` stands for the very first.
    #[serde(default)]
    pub introduced: Option<String>,
    /// The first version without the fault.
    #[serde(default)]
    pub fixed: Option<String>,
    /// The last version at fault.
    #[serde(default)]
    pub last_affected: Option<String>,
    /// Where the range ends whatever else is said.
    #[serde(default)]
    pub limit: Option<String>,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// `ADVISORY`, `FIX`, `WEB`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Its address.
    #[serde(default)]
    pub url: String,
}

/// What databases and ecosystems add, as far as it is understood. Other shapes count as absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extra {
    /// A word for the severity: `LOW`, `MODERATE`, `HIGH`, `CRITICAL`; Rust's and others' scores elsewhere.
    #[serde(default, deserialize_with = "word")]
    pub severity: String,
    /// RustSec: `unmaintained`, `unsound`, `notice`.
    #[serde(default, deserialize_with = "word")]
    pub informational: String,
    /// RustSec: functions at fault.
    #[serde(default, deserialize_with = "names")]
    pub affected_functions: Vec<String>,
    /// RustSec: functions at fault, in its newer place.
    #[serde(default, deserialize_with = "names")]
    pub affects: Vec<String>,
    /// Go: packages at fault.
    #[serde(default, deserialize_with = "names")]
    pub imports: Vec<String>,
}

/// A text, or nothing where there is something else.
fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    if !from.is_human_readable() {
        return String::deserialize(from);
    }
    Ok(Value::deserialize(from)?.as_str().unwrap_or("").to_owned())
}

/// Names in a list, below `functions`, or in a list of what has a `path`.
fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    if !from.is_human_readable() {
        return Vec::deserialize(from);
    }
    let value = Value::deserialize(from)?;
    let list = value.get("functions").unwrap_or(&value).as_array().into_iter().flatten();
    let names = list.filter_map(|one| one.as_str().or_else(|| one.get("path")?.as_str()));
    Ok(names.take(NAMES_MAX).map(str::to_owned).collect())
}

/// Why a record was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// No record of this schema.
    #[error("not an advisory: {0}")]
    Schema(#[from] serde_json::Error),
    /// Without the name that everything hangs on.
    #[error("an advisory without `id`")]
    Unnamed,
}

impl Advisory {
    /// Reads one record.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(json: &[u8]) -> Result<Self, RecordError> {
        Self::named(serde_json::from_slice(json)?)
    }

    /// Reads one record that was written in another notation.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_value(value: serde_json::Value) -> Result<Self, RecordError> {
        Self::named(serde_json::from_value(value)?)
    }

    /// Whether it is about a fault that somebody could use. Distributions that follow Red Hat publish notices of other
    /// mends and of new features as well, as `RHBA-…` and `RHEA-…`; some of these mend a fault on the way.
    #[must_use]
    pub fn is_of_fault(&self) -> bool {
        let kind = self.id.split_once('-').and_then(|(kind, _)| kind.get(2..)).unwrap_or("");
        let mut names = self.aliases.iter().chain(&self.upstream).chain(&self.related);
        !matches!(kind, "BA" | "EA") || names.any(|name| name.starts_with("CVE-"))
    }

    /// Checks the name, and keeps of the texts what an index keeps: records have pages of them.
    fn named(mut advisory: Self) -> Result<Self, RecordError> {
        if advisory.id.is_empty() {
            return Err(RecordError::Unnamed);
        }
        let text = if advisory.summary.is_empty() { &advisory.details } else { &advisory.summary };
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
        let line = line.trim_start_matches(['#', ' ']);
        let end = line.char_indices().nth(SUMMARY_MAX).map_or(line.len(), |(at, _)| at);
        advisory.summary = line.get(..end).unwrap_or("").to_owned();
        advisory.details = String::new();
        let page = advisory.references.iter().find(|page| page.kind == "ADVISORY").or(advisory.references.first());
        advisory.references = page.cloned().into_iter().collect();
        Ok(advisory)
    }
}
