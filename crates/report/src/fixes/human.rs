//! Fixes at a terminal: file by file, each hunk under the findings that it removes, a summary last.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_checks::{Fixed, FixedFile};
use palisade_model::{Finding, Fix, Safety, Severity, Span};

use super::{FixReport, patch};
use crate::Style;
use crate::style::Role;
use crate::text::{Line, count, thousands, visible};

/// Fixes that did not stand and are named.
const REFUSED_MAX: usize = 10;

/// The whole text.
pub(super) fn render(report: &FixReport<'_>, style: &Style) -> String {
    let mut out = String::new();
    for file in report.changed() {
        push_file(&mut out, file, report, style);
    }
    push_summary(&mut out, report, style);
    push_rotation(&mut out, report, style);
    out
}

fn push_file(out: &mut String, file: &FixedFile, report: &FixReport<'_>, style: &Style) {
    let (before, after) = (masked(report, &file.path, &file.before), masked(report, &file.path, &file.after));
    // The changes are those of the real texts: masks may make different lines the same.
    let hunks = patch::hunks(&patch::lines(&file.before), &patch::lines(&file.after));
    let (before, after) = (patch::lines(&before), patch::lines(&after));
    let line_of = |at: usize| file.after.get(..at).unwrap_or(&file.after).iter().filter(|byte| **byte == b'\n').count();
    let _ = writeln!(out, "{}", style.paint(Role::Strong, visible(&file.path)));
    let mut told: Vec<&Fixed> = Vec::new();
    for hunk in &hunks {
        let (_, new) = patch::ranges(hunk);
        let here =
            file.fixed.iter().filter(|fixed| (new.start..new.end.max(new.start + 1)).contains(&line_of(fixed.at)));
        let here: Vec<&Fixed> = here.collect();
        push_fixed(out, &here, style);
        told.extend(here);
        let _ = writeln!(out, "{}", style.paint(Role::Code, patch::head(hunk)));
        for line in patch::hunk_lines(hunk) {
            let text = if line.sign == '+' { after.get(line.at) } else { before.get(line.at) };
            let text = String::from_utf8_lossy(text.copied().unwrap_or_default());
            let shown = format!("{}{}", line.sign, Line::new(text.trim_end_matches(['\n', '\r'])).text);
            let _ = match line.sign {
                '+' => writeln!(out, "{}", style.paint(Role::Good, shown)),
                '-' => writeln!(out, "{}", style.paint(Role::Severity(Severity::High), shown)),
                _ => writeln!(out, "{shown}"),
            };
        }
    }
    let elsewhere = file.fixed.iter().filter(|fixed| !told.iter().any(|other| std::ptr::eq(*other, *fixed)));
    push_fixed(out, &elsewhere.collect::<Vec<_>>(), style);
    out.push('\n');
}

/// What is gone, a line for each check and mend.
fn push_fixed(out: &mut String, fixed: &[&Fixed], style: &Style) {
    let mut lines: Vec<(&Finding, &Fix, usize)> = Vec::new();
    for finding in fixed.iter().map(|fixed| &fixed.finding) {
        let Some(fix) = &finding.fix else { continue };
        match lines.iter_mut().find(|(other, same, _)| other.check.id == finding.check.id && same.title == fix.title) {
            Some(line) => line.2 += 1,
            None => lines.push((finding, fix, 1)),
        }
    }
    for (finding, fix, times) in lines {
        let severity = style.paint(Role::Severity(finding.severity), finding.severity);
        let (id, title) = (style.paint(Role::Strong, finding.check.id), visible(&fix.title));
        let times = if times > 1 { format!(", {times} times") } else { String::new() };
        let caution = if fix.safety == Safety::Unsafe { " (may change behaviour)" } else { "" };
        let _ = writeln!(out, "{severity}  {id}  {title}{times}{}", style.paint(Role::Faint, caution));
    }
}

