//! For a person at a terminal.
//!
//! Findings are grouped by check, since one decision usually settles a whole
//! group. The worst stand last, right above the summary, where the eye is when
//! the command ends. A large scan shows the worst in full and the rest in one
//! line per check, so that the output is read and not scrolled through; `info` is
//! counted only. Nothing is dropped: `--all` lists every finding.

mod excerpt;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_checks::LicenceTally;
use palisade_checks::imported::Imported;
use palisade_model::{Finding, Meta, Severity, Skipped};

use crate::style::Role;
use crate::tally::Tally;
use crate::text::{columns, count, duration, shorten, thousands, uncompared, visible, wrap};
use crate::{ScanReport, Style};

pub(crate) use excerpt::{place, push as push_excerpt};

/// Excerpts in one report.
const EXCERPTS_MAX: usize = 24;
/// Excerpts of one check.
const EXCERPTS_PER_CHECK_MAX: usize = 3;
/// Files named below the excerpts of one check.
const FILES_NAMED_MAX: usize = 5;
/// Files named in the summary for not having been read.
const UNREAD_NAMED_MAX: usize = 3;

/// The findings of one check at one severity.
struct Group<'a> {
    severity: Severity,
    check: &'static Meta,
    findings: Vec<&'a Finding>,
    /// How many are shown with their excerpt.
    shown: usize,
}

/// The whole report.
pub(crate) fn render(report: &ScanReport<'_>, style: &Style) -> String {
    let mut out = String::new();
    let mut groups = groups(report, style);
    share(&mut groups, style);
    groups.reverse(); // from here on the worst stand last
    push_brief(&mut out, &groups, style);
    for group in groups.iter().filter(|group| group.shown > 0) {
        push_group(&mut out, group, style);
    }
    push_summary(&mut out, report, &groups, style);
    out
}

/// Worst first; within a severity secrets that still work, then the surest.
fn groups<'a>(report: &ScanReport<'a>, style: &Style) -> Vec<Group<'a>> {
    let mut by_check: BTreeMap<(Severity, &str), Group<'a>> = BTreeMap::new();
    let listed: Vec<&Finding> = if style.all { report.scan.findings.iter().collect() } else { report.open().collect() };
    for finding in listed.into_iter().filter(|finding| style.all || finding.severity > Severity::Info) {
        let group = by_check.entry((finding.severity, finding.check.id)).or_insert_with(|| Group {
            severity: finding.severity,
            check: finding.check,
            findings: Vec::new(),
            shown: 0,
        });
        group.findings.push(finding);
    }
    let mut groups: Vec<Group<'a>> = by_check.into_values().collect();
    groups.iter_mut().for_each(|group| group.findings.sort_by_key(|finding| !finding.is_live()));
    groups.sort_by_key(|group| {
        let live = group.findings.first().is_some_and(|finding| finding.is_live());
        let rank = (group.severity, live, group.check.confidence);
        (std::cmp::Reverse(rank), group.check.id)
    });
    groups
}

