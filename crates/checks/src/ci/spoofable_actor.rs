//! Conditions that let a bot through by the name of who acted last.

use super::place::ExpressionAt;
use palisade_inventory::expression::{Comparison, Expression, Kind, Value};
use palisade_inventory::workflow::Slot;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/spoofable-actor",
        title: "condition trusts `github.actor`",
        page: include_str!("spoofable_actor.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E2-T1"],
        maps: &["CWE-290", "CWE-807", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let (Slot::If, Ok(expression)) = (at.located.slot, &at.located.parsed) else { return };
    let mut spans = Vec::new();
    expression.each(&mut |inner| {
        if let Kind::Compare(Comparison::Equal, left, right) = &inner.kind
            && (compares(left, right) || compares(right, left))
        {
            spans.push(inner.span);
        }
    });
    // With the secrets of the repository the bypass is worth something; elsewhere the actor is a courtesy.
    let privileged = at.place.starts_on(&["pull_request_target", "workflow_run", "issue_comment"]);
    let severity = if privileged { Severity::High } else { Severity::Medium };
    for span in spans {
        let message = "`github.actor` is whoever acted last, and anybody can make a bot act on their pull request; compare `github.event.pull_request.user.login`";
        report.finding(at.located.span_of(span), message).severity(severity);
    }
}

fn compares(actor: &Expression, name: &Expression) -> bool {
    let context = matches!(
        actor.path().as_deref(),
        Some(
            "github.actor"
                | "github.triggering_actor"
                | "github.event.sender.login"
                | "github.actor_id"
                | "github.event.sender.id"
        )
    );
    let bot = match &name.kind {
        Kind::Literal(Value::Text(text)) => text.ends_with("[bot]") || is_bot_id(text),
        Kind::Literal(Value::Number(number)) => is_bot_id(&number.to_string()),
        _ => false,
    };
    context && bot
}

/// Account numbers of Dependabot, Renovate and GitHub's own bot.
fn is_bot_id(text: &str) -> bool {
    ["49699333", "27856297", "29139614", "41898282"].contains(&text)
}
