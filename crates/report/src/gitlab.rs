//! GitLab's code quality report: what the merge request widget reads.
//!
//! Findings under exception are left out, since the format cannot say so.

use std::collections::HashMap;
use std::io;

use palisade_model::Severity;
use serde::Serialize;

use crate::ScanReport;
use crate::json::write_pretty;
use crate::text::visible;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the array.
pub(crate) fn write(report: &ScanReport<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let issues: Vec<Issue<'_>> = report
        .scan
        .findings
        .iter()
        .filter(|finding| finding.exception.is_none())
        .map(|finding| {
            let place = &finding.location;
            let mut fingerprint = finding.fingerprint.to_string();
            // GitLab wants each fingerprint once; a secret that stands in two places has one of ours.
            let twin = seen.entry(fingerprint.clone()).or_default();
            *twin += 1;
            if *twin > 1 {
                fingerprint = format!("{fingerprint}-{twin}");
            }
            Issue {
                description: format!("{}: {}", visible(finding.check.title), visible(&finding.message)),
                check_name: finding.check.id,
                fingerprint,
                severity: severity(finding.severity),
                location: Place {
                    path: if place.path.is_empty() { "." } else { &place.path },
                    lines: Lines { begin: place.start.line, end: place.end.line.max(place.start.line) },
                },
            }
        })
        .collect();
    write_pretty(&issues, out)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
