//! Files that Jira and Linear import. Only new tickets are in them: an import creates what it reads.
//!
//! Every cell is quoted, and one that a spreadsheet would take for a formula starts with an apostrophe.

use palisade_gate::plan::{Change, Epic, Plan, Ticket};

use super::{Ways, capital, description, markdown, new, priority};
use crate::text::is_hostile;

/// Jira's importer: epics and stories that hang below them.
pub(super) fn jira(plan: &Plan) -> String {
    let mut out = String::new();
    push(
        &mut out,
        &["Issue Id", "Parent Id", "Issue Type", "Summary", "Description", "Priority", "Labels", "Original Estimate"],
    );
    let mut number = 0;
    for epic in plan.epics.iter().filter(|epic| epic.tickets.iter().any(is_new)) {
        let mut parent = String::new();
        // An epic that has tickets in the tracker is there already: its new ones carry its label alone.
        if epic.tickets.iter().all(|ticket| ticket.filed.is_none() || is_new(ticket)) {
            number += 1;
            parent = number.to_string();
            let summary = format!("{} {}", epic.code, epic.title);
            push(&mut out, &[&parent, "", "Epic", &summary, &epic.outcome, "", &labels(epic, &epic.code, " "), ""]);
        }
        for ticket in epic.tickets.iter().filter(|ticket| is_new(ticket)) {
            number += 1;
            push(
                &mut out,
                &[
                    &number.to_string(),
                    &parent,
                    "Story",
                    &title(ticket),
                    &plain(ticket),
                    priority(ticket, ["Highest", "High", "Medium", "Low", "Lowest"]),
                    &labels(epic, &ticket.code, " "),
                    &(ticket.effort.hours() * 3600).to_string(),
                ],
            );
        }
    }
    out
}

/// Linear's importer, which reads Markdown.
pub(super) fn linear(plan: &Plan) -> String {
    let mut out = String::new();
    push(&mut out, &["ID", "Title", "Description", "Status", "Estimate", "Priority", "Labels"]);
    for ticket in new(plan) {
        let Some(epic) = plan.epics.iter().find(|epic| epic.tickets.iter().any(|one| one.code == ticket.code)) else {
            continue;
        };
        let status = if plan.sprint.contains(&ticket.code) { "Todo" } else { "Backlog" };
        push(
            &mut out,
            &[
                &ticket.code,
                &title(ticket),
                // A list's dash would look like a formula.
                markdown::body(ticket).trim_start_matches("- "),
                status,
                points(ticket),
                priority(ticket, ["Urgent", "High", "Medium", "Low", "No priority"]),
                &labels(epic, &ticket.code, ", "),
            ],
        );
    }
    out
}

fn is_new(ticket: &Ticket) -> bool {
    ticket.change == Some(Change::New)
}

fn title(ticket: &Ticket) -> String {
    format!("{} {}", ticket.code, capital(&ticket.title))
}

fn labels(epic: &Epic, code: &str, between: &str) -> String {
    let mut labels = vec!["palisade".to_owned(), format!("palisade-{}", epic.code)];
    if code != epic.code {
        labels.push(format!("palisade-{code}"));
    }
    labels.join(between)
}

/// The points of Linear's scale.
fn points(ticket: &Ticket) -> &'static str {
    match ticket.effort.hours() {
        1 => "1",
        4 => "2",
        8 => "3",
        20 => "5",
        _ => "8",
    }
}

/// A description without markup.
fn plain(ticket: &Ticket) -> String {
    let ways = Ways { code: str::to_owned, text: |text| text.replace('`', "") };
    let lines = description(ticket, &ways)
        .into_iter()
        .map(|(heading, line)| if heading.is_empty() { format!("  {line}") } else { format!("{heading}: {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

fn push(out: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    out.push_str(&cells.join(","));
    out.push_str("\r\n");
}

/// A cell that is text to a spreadsheet, whatever it holds.
fn quoted(cell: &str) -> String {
    let kept: String = cell.chars().filter(|sign| *sign == '\n' || !is_hostile(*sign)).collect();
    let guard = if kept.trim_start().starts_with(['=', '+', '-', '@', '|', '%']) { "'" } else { "" };
    format!("\"{guard}{}\"", kept.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_cell_is_a_formula_or_leaves_its_quotes() {
        for (cell, expected) in [
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            (" @SUM(1)", "\"' @SUM(1)\""),
            ("\t-1", "\"'-1\""),
            ("a\r\n\"b\u{1b}[0m", "\"a\n\"\"b[0m\""),
            ("E2-T1 fine", "\"E2-T1 fine\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
