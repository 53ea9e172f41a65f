//! JUnit XML, for pipelines that show test reports.
//!
//! A check is a suite. Its findings are failed cases, those under exception are
//! skipped with their reason, `info` passes with a note, and a check without
//! findings is one passed case, so that the report shows what was looked for.
//! Files that could not be read are errors of the suite `coverage`. Attributes keep
//! to what Jenkins' schema knows, since some readers refuse the whole file otherwise;
//! a case's name is its place.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_model::{Finding, Severity};

use crate::ScanReport;
use crate::xml::escape;

#[derive(Default)]
struct Suite {
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// The whole document.
pub(crate) fn render(report: &ScanReport<'_>) -> String {
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    for check in report.checks {
        suites.insert(check.meta.id, Suite::default());
    }
    for finding in &report.scan.findings {
        push_finding(suites.entry(finding.check.id).or_default(), finding, report.state(finding));
    }
    for (id, suite) in suites.iter_mut().filter(|(_, suite)| suite.tests == 0) {
        suite.tests = 1;
        let _ = writeln!(suite.cases, "    <testcase classname=\"{id}\" name=\"no finding\" time=\"0\"/>");
    }
    push_coverage(suites.entry("coverage").or_default(), report);
    let total = |count: fn(&Suite) -> usize| suites.values().map(count).sum::<usize>();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"palisade\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">",
        total(|suite| suite.tests),
        total(|suite| suite.failures),
        total(|suite| suite.errors),
        report.duration.as_secs_f64()
    );
    for (id, suite) in &suites {
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\">",
            escape(id),
            suite.tests,
            suite.failures,
            suite.errors,
            suite.skipped
        );
        out.push_str(&suite.cases);
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn push_finding(suite: &mut Suite, finding: &Finding, state: Option<&str>) {
    let place = &finding.location;
    let path = escape(&place.path);
    let name = if place.path.is_empty() {
        "the whole target".to_owned()
    } else {
        format!("{path}:{}:{}", place.start.line, place.start.column)
    };
    suite.tests += 1;
    let _ = writeln!(suite.cases, "    <testcase classname=\"{}\" name=\"{name}\" time=\"0\">", finding.check.id);
    let message = escape(&finding.message);
    if let Some(note) = &finding.exception {
        suite.skipped += 1;
        let text = format!("{}: {} ({}, {}, until {})", note.id, note.reason, note.owner, note.ticket, note.expires);
        let _ = writeln!(suite.cases, "      <skipped message=\"{}\"/>", escape(&text));
    } else if state == Some("unchanged") {
        suite.skipped += 1;
        let _ = writeln!(suite.cases, "      <skipped message=\"there before: {message}\"/>");
    } else if finding.severity == Severity::Info {
        let _ = writeln!(suite.cases, "      <system-out>info: {message}</system-out>");
    } else {
        suite.failures += 1;
        let _ = writeln!(suite.cases, "      <failure type=\"{}\" message=\"{message}\">", finding.severity);
        push_excerpt(&mut suite.cases, finding);
        suite.cases.push_str("      </failure>\n");
    }
    suite.cases.push_str("    </testcase>\n");
}

fn push_excerpt(out: &mut String, finding: &Finding) {
    let _ = writeln!(out, "{}: {}", escape(finding.check.title), escape(&finding.message));
    if let Some(excerpt) = &finding.location.excerpt {
        for (number, line) in (excerpt.first_line..).zip(&excerpt.lines) {
            let _ = writeln!(out, "{number:>5} | {}", escape(&line.replace('\t', "    ")));
        }
    }
    if let Some(fix) = &finding.fix {
        let _ = writeln!(out, "fix: {}", escape(&fix.title));
    }
    let _ = writeln!(out, "palisade explain {}", finding.check.id);
}

fn push_coverage(suite: &mut Suite, report: &ScanReport<'_>) {
    let coverage = &report.scan.coverage;
    suite.tests += 1;
    let _ = writeln!(suite.cases, "    <testcase classname=\"coverage\" name=\"files read\" time=\"0\">");
    let _ = writeln!(
        suite.cases,
        "      <system-out>{} seen, {} read, {} read in part, {} skipped, {} not readable</system-out>",
        coverage.seen,
        coverage.parsed,
        coverage.partial.len(),
        coverage.skipped.len(),
        coverage.unreadable.len()
    );
    suite.cases.push_str("    </testcase>\n");
    for file in &coverage.unreadable {
        suite.tests += 1;
        suite.errors += 1;
        let path = escape(&file.path);
        let _ = writeln!(
            suite.cases,
            "    <testcase classname=\"coverage\" name=\"{path}\" time=\"0\">\n      \
             <error type=\"unreadable\" message=\"{}\"/>\n    </testcase>",
            escape(&file.reason)
        );
    }
}
