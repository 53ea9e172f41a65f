//! A pull request comment: at most what GitHub accepts, the worst first.
//!
//! Text from the target cannot make links, mentions, references or HTML here:
//! marks are escaped, and a zero-width space parts `@` and `#` from what follows.

use std::cmp::Reverse;
use std::fmt::Write as _;

use palisade_model::{Finding, Severity};

use crate::ScanReport;
use crate::human::package_lines;
use crate::tally::Tally;
use crate::text::{count, duration, shorten, thousands, visible};

/// GitHub's limit for a comment is 65,536 characters; what is left is for the ending.
pub(crate) const CHARACTERS_MAX: usize = 64_000;
/// Findings shown with their source lines.
const EXCERPTS_MAX: usize = 50;
/// Exceptions and files named.
const NAMED_MAX: usize = 20;
/// A longer message is cut.
const MESSAGE_CHARACTERS_MAX: usize = 1_000;
/// A longer source line is cut.
const LINE_CHARACTERS_MAX: usize = 160;

/// The comment.
pub(crate) fn render(report: &ScanReport<'_>) -> String {
    let tally = Tally::of(report);
    let mut open: Vec<&Finding> = report.open().filter(|finding| finding.severity > Severity::Info).collect();
    open.sort_by_key(|finding| Reverse((finding.severity, finding.is_live(), finding.confidence)));
    let ending = ending(report, &tally);
    let mut out = heading(report, &tally);
    let mut length = out.chars().count() + ending.chars().count();
    let mut told = 0;
    let mut severity = None;
    for finding in &open {
        let mut block = String::new();
        if severity != Some(finding.severity) {
            let _ = writeln!(block, "\n### {}\n", capital(finding.severity.name()));
        }
        push(&mut block, finding, told < EXCERPTS_MAX);
        let size = block.chars().count();
        if length + size > CHARACTERS_MAX {
            break;
        }
        length += size;
        severity = Some(finding.severity);
        told += 1;
        out.push_str(&block);
    }
    if told < open.len() {
        let _ = writeln!(out, "\nand {} more; `palisade scan --all` lists them.", thousands(open.len() - told));
    }
    out.push_str(&ending);
    out
}

fn heading(report: &ScanReport<'_>, tally: &Tally) -> String {
    let new = if report.baseline.is_some() { "new " } else { "" };
    let mut out = match tally.total() {
        0 if report.scan.coverage.seen == 0 => "## Palisade had nothing to look at\n".to_owned(),
        0 => format!("## Palisade found no {}faults\n", new),
        1 => format!("## Palisade: 1 {new}finding\n\n{}", tally.sentence()),
        total => format!("## Palisade: {} {new}findings\n\n{}", thousands(total), tally.sentence()),
    };
    if tally.total() > 0 {
        let parts: Vec<String> = tally
            .families
            .iter()
            .map(|(family, counts)| format!("{} {family}", thousands(counts.iter().sum())))
            .collect();
        let _ = writeln!(out, " · {}", parts.join(", "));
    }
    out
}

fn push(out: &mut String, finding: &Finding, lines: bool) {
    let place = &finding.location;
    let at = if place.path.is_empty() {
        "the whole target".to_owned()
    } else {
        code(&format!("{}:{}", place.path, place.start.line))
    };
    let _ = write!(out, "- {at} **{}**<br>{}", text(finding.check.title), text(&finding.message));
    let mut notes = vec![format!("`{}`", finding.check.id)];
    if let Some(fix) = &finding.fix {
        notes.push(format!("fix: {}", text(&fix.title)));
    }
    if let Some(history) = &finding.history {
        let still = if history.present { "still there" } else { "no longer in the newest tree" };
        notes.push(format!("in history since {}, {still}", history.author_date));
    }
    let _ = writeln!(out, "<br>{}", notes.join(" · "));
    if lines {
        excerpt(out, finding);
    }
}

/// The source lines of a finding as a fence inside a list item.
pub(crate) fn excerpt(out: &mut String, finding: &Finding) {
    let place = &finding.location;
    let Some(excerpt) = &place.excerpt else { return };
    let body: Vec<String> = (excerpt.first_line..)
        .zip(&excerpt.lines)
        .map(|(number, line)| {
            let mark = if (place.start.line..=place.end.line).contains(&number) { '>' } else { ' ' };
            let line = line.replace('\t', "    ");
            format!("  {mark}{number:>4} | {}", shorten(&visible(&line), LINE_CHARACTERS_MAX))
        })
        .collect();
    let body = body.join("\n");
    let fence = "`".repeat(longest_run(&body, '`').max(2) + 1);
    let _ = writeln!(out, "\n  {fence}text\n{body}\n  {fence}");
}

