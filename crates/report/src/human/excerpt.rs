//! Source lines with carets under the fault, laid out for one width.

use std::fmt::Write as _;

use palisade_model::{Finding, Location, Severity};

use crate::Style;
use crate::style::Role;
use crate::text::{Line, columns, count, thousands, visible, wrap};

/// Columns that stay free on the left of a fault in a line too long for the terminal.
const LEAD_COLUMNS: usize = 20;
/// A message goes beside the carets when at least this much room is left for it.
const MESSAGE_COLUMNS_MIN: usize = 16;
/// Related places shown of one finding, unless all are asked for.
const RELATED_MAX: usize = 3;
/// A message below the carets starts at most this far to the right.
const INDENT_MAX: usize = 8;

/// `path:line:column`, with the commit for a place in history.
pub(crate) fn place(location: &Location) -> String {
    if location.path.is_empty() {
        return "the whole target".to_owned();
    }
    let mut out = format!("{}:{}:{}", visible(&location.path), location.start.line, location.start.column);
    if let Some(commit) = &location.commit {
        let _ = write!(out, " in commit {}", short(commit));
    }
    out
}

/// The first twelve digits of a commit id.
pub(crate) fn short(commit: &str) -> String {
    visible(commit).chars().take(12).collect()
}

/// A finding with its excerpt, message, related places and fix.
pub(crate) fn push(out: &mut String, finding: &Finding, style: &Style) {
    let width = style.columns();
    let location = &finding.location;
    let number = gutter(location);
    let _ = write!(out, "{:number$}{} {}", "", style.paint(Role::Faint, "-->"), place(location));
    let structure = visible(&location.structure);
    let used = number + 4 + columns(&place(location));
    if !structure.is_empty() && used + 5 + columns(&structure) <= width {
        let _ = write!(out, "{}", style.paint(Role::Faint, format_args!("  in {structure}")));
    }
    out.push('\n');
    push_lines(out, finding, number, style);
    let mut note = |label: &str, text: String| {
        let room = width.saturating_sub(number + 3 + label.len() + 2);
        for (at, line) in wrap(&text, room).iter().enumerate() {
            let head = if at == 0 { format!("{label}: ") } else { " ".repeat(label.len() + 2) };
            let _ = writeln!(out, "{:number$} {} {head}{line}", "", style.paint(Role::Faint, "="));
        }
    };
    // One more than the limit is shown rather than counted.
    let shown = if style.all || finding.also.len() <= RELATED_MAX + 1 { finding.also.len() } else { RELATED_MAX };
    for related in finding.also.iter().take(shown) {
        note("also", format!("{}: {}", place(&related.location), visible(&related.message)));
    }
    if shown < finding.also.len() {
        note("also", format!("{} more places (--all lists them)", thousands(finding.also.len() - shown)));
    }
    if let Some(history) = &finding.history {
        let still = if history.present { "still in the newest tree" } else { "no longer in the newest tree" };
        let (first, last) = (short(&history.first_commit), short(&history.last_commit));
        note("history", format!("since {first} ({}), last in {last}, {still}", history.author_date));
    }
    if let Some(fix) = &finding.fix {
        let safety = match fix.safety {
            palisade_model::Safety::Safe => "safe",
            palisade_model::Safety::Unsafe => "may change behaviour",
        };
        note("fix", format!("{} ({safety})", visible(&fix.title)));
    }
    if let Some(reach) = finding.fault.as_ref().and_then(|fault| fault.reach.as_ref()) {
        note("used", visible(&reach.text).into_owned());
    }
    if let Some(command) = finding.upgrade.as_ref().and_then(|upgrade| upgrade.command.as_ref()) {
        note("raise", visible(&command.join(" ")).into_owned());
    }
    if let Some(exception) = &finding.exception {
        let text = format!(
            "{} until {}, {} answers, {}: {}",
            exception.id, exception.expires, exception.owner, exception.ticket, exception.reason
        );
        note("exception", visible(&text).into_owned());
    }
    if style.all {
        note("fingerprint", finding.fingerprint.to_string());
    }
}

/// Columns that line numbers need.
fn gutter(location: &Location) -> usize {
    let last = location.excerpt.as_ref().map_or(location.start.line, |excerpt| {
        excerpt.first_line + u32::try_from(excerpt.lines.len().saturating_sub(1)).unwrap_or(0)
    });
    last.to_string().len().max(2)
}

