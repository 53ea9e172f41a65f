//! One finding as an article: place, message, marked source lines, fix.

use std::fmt::Write as _;

use palisade_model::{Excerpt, Finding, Location, Safety};

use super::prose;
use crate::ScanReport;
use crate::human::place;
use crate::xml::escape;

/// Appends the article.
pub(super) fn push(out: &mut String, report: &ScanReport<'_>, finding: &Finding) {
    let location = &finding.location;
    let state = match (&finding.exception, report.state(finding)) {
        (Some(_), _) => "excepted",
        (None, Some("unchanged")) => "unchanged",
        _ => "open",
    };
    let at = breakable(&place(location));
    let _ = write!(out, "<article class=\"finding\" data-state=\"{state}\">\n<p class=\"place\"><code>{at}</code>");
    if !location.structure.is_empty() {
        let _ = write!(out, " <span class=\"where\">{}</span>", breakable(&location.structure));
    }
    let _ = writeln!(out, "</p>\n<p>{}</p>", prose(&finding.message));
    if let Some(excerpt) = &location.excerpt {
        push_excerpt(out, location, excerpt);
    }
    for related in &finding.also {
        let at = breakable(&place(&related.location));
        let _ = writeln!(out, "<p class=\"note\">also <code>{}</code>: {}</p>", at, prose(&related.message));
    }
    push_notes(out, finding);
    if state == "unchanged" {
        out.push_str("<p class=\"note\">It was there before.</p>\n");
    }
    out.push_str("</article>\n");
}

fn push_notes(out: &mut String, finding: &Finding) {
    if let Some(history) = &finding.history {
        let still = if history.present { "still in the newest tree" } else { "no longer in the newest tree" };
        let (first, last) = (escape(&history.first_commit), escape(&history.last_commit));
        let _ = writeln!(
            out,
            "<p class=\"note\"><b>History:</b> since <code>{first}</code> ({}), last in <code>{last}</code>, {still}</p>",
            history.author_date
        );
    }
    if let Some(fix) = &finding.fix {
        let safety = match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "may change behaviour",
        };
        let _ = writeln!(out, "<p class=\"note\"><b>Fix:</b> {} ({safety})</p>", prose(&fix.title));
    }
    if let Some(reach) = finding.fault.as_ref().and_then(|fault| fault.reach.as_ref()) {
        let _ = writeln!(out, "<p class=\"note\"><b>Used:</b> {}</p>", prose(&reach.text));
    }
    if let Some(note) = &finding.exception {
        let _ = writeln!(
            out,
            "<p class=\"note\"><b>Under exception</b> <code>{}</code> until {}: {}</p>",
            escape(&note.id),
            note.expires,
            escape(&note.reason)
        );
    }
}

fn push_excerpt(out: &mut String, location: &Location, excerpt: &Excerpt) {
    let (start, end) = (location.start, location.end);
    out.push_str("<pre>");
    for (number, line) in (excerpt.first_line..).zip(&excerpt.lines) {
        // A place that ends before the first character of a line does not touch that line.
        let last = number == end.line;
        let inside = (start.line..=end.line).contains(&number) && (!last || start.line == end.line || end.column > 1);
        let _ = write!(out, "<span{}><i>{number}</i>", if inside { " class=\"hit\"" } else { "" });
        let (from, to) = (start.column.saturating_sub(1) as usize, end.column.saturating_sub(1) as usize);
        if inside && start.line == end.line && from < to {
            let part = |from: usize, to: usize| shown(&line.chars().skip(from).take(to - from).collect::<String>());
            let marked = part(from, to);
            out.push_str(&part(0, from));
            if !marked.is_empty() {
                let _ = write!(out, "<mark>{marked}</mark>");
            }
            out.push_str(&part(to, usize::MAX));
        } else {
            out.push_str(&shown(line));
        }
        out.push_str("</span>");
    }
    out.push_str("</pre>\n");
}

/// A path or a place in a structure, which a narrow page breaks between its parts and not within a word.
fn breakable(text: &str) -> String {
    let parts: Vec<_> = text.split_inclusive(['/', '.', '_', '[']).map(escape).collect();
    parts.join("<wbr>")
}

fn shown(text: &str) -> String {
    escape(&text.replace('\t', "    ")).into_owned()
}
