//! A decision at a terminal: warnings in short, then each reason with its place and its next step, the
//! verdict last.

use std::fmt::Write as _;

use palisade_gate::{Place, Verdict};
use palisade_model::{Finding, Severity};

use super::{DecisionReport, Group, allowing, counts_old, findings, groups, headline, rule};
use crate::Style;
use crate::human::{package_lines, push_excerpt};
use crate::style::Role;
use crate::text::{columns, count, thousands, visible, wrap};

/// Reasons shown with their source lines.
const EXCERPTS_MAX: usize = 16;
/// Of one group.
const EXCERPTS_PER_GROUP_MAX: usize = 2;
/// Places named for the rest of a group.
const PLACES_MAX: usize = 6;
/// Commands of one group that would let what was found stay.
const COMMANDS_MAX: usize = 6;

/// The whole text.
pub(super) fn render(report: &DecisionReport<'_>, style: &Style) -> String {
    let mut out = String::new();
    let mut groups = groups(report.decision);
    groups.reverse(); // the heaviest stand last, above the verdict
    push_warnings(&mut out, &groups, style);
    let mut left = EXCERPTS_MAX;
    for group in groups.iter().filter(|group| group.effect != Verdict::Warn) {
        push_group(&mut out, report, group, &mut left, style);
    }
    push_verdict(&mut out, report, style);
    out
}

fn role(effect: Verdict) -> Role {
    match effect {
        Verdict::Deny | Verdict::Undecided => Role::Severity(Severity::High),
        Verdict::Warn => Role::Severity(Severity::Medium),
        Verdict::Allow => Role::Good,
        Verdict::Nothing => Role::Strong,
    }
}

fn push_warnings(out: &mut String, groups: &[Group<'_>], style: &Style) {
    let warnings: Vec<&Group<'_>> = groups.iter().filter(|group| group.effect == Verdict::Warn).collect();
    if warnings.is_empty() {
        return;
    }
    let name = |group: &Group<'_>| group.check.unwrap_or(rule(group.rule));
    let widest = warnings.iter().map(|group| columns(name(group))).max().unwrap_or(0);
    let _ = writeln!(out, "{}", style.paint(role(Verdict::Warn), "warnings"));
    for group in warnings {
        let first = group.reasons.first();
        let at = first.and_then(|reason| reason.place.as_ref()).map(place).unwrap_or_default();
        let head = format!("  {:<widest$}  {:>5}  ", name(group), thousands(group.reasons.len()));
        let _ = write!(out, "{head}");
        if group.check.is_none() {
            let what = first.map(|reason| visible(&reason.what).into_owned()).unwrap_or_default();
            let _ = write!(out, "{what}");
        } else if columns(&head) + columns(&at) <= style.columns() {
            let _ = write!(out, "{}", style.paint(Role::Faint, at));
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out.push('\n');
}

fn push_group(out: &mut String, report: &DecisionReport<'_>, group: &Group<'_>, left: &mut usize, style: &Style) {
    let found = group.reasons.len();
    let number = if found > 1 { format!("  {}", thousands(found)) } else { String::new() };
    let _ = write!(out, "{}  {}", style.paint(role(group.effect), group.effect.name()), rule(group.rule));
    if counts_old(report, group.rule) {
        out.push_str(" (old or new)");
    }
    if let Some(check) = group.check {
        let _ = write!(out, "  {}", style.paint(Role::Strong, check));
    }
    let _ = writeln!(out, "{}", style.paint(Role::Faint, number));
    let known = findings(&report.scan);
    let mut shown = 0;
    for reason in &group.reasons {
        let finding: Option<&&Finding> = reason.finding.and_then(|(_, print)| known.get(&print));
        match finding {
            Some(finding) if shown < EXCERPTS_PER_GROUP_MAX && *left > 0 => {
                *left -= 1;
                // With its fingerprint, which an exception for this finding alone needs.
                push_excerpt(out, finding, &Style { all: true, ..*style });
            }
            Some(_) => break,
            None => {
                let at = reason.place.as_ref().map(|at| format!("{}: ", place(at))).unwrap_or_default();
                push_wrapped(out, "   ", &format!("{at}{}", visible(&reason.what)), style);
            }
        }
        shown += 1;
    }
    let rest: Vec<String> =
        group.reasons.iter().skip(shown).filter_map(|reason| reason.place.as_ref()).map(place).collect();
    if !rest.is_empty() {
        let and = if shown > 0 { "and " } else { "" };
        let _ = writeln!(out, "   {and}{}:", count(rest.len(), "place", "places"));
        for at in rest.iter().take(PLACES_MAX) {
            let _ = writeln!(out, "     {at}");
        }
        if rest.len() > PLACES_MAX {
            let more = format!("and {} more, `palisade scan --all` lists them", thousands(rest.len() - PLACES_MAX));
            let _ = writeln!(out, "     {}", style.paint(Role::Faint, more));
        }
    }
    let mut steps: Vec<&str> = group.reasons.iter().map(|reason| reason.next.as_str()).collect();
    steps.dedup();
    for step in steps.iter().take(EXCERPTS_PER_GROUP_MAX) {
        push_wrapped(out, "   next: ", &visible(step), style);
    }
    // Whole lines, to be copied.
    let commands = allowing(group);
    if !commands.is_empty() {
        let _ = writeln!(out, "   {}", style.paint(Role::Code, "or, for what may stay for a while:"));
        for command in commands.iter().take(COMMANDS_MAX) {
            let _ = writeln!(out, "     {}", visible(command));
        }
        if commands.len() > COMMANDS_MAX {
            let more = format!("and {} more; `--format json` has them all", thousands(commands.len() - COMMANDS_MAX));
            let _ = writeln!(out, "     {}", style.paint(Role::Faint, more));
        }
    }
    out.push('\n');
}

/// Text after a head, the following lines indented below it.
fn push_wrapped(out: &mut String, head: &str, text: &str, style: &Style) {
    let indent = columns(head);
    for (at, line) in wrap(text, style.columns().saturating_sub(indent)).iter().enumerate() {
        let head = if at == 0 { style.paint(Role::Code, head) } else { " ".repeat(indent) };
        let _ = writeln!(out, "{head}{line}");
    }
}

fn place(at: &Place) -> String {
    if at.path.is_empty() {
        return "the whole target".to_owned();
    }
    format!("{}:{}:{}", visible(&at.path), at.line, at.column)
}

fn push_verdict(out: &mut String, report: &DecisionReport<'_>, style: &Style) {
    for line in package_lines(&report.scan) {
        let _ = writeln!(out, "{line}");
    }
    let decision = report.decision;
    let counts = decision.counts;
    let text = headline(report);
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let effect = if decision.verdict == Verdict::Warn { Verdict::Allow } else { decision.verdict };
    let _ = writeln!(out, "{}", style.paint(role(effect), format_args!("{first}{}", letters.as_str())));
    let mut parts = vec![format!("{} new", thousands(counts.new))];
    for (number, words) in
        [(counts.unchanged, "there before"), (counts.gone, "gone"), (counts.excepted, "under exception")]
    {
        if number > 0 {
            parts.push(format!("{} {words}", thousands(number)));
        }
    }
    let (found, files) = (count(counts.findings, "finding", "findings"), count(counts.files, "file", "files"));
    let _ = writeln!(out, "{found} in {files}: {}", parts.join(", "));
    if let Some(recorded) = &report.recorded {
        let ledger = visible(&recorded.ledger);
        let _ = writeln!(out, "recorded as entry {} of {ledger}", recorded.index);
    } else if report.dry_run {
        out.push_str("a dry run: nothing was recorded\n");
    }
}
