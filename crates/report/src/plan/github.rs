//! What to do with each issue at GitHub, for a script around its API.

use palisade_gate::plan::{Change, Plan, Ticket};
use serde::Serialize;

use super::{capital, markdown};

/// The issues.
#[derive(Serialize)]
pub(super) struct Issues {
    issues: Vec<Issue>,
}

#[derive(Serialize)]
struct Issue {
    /// What to do: `create`, `update`, `close`, `reopen`.
    action: &'static str,
    /// Stands in the body as well, to find the issue again.
    id: String,
    title: String,
    body: String,
    labels: Vec<String>,
    milestone: String,
}

impl Issues {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut issues = Vec::new();
        for epic in &plan.epics {
            for ticket in &epic.tickets {
                let action = match ticket.change {
                    Some(Change::New) => "create",
                    Some(Change::Kept) => "update",
                    Some(Change::Closed) => "close",
                    Some(Change::Reopened) => "reopen",
                    None => continue,
                };
                issues.push(Issue {
                    action,
                    id: format!("palisade-{}", ticket.code),
                    title: format!("{} {}", ticket.code, capital(&ticket.title)),
                    body: body(ticket),
                    labels: labels(plan, ticket),
                    milestone: format!("{} {}", epic.code, epic.title),
                });
            }
        }
        Self { issues }
    }
}

fn body(ticket: &Ticket) -> String {
    format!("{}\n<!-- palisade-{} -->\n", markdown::body(ticket), ticket.code)
}

fn labels(plan: &Plan, ticket: &Ticket) -> Vec<String> {
    let mut labels = vec!["palisade".to_owned(), format!("effort: {:?}", ticket.effort)];
    labels.extend(ticket.gap.as_ref().map(|gap| format!("severity: {}", gap.worst)));
    if plan.sprint.contains(&ticket.code) {
        labels.push("sprint 0".to_owned());
    }
    labels
}
