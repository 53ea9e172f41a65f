//! Workflows and actions without `name:`.

use super::place::Definition;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_definition(
    Meta {
        id: "ci/anonymous-definition",
        title: "workflow has no name",
        page: include_str!("anonymous_definition.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-1116"],
    },
    run,
);

fn run(definition: &Definition<'_, '_>, report: &mut Report<'_>) {
    let (root, anchor) = match definition {
        Definition::Workflow(workflow) if workflow.jobs.is_empty() => return,
        Definition::Workflow(workflow) => (workflow.root, workflow.anchor()),
        Definition::Action(action) => (action.root, action.anchor()),
    };
    if root.get_str("name").is_none() {
        report.finding(anchor.span(), "without `name:` it appears in logs and required checks by its path");
    }
}
