//! One fault at one place.

use std::sync::Arc;

use serde::Serialize;

use crate::{Confidence, Date, Digest, Fingerprint, Fix, Meta, Position, Purl, Reach, Severity, Span, Timestamp};

/// A few source lines around a place, with secrets already masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines without line endings; long ones are cut.
    pub lines: Vec<String>,
}

/// A place in a target, complete without the file at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Path within the target, `/` between parts; parts of an archive follow a `!`.
    pub path: Arc<str>,
    /// Bytes in that file.
    pub span: Span,
    /// Where the span starts.
    pub start: Position,
    /// Where it ends (one past the last character).
    pub end: Position,
    /// Place in the structure of the file, independent of lines: `Deployment/web.spec.template`.
    pub structure: String,
    /// Hash of the text under the span, part of a finding's identity.
    pub content: Digest,
    /// Source lines to show.
    pub excerpt: Option<Excerpt>,
    /// The commit, for a place in history.
    pub commit: Option<String>,
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// Why it is shown.
    pub message: String,
}

/// Where in history a secret lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Commit that brought it, as hexadecimal id.
    pub first_commit: String,
    /// Last commit whose tree still held it.
    pub last_commit: String,
    /// Author date of the first commit.
    pub author_date: Date,
    /// Whether the newest tree still holds it.
    pub present: bool,
}

/// Whether a secret still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Validity {
    /// Its provider accepts it.
    Live,
    /// Its provider refuses it for good, or it says itself that its time is over.
    Revoked,
    /// It could not be checked.
    Unknown,
}

/// What was learned about a secret by asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Whether it still works.
    pub state: Validity,
    /// When that was learned.
    pub checked_at: Timestamp,
    /// Who said so, or why nobody did.
    pub detail: String,
}

/// The exception under which a finding stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionNote {
    /// Its `id` in `.palisade/exceptions.toml`.
    pub id: String,
    /// Who answers for it.
    pub owner: String,
    /// The ticket.
    pub ticket: String,
    /// Why it may stay.
    pub reason: String,
    /// Last day on which it holds (UTC).
    pub expires: Date,
    /// Why a fault of a package does not concern the target, in VEX's words; without one the risk is accepted.
    pub justification: Option<String>,
}

/// A fault of a package that advisories know, for whoever passes on what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFault {
    /// All its names; the one that people know first.
    pub names: Vec<String>,
    /// The package.
    pub package: Purl,
    /// What a VEX document states about it.
    pub statement: Option<StatementNote>,
    /// Whether code of the project imports the package; none where that is no question, as in images.
    pub reach: Option<Reach>,
}

/// What a VEX document states about a finding. It changes nothing by itself: an exception may rest on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementNote {
    /// The document, as the user named it.
    pub document: String,
    /// Whether it states that there is nothing to do: not affected, or fixed.
    pub clears: bool,
}

/// The version of a package that removes a finding, and how its lock file gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The package with the version that is named now.
    pub package: Purl,
    /// The version without the fault, and with the fewest others.
    pub to: String,
    /// The program that writes the lock file, and its arguments; none where no program is known to do so.
    pub command: Option<Vec<String>>,
}

/// One fault at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static Meta,
    /// How bad, which may differ from the check's usual severity.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong and why it matters, for a tired person.
    pub message: String,
    /// Stable identity.
    pub fingerprint: Fingerprint,
    /// Where.
    pub location: Location,
    /// More places.
    pub also: Vec<Related>,
    /// An edit that removes it.
    pub fix: Option<Fix>,
    /// For packages: the version that removes it.
    pub upgrade: Option<Box<Upgrade>>,
    /// Of a package with a known fault: which fault, and what is stated about it. No part of the identity.
    pub fault: Option<Box<PackageFault>>,
    /// Set by the gate when an exception in force covers the finding.
    pub exception: Option<ExceptionNote>,
    /// For secrets found in history.
    pub history: Option<History>,
    /// For secrets whose providers were asked, which only happens when the user wants it. No part of the identity.
    pub verification: Option<Verification>,
}

impl Finding {
    /// Whether it is a secret that its provider accepts today: the first thing to act on.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.verification.as_ref().is_some_and(|verification| verification.state == Validity::Live)
    }
}