/// Shares the excerpts out: one for each check from the worst down, then a second round, then a third.
fn share(groups: &mut [Group<'_>], style: &Style) {
    if style.all {
        groups.iter_mut().for_each(|group| group.shown = group.findings.len());
        return;
    }
    let mut left = EXCERPTS_MAX;
    for _ in 0..EXCERPTS_PER_CHECK_MAX {
        for group in groups.iter_mut().filter(|group| group.shown < group.findings.len()) {
            if left == 0 {
                return;
            }
            group.shown += 1;
            left -= 1;
        }
    }
}

/// The checks for which there was no room, one line each.
fn push_brief(out: &mut String, groups: &[Group<'_>], style: &Style) {
    let brief: Vec<&Group<'_>> = groups.iter().filter(|group| group.shown == 0).collect();
    if brief.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}\n", style.paint(Role::Strong, "In short (--all shows each place)"));
    let widest = brief.iter().map(|group| group.check.id.len()).max().unwrap_or(0);
    for group in brief {
        let found = group.findings.len();
        let head = format!("  {:<8}  {:<widest$}  {:>5}  ", group.severity, group.check.id, thousands(found));
        let room = style.columns().saturating_sub(columns(&head));
        let title = if room >= 16 { shorten(group.check.title, room) } else { "".into() };
        let painted =
            head.replacen(group.severity.name(), &style.paint(Role::Severity(group.severity), group.severity), 1);
        let _ = writeln!(out, "{}", format!("{painted}{title}").trim_end());
    }
    out.push('\n');
}

fn push_group(out: &mut String, group: &Group<'_>, style: &Style) {
    let severity = style.paint(Role::Severity(group.severity), group.severity);
    let files = by_file(&group.findings);
    let found = match (group.findings.len(), files.len()) {
        (1, _) => String::new(),
        (found, 1) => format!("  {} in one file", thousands(found)),
        (found, files) => format!("  {} in {} files", thousands(found), thousands(files)),
    };
    let _ =
        writeln!(out, "{severity}  {}{}", style.paint(Role::Strong, group.check.id), style.paint(Role::Faint, found));
    let _ = writeln!(out, "{}", group.check.title);
    for finding in group.findings.iter().take(group.shown) {
        excerpt::push(out, finding, style);
    }
    let rest: Vec<&Finding> = group.findings.iter().skip(group.shown).copied().collect();
    if !rest.is_empty() {
        push_rest(out, &rest, style);
    }
    out.push('\n');
}

/// `… and 12 more:` with files and their lines.
fn push_rest(out: &mut String, rest: &[&Finding], style: &Style) {
    let files = by_file(rest);
    let _ = writeln!(out, "   … and {} more:", thousands(rest.len()));
    for (path, lines) in files.iter().take(FILES_NAMED_MAX) {
        let path = if path.is_empty() { "the whole target".into() } else { visible(path) };
        let room = style.columns().saturating_sub(5 + columns(&path) + 2);
        let numbers = line_numbers(lines, room.max(12));
        let _ = writeln!(out, "     {path}{}", style.paint(Role::Faint, format_args!(": {numbers}")));
    }
    if files.len() > FILES_NAMED_MAX {
        let more = count(files.len() - FILES_NAMED_MAX, "more file", "more files");
        let _ = writeln!(out, "     {}", style.paint(Role::Faint, format_args!("and {more}")));
    }
}

/// `3, 7, 12, …` within so many columns.
fn line_numbers(lines: &[u32], room: usize) -> String {
    let mut lines = lines.to_vec();
    lines.dedup();
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let next = if at == 0 { line.to_string() } else { format!(", {line}") };
        let last = at + 1 == lines.len();
        if at > 0 && out.len() + next.len() + if last { 0 } else { 3 } > room {
            out.push_str(", …");
            break;
        }
        out.push_str(&next);
    }
    out
}

fn by_file<'a>(findings: &[&'a Finding]) -> BTreeMap<&'a str, Vec<u32>> {
    let mut files: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for finding in findings {
        files.entry(&finding.location.path).or_default().push(finding.location.start.line);
    }
    files
}

fn push_summary(out: &mut String, report: &ScanReport<'_>, groups: &[Group<'_>], style: &Style) {
    let tally = Tally::of(report);
    let coverage = &report.scan.coverage;
    let headline = match tally.total() {
        0 if coverage.is_nothing() => style.paint(Role::Strong, "There was nothing to look at"),
        0 => style.paint(Role::Good, if report.baseline.is_some() { "Nothing new" } else { "No faults found" }),
        total => {
            let what =
                if report.baseline.is_some() { ("new finding", "new findings") } else { ("finding", "findings") };
            format!("{}: {}", style.paint(Role::Strong, count(total, what.0, what.1)), coloured(&tally, style))
        }
    };
    let _ = writeln!(out, "{headline}");
    if let Some(baseline) = &report.baseline {
        let known = count(tally.unchanged, "finding was", "findings were");
        let gone = thousands(baseline.gone);
        let _ = writeln!(out, "against {}: {known} there before, {gone} gone", visible(&baseline.name));
        let old_secrets = report.old_secrets();
        if old_secrets > 0 {
            let are = if old_secrets == 1 { "is a secret" } else { "are secrets" };
            let _ = writeln!(out, "  {} of them {are}, which a gate denies old or new", thousands(old_secrets));
        }
    }
    if tally.families.len() > 1 {
        push_table(out, &tally, style);
    }
    if tally.excepted > 0 {
        let _ = writeln!(out, "{} under exception", count(tally.excepted, "finding is", "findings are"));
    }
    push_coverage(out, report, style);
    push_next(out, report, groups, &tally, style);
}

