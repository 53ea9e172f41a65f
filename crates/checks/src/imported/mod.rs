//! Reports of other scanners become findings, under the same exceptions and gates as our own.
//!
//! Each file reads one format into [`Run`]s; `settle.rs` gives their results places and identities. It refuses what it
//! does not know and what it cannot read to the end: a report that is half read would pass for a clean one. Nothing of
//! a report's excerpts is kept, because they may hold a secret's value.

mod cyclonedx;
mod grype;
mod kinds;
mod lenient;
mod npm;
mod packages;
mod pip;
mod place;
mod sarif;
mod settle;
mod trivy;
mod zap;

pub mod licence;
pub mod misconfiguration;
pub mod result;
pub mod secret;
pub mod web_alert;

use palisade_model::{Confidence, Digest, Purl, Severity};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Check;

pub use settle::{Imported, Report, Sources};

/// The family's checks.
pub static CHECKS: &[&Check] =
    &[&licence::CHECK, &misconfiguration::CHECK, &result::CHECK, &secret::CHECK, &web_alert::CHECK];

/// Reports above this are refused; the largest in the wild, of whole images in SARIF, stay below 100 MiB.
pub const REPORT_BYTES_MAX: u64 = 256 << 20;

/// Results of one report above this are refused, not cut: nobody would read them, and a part would pass for all.
pub const RESULTS_MAX: usize = 200_000;

/// Characters of a message that are kept.
const TEXT_CHARACTERS_MAX: usize = 300;

/// Characters of a rule's, a tool's or a thing's name that are kept.
const NAME_CHARACTERS_MAX: usize = 120;

/// The formats that are known, for whoever brings another.
pub const FORMATS: &str = "SARIF 2.1.0, and the JSON of Trivy, Grype, CycloneDX with vulnerabilities, npm audit, \
                           pip-audit and OWASP ZAP";

/// What one tool told of one thing.
#[derive(Debug, Default)]
pub struct Run {
    /// The tool's own name, as it writes it.
    pub tool: String,
    /// Its version; empty where the report does not tell.
    pub version: String,
    /// When it ran, as the report writes it.
    pub created: Option<String>,
    /// Results that the report holds.
    pub results: usize,
    /// Results that tell of no fault: tests that passed, faults that are gone.
    pub passed: usize,
    /// What the reader of the coverage should know.
    pub notes: Vec<String>,
    /// What was looked at where it is no folder: an image, an address.
    artifact: String,
    /// Whether the paths are those of an image, not of the target.
    foreign: bool,
    items: Vec<Item>,
}

/// One result.
#[derive(Debug)]
struct Item {
    kind: Kind,
    rule: String,
    text: String,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    path: String,
    region: Region,
    /// Where in the structure: a resource, a function.
    logical: String,
    /// The tool's own identity of the result, or what stands in for one; no line numbers.
    stable: Option<Digest>,
    /// What the tool says about whether it matters: suppressed, not affected.
    note: String,
}

/// What a result tells of.
#[derive(Debug)]
enum Kind {
    Result,
    Secret,
    Misconfiguration,
    Licence,
    WebAlert,
    Package(Box<Vulnerable>),
}

/// A vulnerability of a package.
#[derive(Debug)]
struct Vulnerable {
    purl: Purl,
    /// Empty where the report does not tell.
    version: String,
    /// Every name of the vulnerability, the tool's first.
    names: Vec<String>,
    fixed: Option<String>,
}

/// Lines and columns from 1; 0 where the report does not tell.
#[derive(Clone, Copy, Debug, Default)]
struct Region {
    start: (u32, u32),
    end: (u32, u32),
}

impl Item {
    fn new(kind: Kind, rule: &str, text: &str) -> Self {
        Self {
            kind,
            rule: cut(rule, NAME_CHARACTERS_MAX),
            text: cut(text, TEXT_CHARACTERS_MAX),
            severity: None,
            confidence: None,
            path: String::new(),
            region: Region::default(),
            logical: String::new(),
            stable: None,
            note: String::new(),
        }
    }
}

impl Run {
    fn new(tool: &str, version: &str) -> Self {
        Self { tool: cut(tool, NAME_CHARACTERS_MAX), version: cut(version, NAME_CHARACTERS_MAX), ..Self::default() }
    }

    /// Adds a result.
    fn tell(&mut self, item: Item) {
        self.results += 1;
        self.items.push(item);
    }