fn push_summary(out: &mut String, report: &FixReport<'_>, style: &Style) {
    let fixed: usize = report.files.iter().map(|file| file.fixed.len()).sum();
    let files = report.changed().count();
    // Many faults of one package have one place and one reason.
    let mut refused: Vec<(String, usize)> = Vec::new();
    for (file, one) in report.files.iter().flat_map(|file| file.refused.iter().map(move |one| (file, one))) {
        let place = format!("{}:{}", visible(&file.path), one.finding.location.start.line);
        let line = format!("{place} {}: {}", one.finding.check.id, visible(&one.reason));
        match refused.last_mut().filter(|(last, _)| *last == line) {
            Some((_, times)) => *times += 1,
            None => refused.push((line, 1)),
        }
    }
    for (line, times) in refused.iter().take(REFUSED_MAX) {
        let times = if *times > 1 { format!(" ({times} findings)") } else { String::new() };
        let _ = writeln!(out, "left alone: {line}{times}");
    }
    let more: usize = refused.iter().skip(REFUSED_MAX).map(|(_, times)| times).sum();
    if more > 0 {
        let _ = writeln!(out, "left alone: {} more", thousands(more));
    }
    for (path, reason) in report.failed {
        let failed = style.paint(Role::Severity(Severity::High), "failed:");
        let _ = writeln!(out, "{failed} {}: {}", visible(path), visible(reason));
    }
    let found = count(fixed, "finding", "findings");
    let (what, how) = match (fixed, report.written) {
        (0, _) if report.declined > 0 => {
            (format!("Nothing was written; {} not taken", count(report.declined, "fix was", "fixes were")), "")
        }
        (0, _) => ("Nothing to fix".to_owned(), ""),
        (_, true) => (format!("{found} fixed in {}", count(files, "file", "files")), ""),
        (_, false) => (
            format!("{found} would be fixed in {}", count(files, "file", "files")),
            "; nothing was written, --write does",
        ),
    };
    let _ = writeln!(out, "{}{how}", style.paint(Role::Strong, what));
    if report.withheld > 0 {
        let more = count(report.withheld, "more finding has a fix", "more findings have fixes");
        let _ = writeln!(out, "{more} that may change behaviour: see them with --unsafe");
    }
    if report.raisable > 0 {
        let more = count(report.raisable, "more finding goes", "more findings go");
        let _ = writeln!(out, "{more} when package managers raise versions in lock files: --unsafe --update asks them");
    }
    if report.unfixable > 0 {
        let rest = count(report.unfixable, "finding has", "findings have");
        let _ = writeln!(out, "{rest} no fix: `palisade scan` shows them, `palisade explain ID` says what to do");
    }
}

/// What is left to do for secrets whose values are gone from the files: they stay valid, and in the history.
fn push_rotation(out: &mut String, report: &FixReport<'_>, style: &Style) {
    let fixed = report.files.iter().flat_map(|file| &file.fixed).map(|fixed| fixed.finding.check);
    let ids: BTreeSet<&str> = fixed.filter(|check| check.family() == "secrets").map(|check| check.id).collect();
    if ids.is_empty() {
        return;
    }
    let head = "A value that was committed has leaked; taking it out ends no leak. In this order:";
    let _ = writeln!(out, "\n{}", style.paint(Role::Strong, head));
    out.push_str("1. have a new value issued, and put it where the program now takes it from\n2. end the old one:\n");
    for id in ids {
        let _ = writeln!(out, "   {id}: {}", palisade_checks::secrets::advice(id));
    }
    out.push_str("3. look in the issuer's log for uses that were not yours\n");
    out.push_str(
        "4. the old value stays in the history; once it no longer works it may. To take it out all the same,\n",
    );
    out.push_str(
        "   `git filter-repo --replace-text FILE` writes every later commit anew, and every clone and fork has to be\n",
    );
    out.push_str("   made anew with it. Palisade never rewrites a history.\n");
}

/// The text with what no output may show starred out, line by line as long as before.
fn masked(report: &FixReport<'_>, path: &str, text: &[u8]) -> Vec<u8> {
    without(&(report.hidden)(path, text), text)
}

/// A text with these spans starred out, line by line as long as before.
#[must_use]
pub fn without(hidden: &[Span], text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    for Span { start, end } in hidden {
        let hidden = out.get_mut(*start as usize..*end as usize).unwrap_or_default();
        hidden.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b'*');
    }
    out
}