fn coloured(tally: &Tally, style: &Style) -> String {
    let parts: Vec<String> = Severity::ALL
        .iter()
        .zip(tally.open)
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| {
            style.paint(Role::Severity(*severity), format_args!("{} {severity}", thousands(count)))
        })
        .collect();
    parts.join(", ")
}

fn push_table(out: &mut String, tally: &Tally, style: &Style) {
    let used: Vec<(usize, Severity)> =
        Severity::ALL.into_iter().enumerate().filter(|(at, _)| tally.open.get(*at).is_some_and(|n| *n > 0)).collect();
    let widest = tally.families.keys().map(|family| family.len()).max().unwrap_or(0);
    let _ = write!(out, "  {:widest$}", "");
    for (_, severity) in &used {
        let _ = write!(out, "  {}", style.paint(Role::Faint, format_args!("{severity:>8}")));
    }
    out.push('\n');
    for (family, counts) in &tally.families {
        let _ = write!(out, "  {family:widest$}");
        for (at, severity) in &used {
            match counts.get(*at).copied().unwrap_or(0) {
                0 => {
                    let _ = write!(out, "  {}", style.paint(Role::Faint, format_args!("{:>8}", "·")));
                }
                some => {
                    let number = thousands(some);
                    let _ = write!(out, "  {}", style.paint(Role::Severity(*severity), format_args!("{number:>8}")));
                }
            }
        }
        out.push('\n');
    }
}

fn push_coverage(out: &mut String, report: &ScanReport<'_>, style: &Style) {
    let coverage = &report.scan.coverage;
    let mut parts = vec![format!("{} read", thousands(coverage.parsed))];
    for (list, words) in
        [(&coverage.partial, "read in part"), (&coverage.skipped, "skipped"), (&coverage.unreadable, "not readable")]
    {
        if !list.is_empty() {
            parts.push(format!("{} {words}", thousands(list.len())));
        }
    }
    let files = count(coverage.seen, "file", "files");
    let checks = count(report.checks.len(), "check", "checks");
    let _ = writeln!(out, "{files} seen, {}; {checks}, {}", parts.join(", "), duration(report.duration));
    for (list, words) in [(&coverage.unreadable, "not readable"), (&coverage.partial, "read in part")] {
        push_unread(out, list, words, style);
    }
    for import in &report.scan.imports {
        let _ = writeln!(out, "{}", import_line(import));
    }
    for line in package_lines(report) {
        let _ = writeln!(out, "{line}");
    }
}

/// What packages were held against, where there are any: silence would look like a clean result.
pub(crate) fn package_lines(report: &ScanReport<'_>) -> Vec<String> {
    let scan = report.scan;
    let files = count(scan.package_files, "file of packages", "files of packages");
    let compared = match (scan.package_files, &scan.advisories) {
        (0, _) => None,
        (_, Some(digest)) => {
            let digest = digest.get(..12).unwrap_or(digest);
            let open = match scan.without_version {
                0 => String::new(),
                number => format!(", without {} whose version nothing tells", count(number, "action", "actions")),
            };
            Some(format!("{files} compared with advisories (index {digest}){open}"))
        }
        (_, None) => {
            let why = "no index of advisories is here; see `palisade db update --help`";
            Some(format!("{files} not compared with known vulnerabilities: {why}"))
        }
    };
    let uncompared = scan.coverage.uncompared.iter().map(|one| visible(&uncompared(one)).into_owned());
    compared.into_iter().chain(uncompared).chain(scan.licences.as_ref().map(licence_line)).collect()
}

