//! Write permissions without a comment.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/undocumented-permission",
        title: "permission does not say what it is for",
        page: include_str!("undocumented_permission.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-1116"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let blocks = std::iter::once(&workflow.permissions).chain(workflow.jobs.iter().map(|job| &job.permissions));
    for permissions in blocks {
        let yaml = workflow.root.yaml();
        let mut silent = permissions.scopes().iter().filter(|scope| {
            scope.level == "write"
                && yaml.comment_on_line(scope.value.span()).is_none_or(str::is_empty)
                && !comment_above(scope.key)
        });
        let Some(first) = silent.next() else { continue };
        let more = match silent.count() {
            0 => String::new(),
            count => format!(" ({count} more in this block)"),
        };
        report.finding(
            first.key.span(),
            format!("a comment on why `{}` is written keeps the block small later{more}", first.name),
        );
    }
}

/// Whether the line before is a comment.
fn comment_above(key: palisade_inventory::yaml::Node<'_>) -> bool {
    let text = key.yaml().text();
    let head = text.get(..key.span().start as usize).unwrap_or("");
    head.lines().rev().nth(1).is_some_and(|line| line.trim_start().starts_with('#'))
}
