//! Workflow commands that GitHub Actions shows as annotations beside the code.
//!
//! GitHub keeps the first ten errors, ten warnings and ten notices of a step, so
//! the worst come first and the rest is counted in one line of the log.

use std::cmp::Reverse;
use std::fmt::Write as _;

use palisade_model::{Finding, Severity};

use crate::ScanReport;
use crate::tally::Tally;
use crate::text::{count, shorten, visible};

/// What GitHub keeps of each kind for one step.
const PER_KIND_MAX: usize = 10;
/// Annotations longer than this are cut.
const MESSAGE_CHARACTERS_MAX: usize = 2_000;

/// The commands, then a summary line.
pub(crate) fn render(report: &ScanReport<'_>) -> String {
    let mut out = String::new();
    let mut open: Vec<&Finding> = report.open().collect();
    open.sort_by_key(|finding| Reverse((finding.severity, finding.is_live(), finding.confidence)));
    let mut told = 0;
    for kind in ["error", "warning", "notice"] {
        for finding in open.iter().filter(|finding| self::kind(finding.severity) == kind).take(PER_KIND_MAX) {
            push(&mut out, kind, finding);
            told += 1;
        }
    }
    let tally = Tally::of(report);
    let coverage = &report.scan.coverage;
    let _ = write!(out, "palisade: {}", count(tally.total(), "finding", "findings"));
    if tally.total() > 0 {
        let _ = write!(out, " ({})", tally.sentence());
    }
    let unread = coverage.partial.len() + coverage.unreadable.len();
    let _ = write!(out, " in {}", count(coverage.seen, "file", "files"));
    if unread > 0 {
        let _ = write!(out, ", {unread} not read to the end");
    }
    if tally.excepted > 0 {
        let _ = write!(out, ", {} under exception", tally.excepted);
    }
    if open.len() > told {
        let _ = write!(out, "; {} more than GitHub annotates, --format sarif has them all", open.len() - told);
    }
    out.push('\n');
    out
}

fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

fn push(out: &mut String, kind: &str, finding: &Finding) {
    let place = &finding.location;
    let _ = write!(out, "::{kind} ");
    if !place.path.is_empty() {
        let _ = write!(out, "file={},line={}", property(&place.path), place.start.line);
        if place.end.line > place.start.line {
            let _ = write!(out, ",endLine={}", place.end.line);
        } else {
            // Columns only hold within one line.
            let end = place.end.column.max(place.start.column + 1) - 1;
            let _ = write!(out, ",endLine={},col={},endColumn={end}", place.end.line, place.start.column);
        }
        out.push(',');
    }
    let title = format!("{}: {}", finding.severity, finding.check.id);
    let mut text = shorten(&finding.message, MESSAGE_CHARACTERS_MAX).into_owned();
    if let Some(fix) = &finding.fix {
        let _ = write!(text, "\nfix: {}", fix.title);
    }
    let _ = writeln!(out, "title={}::{}", property(&title), data(&text));
}

/// Text after the `::`. The runner decodes `%25`, `%0D` and `%0A` and nothing else.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    // The runner's older commands start with `##[` anywhere in a line.
    lines.join("%0A").replace("##[", "# #[")
}

/// A property before the `::`.
fn property(text: &str) -> String {
    // The runner must find the file, so line ends are encoded and not spelled out.
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            other => out.push_str(&visible(other.encode_utf8(&mut [0; 4]))),
        }
    }
    out.replace("##[", "# #[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_property_or_starts_a_command() {
        assert_eq!(property("a:b,c%0A\r\n##[x]\u{1b}"), "a%3Ab%2Cc%250A%0D%0A# #[x]\\u{1b}");
        assert_eq!(data("100% of\n::error::x\r"), "100%25 of%0A::error::x\\r");
    }
}