/// How many packages were held against the policy on licences, and of how many nothing is known.
fn licence_line(tally: &LicenceTally) -> String {
    let mut line = format!("{} held against the policy on licences", count(tally.packages, "package", "packages"));
    if tally.unstated > 0 {
        let verb = if tally.unstated == 1 { "states" } else { "state" };
        line.push_str(&format!("; {} {verb} none in any file that was read", thousands(tally.unstated)));
    }
    if tally.unclear > 0 {
        let verb = if tally.unclear == 1 { "states" } else { "state" };
        line.push_str(&format!("; {} {verb} it in words that are no SPDX expression", thousands(tally.unclear)));
    }
    line
}

/// What became of the results of another tool's report.
fn import_line(import: &Imported) -> String {
    let tool = match import.version.as_str() {
        "" => import.tool.clone(),
        version => format!("{} {version}", import.tool),
    };
    let mut line = format!("{}: {} of {tool}", import.path, count(import.results, "result", "results"));
    let parts = [
        (import.findings, "told here"),
        (import.same, "told already"),
        (import.passed, "without a fault"),
        (import.left_out, "of checks that were not asked for"),
        (import.unplaced, "not placed in the target"),
    ];
    for (number, words) in parts.iter().filter(|(number, _)| *number > 0) {
        line.push_str(&format!(", {} {words}", thousands(*number)));
    }
    import.notes.iter().for_each(|note| line.push_str(&format!("; {note}")));
    visible(&line).to_string()
}

fn push_unread(out: &mut String, list: &[Skipped], words: &str, style: &Style) {
    for file in list.iter().take(UNREAD_NAMED_MAX) {
        let line = format!("  {words}: {} ({})", visible(&file.path), visible(&file.reason));
        let _ = writeln!(out, "{}", shorten(&line, style.columns()));
    }
    if list.len() > UNREAD_NAMED_MAX {
        let more = thousands(list.len() - UNREAD_NAMED_MAX);
        let _ = writeln!(out, "  {}", style.paint(Role::Faint, format_args!("and {more} more {words}")));
    }
}

/// What to do now, as commands.
fn push_next(out: &mut String, report: &ScanReport<'_>, groups: &[Group<'_>], tally: &Tally, style: &Style) {
    let mut rows: Vec<(String, &str)> = Vec::new();
    // A rule of the user's own has no page here.
    if let Some(worst) = groups.iter().rev().find(|group| group.check.since != "user") {
        rows.push((format!("palisade explain {}", worst.check.id), "why it matters, what to do"));
    }
    let shown: usize = groups.iter().map(|group| group.shown).sum();
    if tally.total() > shown && !style.all {
        let scan = scan_command(report);
        rows.push((format!("{scan} --all"), "every place"));
        rows.push((format!("{scan} --format html -o report.html"), "a page to search and filter"));
    }
    let widest = rows.iter().map(|(command, _)| columns(command)).max().unwrap_or(0);
    for (at, (command, why)) in rows.iter().enumerate() {
        let head = if at == 0 { "next: " } else { "      " };
        let _ = write!(out, "{head}{}", style.paint(Role::Code, command));
        if head.len() + widest + 2 + why.len() <= style.columns() {
            let gap = widest - columns(command) + 2;
            let _ = write!(out, "{:gap$}{}", "", style.paint(Role::Faint, why));
        }
        out.push('\n');
    }
}

/// The command that was run, when its target can be pasted into any shell as it is.
fn scan_command(report: &ScanReport<'_>) -> String {
    let path = report.target.path.as_str();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let named = report.target.kind == "directory" && path != "." && !path.starts_with('-') && path.bytes().all(plain);
    if named { format!("palisade scan {path}") } else { "palisade scan".to_owned() }
}

/// Paragraphs wrapped to the width, for the explanation of a check.
pub(crate) fn paragraph(text: &str, style: &Style) -> String {
    wrap(text, style.columns()).join("\n")
}
