//! Fixes as they are shown: the edits as a diff, and above each the findings that it removes.

mod human;
pub(crate) mod patch;

use std::io;

use palisade_checks::FixedFile;
use palisade_model::{Edit, Finding, Span};
use serde::Serialize;

use crate::Style;
use crate::json;

pub use human::without;
pub use patch::write as write_patch;

/// What is shown.
pub struct FixReport<'a> {
    /// The target, in the user's words.
    pub target: &'a str,
    /// Every file that was looked at for fixes.
    pub files: &'a [FixedFile],
    /// Files that could not be read or written, and why.
    pub failed: &'a [(String, String)],
    /// Whether the files were written.
    pub written: bool,
    /// Open findings that have no fix.
    pub unfixable: usize,
    /// Open findings whose fix may change behaviour, when those were not asked for.
    pub withheld: usize,
    /// Open findings that go when a package manager writes their lock file anew, which was not asked for.
    pub raisable: usize,
    /// Fixes that a person was offered and did not take.
    pub declined: usize,
    /// The spans of a text that no output may show.
    pub hidden: &'a dyn Fn(&str, &[u8]) -> Vec<Span>,
}

impl FixReport<'_> {
    /// The files that change.
    fn changed(&self) -> impl Iterator<Item = &FixedFile> {
        self.files.iter().filter(|file| file.before != file.after)
    }
}

/// Writes the fixes for people.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_human(report: &FixReport<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(human::render(report, style).as_bytes())
}

/// Writes the fixes for programs. Offsets of edits are bytes in the text that the finding was made in: of later
/// rounds, the text after the earlier ones. To apply them, take the patch.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_json(report: &FixReport<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let file_out = |file: &FixedFile| FileOut {
        path: file.path.to_string(),
        fixed: file.fixed.iter().map(|fixed| FixedOut::of(&fixed.finding, file)).collect(),
        refused: file
            .refused
            .iter()
            .map(|refused| RefusedOut { reason: refused.reason.clone(), fix: FixedOut::of(&refused.finding, file) })
            .collect(),
    };
    let document = Document {
        schema: "palisade.fix/1",
        target: report.target,
        written: report.written,
        files: report
            .files
            .iter()
            .filter(|file| !file.fixed.is_empty() || !file.refused.is_empty())
            .map(file_out)
            .collect(),
        failed: report.failed.iter().map(|(path, reason)| FailedOut { path, reason }).collect(),
        unfixable: report.unfixable,
        withheld: report.withheld,
        raisable: report.raisable,
    };
    json::write_pretty(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    target: &'a str,
    written: bool,
    files: Vec<FileOut>,
    failed: Vec<FailedOut<'a>>,
    unfixable: usize,
    withheld: usize,
    raisable: usize,
}

#[derive(Serialize)]
struct FileOut {
    path: String,
    fixed: Vec<FixedOut>,
    refused: Vec<RefusedOut>,
}

#[derive(Serialize)]
struct FixedOut {
    check: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    found_in: Option<String>,
    line: u32,
    message: String,
    title: String,
    safety: &'static str,
    edits: Vec<EditOut>,
}

#[derive(Serialize)]
struct RefusedOut {
    reason: String,
    #[serde(flatten)]
    fix: FixedOut,
}

#[derive(Serialize)]
struct EditOut {
    start: u32,
    end: u32,
    replacement: String,
}

#[derive(Serialize)]
struct FailedOut<'a> {
    path: &'a str,
    reason: &'a str,
}

impl FixedOut {
    fn of(finding: &Finding, file: &FixedFile) -> Self {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let edit_out =
            |edit: &Edit| EditOut { start: edit.span.start, end: edit.span.end, replacement: edit.replacement.clone() };
        Self {
            check: finding.check.id,
            severity: finding.severity.name(),
            found_in: (finding.location.path != file.path).then(|| finding.location.path.to_string()),
            line: finding.location.start.line,
            message: finding.message.clone(),
            title: finding.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default(),
            safety: finding.fix.as_ref().map_or("", |fix| json::safety(fix.safety)),
            edits: edits.map(edit_out).collect(),
        }
    }
}
