//! A plan to read, or to paste where Markdown is understood.

use std::fmt::Write as _;

use palisade_gate::plan::{Change, Plan, Status, Ticket};

use super::{PILOT, Ways, capital, description, gates, statuses};
use crate::markdown::{code, text};
use crate::text::{count, visible};

pub(super) const WAYS: Ways = Ways { code, text };

pub(super) fn render(plan: &Plan) -> String {
    let mut out = format!("# Hardening plan of {}\n\n", code(&plan.target));
    let counts: Vec<String> = statuses(plan).iter().map(|(number, word)| format!("{number} {word}")).collect();
    let _ = writeln!(out, "{} tickets in {} epics: {}.\n", plan.tickets().count(), plan.epics.len(), counts.join(", "));
    changes(&mut out, plan);
    let _ = write!(out, "## First two weeks\n\n1. {PILOT}\n");
    for (at, ticket) in plan.sprint.iter().filter_map(|code| plan.ticket(code)).enumerate() {
        let owners: Vec<String> = ticket.owners.iter().map(|owner| code(owner)).collect();
        let owner = if owners.is_empty() { "no owner yet".to_owned() } else { owners.join(", ") };
        let gap = ticket.gap.as_ref().map_or(0, |gap| gap.findings);
        let _ = writeln!(
            out,
            "{}. **{}** {} ({}, effort {:?}, {owner})",
            at + 2,
            ticket.code,
            text(&capital(&ticket.title)),
            count(gap, "finding", "findings"),
            ticket.effort
        );
    }
    out.push_str(
        "\nWhat is critical first, then the most risk taken away in an hour of work.\n\n## Gates, in this order\n\n",
    );
    for (at, gate) in gates(plan).iter().enumerate() {
        let _ = writeln!(out, "{}. {gate}", at + 1);
    }
    for epic in &plan.epics {
        let _ = write!(out, "\n## {} {}\n\n{}\n", epic.code, text(&epic.title), text(&epic.outcome));
        for ticket in epic.tickets.iter().filter(|ticket| ticket.status == Status::Open) {
            let _ = write!(out, "\n### {} {}\n\n", ticket.code, text(&capital(&ticket.title)));
            out.push_str(&body(ticket));
        }
        rest(&mut out, epic.tickets.iter().filter(|ticket| ticket.status != Status::Open));
    }
    out
}

/// A ticket's description as a list.
pub(super) fn body(ticket: &Ticket) -> String {
    let mut out = String::new();
    for (heading, line) in description(ticket, &WAYS) {
        let line = visible(&line);
        let _ = if heading.is_empty() { writeln!(out, "  - {line}") } else { writeln!(out, "- **{heading}:** {line}") };
    }
    out
}

fn changes(out: &mut String, plan: &Plan) {
    for (change, word) in [(Change::Closed, "Close"), (Change::Reopened, "Open again"), (Change::Kept, "Already filed")]
    {
        let codes: Vec<&str> =
            plan.tickets().filter(|ticket| ticket.change == Some(change)).map(|ticket| ticket.code.as_str()).collect();
        if !codes.is_empty() {
            let _ = writeln!(out, "{word}: {}.\n", codes.join(", "));
        }
    }
}

fn rest<'t>(out: &mut String, tickets: impl Iterator<Item = &'t Ticket>) {
    let mut tickets = tickets.peekable();
    if tickets.peek().is_none() {
        return;
    }
    out.push_str("\n| ticket | what must hold | state |\n|---|---|---|\n");
    for ticket in tickets {
        let _ = writeln!(out, "| {} | {} | {} |", ticket.code, text(&ticket.title).replace('|', "\\|"), state(ticket));
    }
}

fn state(ticket: &Ticket) -> String {
    match (ticket.status, &ticket.done) {
        (Status::Open, _) => "open".to_owned(),
        (Status::Clean, Some(command)) => format!("clean: {} ends with 0", code(command)),
        (Status::PartlyMeasured, Some(command)) => {
            format!("measured in part: {} ends with 0, the rest is for a person", code(command))
        }
        (Status::NotMeasured, Some(_)) => "not measured by this scan: its checks did not run".to_owned(),
        (_, None) => "not measured by this version".to_owned(),
    }
}
