//! Third-party actions for which the runner has a tool on board.

use super::place::UsesAt;
use super::tables::SUPERFLUOUS;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/superfluous-action",
        title: "action does what the runner can do itself",
        page: include_str!("superfluous_action.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    if let Some((action, tool)) = SUPERFLUOUS.iter().find(|(action, _)| at.uses.is(action)) {
        report.finding(
            at.uses.node.span(),
            format!("the runner can do this itself with `{tool}`, without the code of `{action}`"),
        );
    }
}
