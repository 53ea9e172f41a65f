//! A finished scan as text: for a terminal, a pull request, a pipeline, an auditor.
//!
//! Rendering is pure: the same scan gives the same bytes, and nothing here reads
//! files, the clock or the environment. Whatever came from the target (paths,
//! names, source lines) is hostile until it is escaped for the format at hand.

mod catalogue;
mod decision;
mod explain;
mod fixes;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod narrow;
mod page;
mod plan;
mod sarif;
mod sbom;
mod style;
mod tally;
mod text;
mod vex;
mod xml;

use serde::Serialize;
use std::collections::BTreeSet;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use palisade_checks::{Check, Scan};
use palisade_model::{Finding, Fingerprint};

pub use catalogue::{write_checks, write_checks_json};
pub use decision::{DecisionReport, Recorded, write_decision};
pub use explain::{write_explanation, write_explanation_json};
pub use fixes::{FixReport, without, write_human as write_fixes, write_json as write_fixes_json, write_patch};
pub use narrow::write_narrowing;
pub use plan::{PlanFormat, UnknownPlanFormat, write_plan, write_ticket};
pub use sbom::{DiffFormat, DiffSide, Sbom, SbomDiff, SbomFormat, UnknownSbomFormat, write_sbom, write_sbom_diff};
pub use style::Style;
pub use text::visible;
pub use vex::{VexFormat, VexReport, VexRow, write_vex};

/// Version of the tool that reports carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The JSON Schema of the `json` format.
pub const SCAN_SCHEMA: &str = include_str!("../../../docs/schema/palisade.scan-1.json");

/// The text formats of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// The contract: `palisade.scan/1`.
    Json,
    /// SARIF 2.1.0, for code scanning services.
    Sarif,
    /// JUnit XML, for test reports.
    Junit,
    /// Workflow commands that GitHub Actions turns into annotations.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// A pull request comment.
    Markdown,
    /// One self-contained page.
    Html,
}

/// A word that is no format.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a format; one of human, json, sarif, junit, github, gitlab, markdown, html is")]
pub struct UnknownFormat(String);

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Format; 8] =
        [Self::Human, Self::Json, Self::Sarif, Self::Junit, Self::Github, Self::Gitlab, Self::Markdown, Self::Html];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// What was looked at, in the user's words.
#[derive(Clone, Debug)]
pub struct Target {
    /// `directory`, `git-range`, `git-history`, `archive`, `stdin`.
    pub kind: String,
    /// As given on the command line.
    pub path: String,
    /// What a page of its own calls it, read far from where `.` meant something: the directory's name, or the path.
    pub name: String,
    /// For a container image: which one.
    pub image: Option<ImageTarget>,
}

/// A container image.
#[derive(Clone, Debug, Serialize)]
pub struct ImageTarget {
    /// Digest of its manifest.
    pub digest: String,
    /// What it runs on: `linux/amd64`.
    pub platform: String,
    /// Digests of its layers, lowest first.
    pub layers: Vec<String>,
}

/// A scan and what is said about it.
#[derive(Clone, Debug)]
pub struct ScanReport<'a> {
    /// What was looked at.
    pub target: Target,
    /// Findings and coverage.
    pub scan: &'a Scan,
    /// The checks that ran.
    pub checks: &'a [&'static Check],
    /// How long it took.
    pub duration: Duration,
    /// What the findings are compared with, if anything.
    pub baseline: Option<Baseline<'a>>,
}

/// An earlier state that the findings are compared with.
#[derive(Clone, Debug)]
pub struct Baseline<'a> {
    /// A file or a revision, in the user's words.
    pub name: String,
    /// Findings that were there before.
    pub before: &'a BTreeSet<Fingerprint>,
    /// How many of those before are gone.
    pub gone: usize,
}

impl<'a> ScanReport<'a> {
    /// Findings that ask for something: under no exception and, against a baseline, new.
    pub(crate) fn open(&self) -> impl Iterator<Item = &'a Finding> {
        let before = self.baseline.as_ref().map(|baseline| baseline.before);
        self.scan.findings.iter().filter(move |finding| {
            finding.exception.is_none() && !before.is_some_and(|before| before.contains(&finding.fingerprint))
        })
    }

    /// Secrets that were there before and still are: a report of what is new leaves them out, a gate does not.
    pub(crate) fn old_secrets(&self) -> usize {
        let old = |finding: &&Finding| finding.check.family() == "secrets" && self.state(finding) == Some("unchanged");
        self.scan.findings.iter().filter(old).filter(|finding| finding.exception.is_none()).count()
    }

    /// `new` or `unchanged`, against a baseline.
    pub(crate) fn state(&self, finding: &Finding) -> Option<&'static str> {
        let baseline = self.baseline.as_ref()?;
        Some(if baseline.before.contains(&finding.fingerprint) { "unchanged" } else { "new" })
    }
}

/// Writes the report in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(format: Format, report: &ScanReport<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Human => out.write_all(human::render(report, style).as_bytes()),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => out.write_all(junit::render(report).as_bytes()),
        Format::Github => out.write_all(github::render(report).as_bytes()),
        Format::Gitlab => gitlab::write(report, out),
        Format::Markdown => out.write_all(markdown::render(report).as_bytes()),
        Format::Html => out.write_all(html::render(report).as_bytes()),
    }
}

/// The report as text.
#[must_use]
pub fn render(format: Format, report: &ScanReport<'_>, style: &Style) -> String {
    let mut bytes = Vec::new();
    match write(format, report, style, &mut bytes) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(), // writing to memory does not fail
    }
}
