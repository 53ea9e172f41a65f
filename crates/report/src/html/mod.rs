//! One self-contained page: no request leaves it, and it works without a mouse.
//!
//! The page's own policy lets only its one style sheet and its one script run,
//! named by hash, so that nothing from the target could run even if it were not
//! escaped. Without the script everything is still there to read.

mod finding;
mod page;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::{ExceptionNote, Finding, Meta, Severity, Skipped};
use sha2::{Digest as _, Sha256};

use crate::human::package_lines;
use crate::tally::Tally;
use crate::text::{count, duration, thousands};
use crate::xml::escape;
use crate::{ScanReport, VERSION};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Checks with more findings start folded.
const UNFOLDED_MAX: usize = 12;
/// When a report has more findings, every check starts folded.
const UNFOLDED_TOTAL_MAX: usize = 150;
/// Files listed for each reason of not being read.
const FILES_LISTED_MAX: usize = 500;

/// The whole page.
pub(crate) fn render(report: &ScanReport<'_>) -> String {
    let tally = Tally::of(report);
    let mut out = String::with_capacity(64 << 10);
    push_head(&mut out, report, &tally);
    push_header(&mut out, report, &tally);
    out.push_str("<main class=\"wrap\">\n");
    push_findings(&mut out, report, &tally);
    push_exceptions(&mut out, report);
    push_coverage(&mut out, report);
    push_checks(&mut out, report);
    let _ = write!(
        out,
        "</main>\n<footer class=\"wrap\">Palisade {VERSION}. <code>palisade explain ID</code> prints a check's page.\
         </footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    );
    out
}

pub(crate) fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn push_head(out: &mut String, report: &ScanReport<'_>, tally: &Tally) {
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Palisade: {} in {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#findings\">To the findings</a>\n",
        hash(STYLE),
        hash(SCRIPT),
        count(tally.total(), "finding", "findings"),
        escape(&report.target.name),
    );
}

fn push_header(out: &mut String, report: &ScanReport<'_>, tally: &Tally) {
    let new = if report.baseline.is_some() { "new " } else { "" };
    let headline = match tally.total() {
        0 if report.scan.coverage.seen == 0 => "There was nothing to look at".to_owned(),
        0 => format!("No {new}faults found"),
        1 => format!("1 {new}finding"),
        total => format!("{} {new}findings", thousands(total)),
    };
    let _ = write!(
        out,
        "<header class=\"wrap\">\n<h1>{headline}</h1>\n<p class=\"lead\">Palisade looked at {} <code>{}</code></p>\n\
         <ul class=\"tiles\">\n",
        escape(&report.target.kind),
        escape(&report.target.name)
    );
    for (severity, number) in Severity::ALL.iter().zip(tally.open) {
        let none = if number == 0 { " none" } else { "" };
        let _ = writeln!(out, "<li class=\"{severity}{none}\"><b>{}</b>{severity}</li>", thousands(number));
    }
    out.push_str("</ul>\n<ul class=\"facts\">\n");
    let coverage = &report.scan.coverage;
    let gone = report.baseline.as_ref().map_or(0, |baseline| baseline.gone);
    let facts = [
        (coverage.seen, "files seen"),
        (coverage.parsed, "read"),
        (coverage.partial.len(), "read in part"),
        (coverage.unreadable.len(), "not readable"),
        (coverage.skipped.len(), "skipped"),
        (tally.excepted, "under exception"),
        (tally.unchanged, "there before"),
        (gone, "gone"),
        (report.checks.len(), "checks"),
    ];
    for (number, words) in facts.into_iter().filter(|(number, _)| *number > 0) {
        let _ = write!(out, "<li><b>{}</b> {words}</li>", thousands(number));
    }
    let _ = writeln!(out, "<li>in <b>{}</b></li>\n</ul>\n</header>", duration(report.duration));
}

fn push_findings(out: &mut String, report: &ScanReport<'_>, tally: &Tally) {
    out.push_str("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>\n");
    let mut groups: BTreeMap<(Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.scan.findings {
        groups.entry((Reverse(finding.severity), finding.check.id)).or_default().push(finding);
    }
    if groups.is_empty() {
        out.push_str("<p class=\"empty\">Nothing. What was looked at stands under Coverage.</p>\n</section>\n");
        return;
    }
    push_filter(out, report, tally);
    let all_folded = report.scan.findings.len() > UNFOLDED_TOTAL_MAX;
    for ((Reverse(severity), id), findings) in groups {
        let Some(check) = findings.first().map(|finding| finding.check) else { continue };
        let open = if all_folded || findings.len() > UNFOLDED_MAX { "" } else { " open" };
        let _ = write!(
            out,
            "<details class=\"check {severity}\" data-severity=\"{severity}\" data-family=\"{}\"{open}>\n\
             <summary><span class=\"badge\">{severity}</span><span class=\"name\"><h3>{}</h3>\
             <code class=\"id\">{id}</code></span><span class=\"count\">{}</span></summary>\n<div class=\"body\">\n",
            check.family(),
            escape(check.title),
            thousands(findings.len()),
        );
        push_page(out, check);
        for finding in findings {
            finding::push(out, report, finding);
        }
        out.push_str("</div>\n</details>\n");
    }
    out.push_str(
        "<p class=\"empty\" id=\"none\" hidden>Nothing matches. Search for fewer words, or take a filter away.</p>\n</section>\n",
    );
}

fn push_filter(out: &mut String, report: &ScanReport<'_>, tally: &Tally) {
    out.push_str(
        "<form class=\"filter\" id=\"filter\" role=\"search\" aria-label=\"Filter findings\" hidden>\n\
         <input type=\"search\" id=\"words\" placeholder=\"Search paths, words, checks\" \
         aria-label=\"Search\" title=\"press / to search\">\n<fieldset><legend>Severity</legend>",
    );
    let severities: BTreeSet<_> = report.scan.findings.iter().map(|finding| Reverse(finding.severity)).collect();
    for Reverse(severity) in severities {
        let _ = write!(
            out,
            "<label class=\"{severity}\"><input type=\"checkbox\" value=\"{severity}\" checked>{severity}</label>"
        );
    }
    out.push_str("</fieldset>\n<select id=\"family\" aria-label=\"Family\"><option value=\"\">every family</option>");
    let families: BTreeSet<_> = report.scan.findings.iter().map(|finding| finding.check.family()).collect();
    for family in families {
        let _ = write!(out, "<option>{family}</option>");
    }
    let one = if tally.excepted + tally.unchanged == 0 { " hidden" } else { "" };
    let _ = write!(
        out,
        "</select>\n<select id=\"state\" aria-label=\"State\"{one}><option value=\"\">every state</option>"
    );
    let states = [
        ("open", "open", tally.total()),
        ("excepted", "under exception", tally.excepted),
        ("unchanged", "there before", tally.unchanged),
    ];
    for (state, words, _) in states.into_iter().filter(|(_, _, number)| *number > 0) {
        let _ = write!(out, "<option value=\"{state}\">{words}</option>");
    }
    out.push_str(
        "</select>\n<button type=\"button\" id=\"fold\">Fold all</button>\n\
         <p id=\"shown\" role=\"status\"></p>\n</form>\n",
    );
}

fn push_page(out: &mut String, check: &Meta) {
    out.push_str("<details class=\"more\"><summary>Why it matters and what to do</summary>\n<div class=\"page\">\n");
    page::push(out, check.page);
    let tags: Vec<String> = check
        .controls
        .iter()
        .chain(check.maps)
        .map(|tag| format!("<span class=\"tag\">{}</span>", escape(tag)))
        .collect();
    let _ = writeln!(out, "<p>{}</p>\n</div>\n</details>", tags.join(" "));
}

/// Text with its code spans.
pub(crate) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (at, part) in parts.iter().enumerate() {
        let part = escape(part);
        let _ = match (at % 2 == 1, at + 1 == parts.len()) {
            (true, false) => write!(out, "<code>{part}</code>"),
            (true, true) => write!(out, "`{part}"), // one without a partner
            _ => write!(out, "{part}"),
        };
    }
    out
}

fn push_exceptions(out: &mut String, report: &ScanReport<'_>) {
    let mut notes: BTreeMap<&str, (&ExceptionNote, usize)> = BTreeMap::new();
    for note in report.scan.findings.iter().filter_map(|finding| finding.exception.as_ref()) {
        notes.entry(&note.id).or_insert((note, 0)).1 += 1;
    }
    if notes.is_empty() {
        return;
    }
    out.push_str(
        "<section aria-labelledby=\"exceptions\">\n<h2 id=\"exceptions\">Exceptions in force</h2>\n<div class=\"scroll\">\
         <table><thead><tr><th>Exception</th><th>Owner</th><th>Ticket</th><th>Reason</th><th>Until</th>\
         <th class=\"number\">Findings</th></tr></thead><tbody>\n",
    );
    for (id, (note, number)) in notes {
        let _ = writeln!(
            out,
            "<tr><td class=\"path\"><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td class=\"number\">{}</td></tr>",
            escape(id),
            escape(&note.owner),
            escape(&note.ticket),
            escape(&note.reason),
            note.expires,
            thousands(number)
        );
    }
    out.push_str("</tbody></table></div>\n</section>\n");
}

fn push_coverage(out: &mut String, report: &ScanReport<'_>) {
    let coverage = &report.scan.coverage;
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Coverage</h2>\n\
         <p>{}, each counted once: {} read to the end, {} in part, {} skipped on purpose, {} not readable.</p>",
        count(coverage.seen, "file", "files"),
        thousands(coverage.parsed),
        thousands(coverage.partial.len()),
        thousands(coverage.skipped.len()),
        thousands(coverage.unreadable.len())
    );
    for line in package_lines(report).iter().take(FILES_LISTED_MAX) {
        let _ = writeln!(out, "<p>{}</p>", escape(line));
    }
    push_files(out, "Not readable", &coverage.unreadable, " open");
    push_files(out, "Read in part", &coverage.partial, " open");
    push_files(out, "Skipped", &coverage.skipped, "");
    out.push_str("</section>\n");
}