pub(crate) fn ending(report: &ScanReport<'_>, tally: &Tally) -> String {
    let coverage = &report.scan.coverage;
    let mut out = String::new();
    let excepted: Vec<&Finding> = report.scan.findings.iter().filter(|finding| finding.exception.is_some()).collect();
    if !excepted.is_empty() {
        let title = count(excepted.len(), "finding under exception", "findings under exception");
        let _ = writeln!(out, "\n<details><summary>{title}</summary>\n");
        for finding in excepted.iter().take(NAMED_MAX) {
            let Some(note) = &finding.exception else { continue };
            let place = code(&format!("{}:{}", finding.location.path, finding.location.start.line));
            let who = format!("{}, {}, until {}: {}", note.owner, note.ticket, note.expires, note.reason);
            let _ = writeln!(out, "- {place} `{}`: {}", finding.check.id, text(&who));
        }
        push_more(&mut out, excepted.len());
        out.push_str("\n</details>\n");
    }
    let unread: Vec<_> = coverage.unreadable.iter().chain(&coverage.partial).collect();
    if !unread.is_empty() {
        let title = count(unread.len(), "file not read to its end", "files not read to their end");
        let _ = writeln!(out, "\n<details><summary>{title}</summary>\n");
        for file in unread.iter().take(NAMED_MAX) {
            let _ = writeln!(out, "- {}: {}", code(&file.path), text(&file.reason));
        }
        push_more(&mut out, unread.len());
        out.push_str("\n</details>\n");
    }
    let lines = package_lines(report);
    if !lines.is_empty() {
        out.push('\n');
    }
    for line in lines.iter().take(NAMED_MAX) {
        let _ = writeln!(out, "- {}", text(line));
    }
    push_more(&mut out, lines.len());
    let files = count(coverage.seen, "file", "files");
    let checks = count(report.checks.len(), "check", "checks");
    let skipped = coverage.skipped.len();
    let _ = write!(out, "\n<sub>{files} seen, {} read, {} skipped", thousands(coverage.parsed), thousands(skipped));
    if let Some(baseline) = &report.baseline {
        let (known, gone) = (thousands(tally.unchanged), thousands(baseline.gone));
        let _ = write!(out, "; against {}: {known} there before, {gone} gone", text(&baseline.name));
    }
    let _ = writeln!(out, "; {checks} in {}. `palisade explain ID` says what to do.</sub>", duration(report.duration));
    out
}

fn push_more(out: &mut String, total: usize) {
    if total > NAMED_MAX {
        let _ = writeln!(out, "- and {} more", thousands(total - NAMED_MAX));
    }
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

/// Text that stays text: no links, mentions, references or HTML. Pairs of backticks stay code spans.
pub(crate) fn text(raw: &str) -> String {
    let shown = visible(raw);
    let shown = shorten(&shown, MESSAGE_CHARACTERS_MAX);
    let parts: Vec<&str> = shown.split('`').collect();
    let mut out = String::with_capacity(shown.len() + 32);
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 0 {
            push_text(&mut out, part);
        } else if at + 1 == parts.len() {
            out.push_str("\\`"); // one without a partner
            push_text(&mut out, part);
        } else if !part.trim().is_empty() {
            out.push_str(&code(part));
        }
    }
    out
}

fn push_text(out: &mut String, text: &str) {
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' | '#' | '!' | '$' | '~' | '%' if next.is_alphanumeric() || next == '"' => {
                out.extend(['\\', character]);
                out.push_str("&#8203;");
            }
            ':' if next == '/' => out.push_str(":&#8203;"),
            '.' if before.eq_ignore_ascii_case(&'w') && next.is_alphanumeric() => out.push_str("&#8203;."),
            '_' if before.is_alphanumeric() && next.is_alphanumeric() => out.push('_'),
            '[' | ']' | '*' | '_' | '\\' | '|' | '~' | '^' | '$' | '{' | '}' => out.extend(['\\', character]),
            other => out.push(other),
        }
        before = character;
    }
}

/// A code span around any text.
pub(crate) fn code(raw: &str) -> String {
    let shown = visible(raw);
    let fence = "`".repeat(longest_run(&shown, '`') + 1);
    let pad = if shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

fn longest_run(text: &str, mark: char) -> usize {
    text.split(|character| character != mark).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_makes_no_links_mentions_or_html() {
        assert_eq!(
            text("@everyone <b> [x](y) *z* a_b #12"),
            "\\@&#8203;everyone &lt;b&gt; \\[x\\](y) \\*z\\* a_b \\#&#8203;12"
        );
        assert_eq!(text("https://x www.y"), "https:&#8203;//x www&#8203;.y");
        assert_eq!(text("`latest` is ` <x>"), "`latest` is \\` &lt;x&gt;");
        assert_eq!(code("a``b`"), "``` a``b` ```");
    }
}