fn push_lines(out: &mut String, finding: &Finding, number: usize, style: &Style) {
    let location = &finding.location;
    let (start, end) = (location.start, location.end);
    let bar = style.paint(Role::Faint, "|");
    let room = style.columns().saturating_sub(number + 3).max(20);
    let message = visible(&finding.message);
    let lines = location.excerpt.as_ref().map_or(&[][..], |excerpt| &excerpt.lines);
    let first = location.excerpt.as_ref().map_or(0, |excerpt| excerpt.first_line);
    let mut said = false;
    let several = end.line > start.line + 1 || (end.line == start.line + 1 && end.column > 1);
    for (line, source) in (first..).zip(lines) {
        let shown = Line::new(source);
        let inside =
            (start.line..=end.line).contains(&line) && (line != end.line || line == start.line || end.column > 1);
        let mark = if several && inside { style.paint(severity(finding), ">") } else { " ".to_owned() };
        let from = shown.column(start.column.saturating_sub(1) as usize).filter(|_| line == start.line);
        // A line too long for the terminal is shown around the fault.
        let left = if shown.width() <= room { 0 } else { from.unwrap_or(0).saturating_sub(LEAD_COLUMNS) };
        let (text, left) = shown.window(left, left + room);
        let text = if left > 0 {
            format!("…{}", text.get(text.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""))
        } else {
            text.to_owned()
        };
        let text = text.trim_end();
        let label = style.paint(Role::Faint, format_args!("{line:>number$}"));
        let _ = writeln!(out, "{}", format!("{label}{mark}{bar} {text}").trim_end());
        let (Some(from), false) = (from, several) else { continue };
        let to = if end.line == start.line { shown.column(end.column.saturating_sub(1) as usize) } else { None };
        let to = to.unwrap_or(shown.width()).clamp(from + 1, (left + room).max(from + 1));
        let from = from - left.min(from);
        let carets = "^".repeat(to - left - from);
        push_message(out, finding, &message, (number, from, &carets), style);
        said = true;
    }
    if several && !lines.is_empty() {
        let hidden = (end.line + 1).saturating_sub(first + u32::try_from(lines.len()).unwrap_or(0));
        let hidden = if end.column > 1 { hidden } else { hidden.saturating_sub(1) };
        if hidden > 0 {
            let more = count(hidden as usize, "more line", "more lines");
            let _ = writeln!(out, "{:number$} {bar} {}", "", style.paint(Role::Faint, format_args!("… {more}")));
        }
    }
    if !said {
        for line in wrap(&message, room) {
            let _ = writeln!(out, "{:number$} {} {}", "", bar, style.paint(severity(finding), line));
        }
    }
}

/// Carets with the message beside them, or below when there is no room.
fn push_message(out: &mut String, finding: &Finding, message: &str, at: (usize, usize, &str), style: &Style) {
    let (number, from, carets) = at;
    let bar = style.paint(Role::Faint, "|");
    let room = style.columns().saturating_sub(number + 3);
    let after = from + carets.len() + 1;
    let painted = style.paint(severity(finding), carets);
    if after + columns(message) <= room {
        let _ = writeln!(out, "{:number$} {bar} {:from$}{painted} {}", "", "", style.paint(severity(finding), message));
        return;
    }
    // A long message goes beside or below, wherever it takes fewer lines.
    let beside = wrap(message, room.saturating_sub(after));
    let indent = from.min(INDENT_MAX);
    let below = wrap(message, room.saturating_sub(indent));
    if room >= after + MESSAGE_COLUMNS_MIN && beside.len() <= below.len() + 1 {
        for (line, text) in beside.iter().enumerate() {
            let head = if line == 0 { format!("{:from$}{painted} ", "") } else { " ".repeat(after) };
            let _ = writeln!(out, "{:number$} {bar} {head}{}", "", style.paint(severity(finding), text));
        }
        return;
    }
    let _ = writeln!(out, "{:number$} {bar} {:from$}{painted}", "", "");
    for text in below {
        let _ = writeln!(out, "{:number$} {bar} {:indent$}{}", "", "", style.paint(severity(finding), text));
    }
}

fn severity(finding: &Finding) -> Role {
    match finding.severity {
        Severity::Info => Role::Strong,
        other => Role::Severity(other),
    }
}