fn push_files(out: &mut String, title: &str, files: &[Skipped], open: &str) {
    if files.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<details class=\"more\"{open}><summary>{title}: {}</summary>\n<div class=\"scroll\"><table><thead><tr>\
         <th>File</th><th>Why</th></tr></thead><tbody>\n",
        count(files.len(), "file", "files")
    );
    for file in files.iter().take(FILES_LISTED_MAX) {
        let (path, reason) = (escape(&file.path), escape(&file.reason));
        let _ = writeln!(out, "<tr><td class=\"path\"><code>{path}</code></td><td>{reason}</td></tr>");
    }
    if files.len() > FILES_LISTED_MAX {
        let more = thousands(files.len() - FILES_LISTED_MAX);
        let _ = writeln!(out, "<tr><td colspan=\"2\">and {more} more; <code>--format json</code> has all</td></tr>");
    }
    out.push_str("</tbody></table></div>\n</details>\n");
}

fn push_checks(out: &mut String, report: &ScanReport<'_>) {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.scan.findings {
        *found.entry(finding.check.id).or_default() += 1;
    }
    let _ = write!(
        out,
        "<section aria-labelledby=\"checks\">\n<h2 id=\"checks\">Checks that ran</h2>\n<details class=\"more\">\
         <summary>{}</summary>\n<div class=\"scroll\"><table><thead><tr><th>Check</th><th>Fault</th><th>Severity</th>\
         <th>Controls and maps</th><th class=\"number\">Findings</th></tr></thead><tbody>\n",
        count(report.checks.len(), "check", "checks")
    );
    for check in report.checks {
        let meta = &check.meta;
        let tags: Vec<String> = meta.controls.iter().chain(meta.maps).map(|tag| escape(tag).into_owned()).collect();
        let _ = writeln!(
            out,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td></tr>",
            meta.id,
            escape(meta.title),
            meta.severity,
            tags.join(", "),
            found.get(meta.id).copied().unwrap_or(0)
        );
    }
    out.push_str("</tbody></table></div>\n</details>\n</section>\n");
}