    /// Notes what there is some number of.
    fn note(&mut self, count: usize, what: &str) {
        if count > 0 {
            self.notes.push(format!("{count} {what}"));
        }
    }
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no JSON, or breaks off.
    #[error("is no whole JSON document")]
    Json(#[source] serde_json::Error),
    /// It is JSON of some other kind.
    #[error("is in none of the formats that are read: {FORMATS}")]
    Unknown,
    /// A field is missing or of another type than its format says.
    #[error("does not follow its format, {0}")]
    Format(&'static str, #[source] serde_json::Error),
    /// The tool says that it failed.
    #[error("tells of a run of {0} that failed, so that what it lacks may be there")]
    Failed(String),
    /// More than [`RESULTS_MAX`].
    #[error("holds more than {RESULTS_MAX} results")]
    Results,
}

/// The keys at the top of a document that tell the formats apart.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Probe {
    runs: Option<IgnoredAny>,
    #[serde(rename = "SchemaVersion")]
    trivy_schema: Option<IgnoredAny>,
    #[serde(rename = "Results")]
    trivy_results: Option<IgnoredAny>,
    #[serde(rename = "ArtifactName")]
    trivy_artifact: Option<IgnoredAny>,
    matches: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
    advisories: Option<IgnoredAny>,
    #[serde(rename = "auditReportVersion")]
    npm: Option<IgnoredAny>,
    dependencies: Option<IgnoredAny>,
    metadata: Option<IgnoredAny>,
    site: Option<IgnoredAny>,
    #[serde(rename = "@version")]
    zap: Option<IgnoredAny>,
}

/// Reads a report, whichever it is.
///
/// # Errors
/// [`ImportError`] where it is not understood to its end.
pub fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let runs = if first == Some(&b'[') {
        // The only list at the top that is read: pip-audit's before 2.0. Older ones of Trivy do not say what they are.
        pip::read_list(bytes)?
    } else {
        let probe: Probe = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => ImportError::Unknown,
            _ => ImportError::Json(error),
        })?;
        if probe.runs.is_some() {
            sarif::read(bytes)?
        } else if probe.trivy_results.is_some() || (probe.trivy_schema.is_some() && probe.trivy_artifact.is_some()) {
            trivy::read(bytes)?
        } else if probe.bom.is_some() && probe.vulnerabilities.is_some() {
            cyclonedx::read(bytes)?
        } else if probe.matches.is_some() {
            grype::read(bytes)?
        } else if probe.npm.is_some() && probe.vulnerabilities.is_some() {
            npm::read(bytes)?
        } else if probe.advisories.is_some() && probe.metadata.is_some() {
            npm::read_first(bytes)?
        } else if probe.site.is_some() && probe.zap.is_some() {
            zap::read(bytes)?
        } else if probe.dependencies.is_some() {
            pip::read(bytes)?
        } else {
            return Err(ImportError::Unknown);
        }
    };
    match runs.iter().map(|run| run.results).sum::<usize>() {
        0..=RESULTS_MAX => Ok(runs),
        _ => Err(ImportError::Results),
    }
}

/// Reads a document in a format.
fn parse<'b, T: Deserialize<'b>>(bytes: &'b [u8], format: &'static str) -> Result<T, ImportError> {
    serde_json::from_slice(bytes).map_err(|error| ImportError::Format(format, error))
}

/// A text from outside on one line and no longer than will be read.
fn cut(text: &str, characters_max: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
            count += 1;
        }
        for character in word.chars() {
            if count >= characters_max {
                out.push('…');
                return out;
            }
            out.push(character);
            count += 1;
        }
    }
    out
}

/// A tool's word for how bad it is; none where it says that it does not know.
fn severity(word: &str) -> Option<Severity> {
    Some(match word.to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" | "important" => Severity::High,
        "moderate" | "medium" => Severity::Medium,
        "low" | "minor" => Severity::Low,
        "info" | "informational" | "negligible" | "none" => Severity::Info,
        _ => return None,
    })
}

/// The severity of a score of CVSS.
fn scored(score: f64) -> Option<Severity> {
    Some(match score {
        9.0..=10.0 => Severity::Critical,
        7.0..9.0 => Severity::High,
        4.0..7.0 => Severity::Medium,
        0.1..4.0 => Severity::Low,
        0.0..0.1 => Severity::Info,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_unknown_or_broken_is_refused() {
        let shown = |text: &str| {
            let error = read(text.as_bytes()).unwrap_err();
            format!("{error}")
        };
        for text in ["{}", "{\"results\": []}", "7", "{\"bomFormat\": \"CycloneDX\"}", "[{\"Target\": \"a\"}]"] {
            let message = shown(text);
            assert!(message.contains("SARIF") || message.contains("pip-audit"), "{text}: {message}");
        }
        for text in ["", "{\"runs\": [", "{\"runs\": []} x", &format!("{{\"runs\": {}", "[".repeat(100_000))] {
            assert_eq!(shown(text), "is no whole JSON document");
        }
        assert!(shown("{\"runs\": 7}").contains("SARIF"));
        assert!(shown("{\"Results\": {}, \"SchemaVersion\": 2}").contains("Trivy"));
    }

    #[test]
    fn texts_are_cut_and_folded() {
        assert_eq!(cut(" a\n  b ", 9), "a b");
        assert_eq!(cut("abcdef", 3), "abc…");
        assert_eq!(cut("ab cdef", 3), "ab …");
    }

    #[test]
    fn scores_are_those_of_cvss() {
        let words: Vec<_> = [9.8, 7.0, 6.9, 0.1, 0.0, 11.0, f64::NAN].map(scored).into_iter().collect();
        use Severity::{Critical, High, Info, Low, Medium};
        assert_eq!(words, [Some(Critical), Some(High), Some(Medium), Some(Low), Some(Info), None, None]);
    }
}
