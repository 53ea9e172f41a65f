//! A decision as a pull request comment: the verdict, what to do for each reason, the rest folded.

use std::fmt::Write as _;

use palisade_gate::Verdict;

use super::{DecisionReport, allowing, counts_old, findings, groups, headline, rule};
use crate::markdown::{CHARACTERS_MAX, code, ending, excerpt, text};
use crate::tally::Tally;
use crate::text::{count, thousands};

/// Places shown with their source lines, of one group.
const EXCERPTS_PER_GROUP_MAX: usize = 3;
/// Places named, of one group.
const PLACES_MAX: usize = 10;
/// Warnings named.
const WARNINGS_MAX: usize = 50;

/// The comment.
pub(super) fn render(report: &DecisionReport<'_>) -> String {
    let mut out = format!("## Palisade: {}\n", headline(report));
    let ending = ending(&report.scan, &Tally::of(&report.scan));
    let groups = groups(report.decision);
    let warnings = warnings(&groups);
    let mut length = [&out, &ending, &warnings].iter().map(|part| part.chars().count()).sum::<usize>();
    let known = findings(&report.scan);
    let mut left = 0;
    for group in groups.iter().filter(|group| group.effect != Verdict::Warn) {
        let mut block = format!("\n### {}", capital(rule(group.rule)));
        if counts_old(report, group.rule) {
            block.push_str(" (old or new)");
        }
        if let Some(check) = group.check {
            let _ = write!(block, ": `{check}`");
        }
        block.push_str("\n\n");
        for (at, reason) in group.reasons.iter().enumerate().take(PLACES_MAX) {
            let place = reason.place.as_ref().filter(|place| !place.path.is_empty());
            let place = place.map(|place| code(&format!("{}:{}", place.path, place.line)) + " ").unwrap_or_default();
            let _ = writeln!(block, "- {place}{}", text(&reason.what));
            let finding = reason.finding.and_then(|(_, print)| known.get(&print));
            if let Some(finding) = finding.filter(|_| at < EXCERPTS_PER_GROUP_MAX) {
                excerpt(&mut block, finding);
            }
        }
        if group.reasons.len() > PLACES_MAX {
            let _ = writeln!(block, "- and {} more", thousands(group.reasons.len() - PLACES_MAX));
        }
        if let Some(reason) = group.reasons.first() {
            let _ = writeln!(block, "\n**Next:** {}", text(&reason.next));
        }
        let commands = allowing(group);
        if !commands.is_empty() {
            block.push_str("\nOr, for what may stay for a while:\n\n");
            for command in commands.iter().take(PLACES_MAX) {
                let _ = writeln!(block, "- {}", code(command));
            }
        }
        let size = block.chars().count();
        if length + size > CHARACTERS_MAX {
            left += group.reasons.len();
            continue;
        }
        length += size;
        out.push_str(&block);
    }
    if left > 0 {
        let _ =
            writeln!(out, "\nand {}; `palisade gate merge` lists them.", count(left, "more reason", "more reasons"));
    }
    out.push_str(&warnings);
    if let Some(recorded) = &report.recorded {
        let _ = writeln!(out, "\nRecorded as entry {} of {}.", recorded.index, code(&recorded.ledger));
    }
    out.push_str(&ending);
    out
}

fn warnings(groups: &[super::Group<'_>]) -> String {
    let warnings: Vec<_> = groups.iter().filter(|group| group.effect == Verdict::Warn).collect();
    let total: usize = warnings.iter().map(|group| group.reasons.len()).sum();
    let mut out = String::new();
    if total == 0 {
        return out;
    }
    let _ = writeln!(out, "\n<details><summary>{}</summary>\n", count(total, "warning", "warnings"));
    for group in warnings.iter().take(WARNINGS_MAX) {
        let Some(first) = group.reasons.first() else { continue };
        let name = group.check.map_or_else(|| rule(group.rule).to_owned(), |check| format!("`{check}`"));
        let place = first.place.as_ref().filter(|place| !place.path.is_empty());
        let place = place.map(|place| code(&format!("{}:{}", place.path, place.line)) + " ").unwrap_or_default();
        let more = match group.reasons.len() {
            1 => String::new(),
            several => format!(" (and {} more)", thousands(several - 1)),
        };
        let _ = writeln!(out, "- {name} {place}{}{more}", text(&first.what));
    }
    if warnings.len() > WARNINGS_MAX {
        let _ = writeln!(out, "- and {} more checks", warnings.len() - WARNINGS_MAX);
    }
    out.push_str("\n</details>\n");
    out
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}
