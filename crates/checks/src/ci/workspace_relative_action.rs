//! Local actions named by `./`, which are whatever lies in the workspace at that moment.

use super::place::{Definition, Place, StepAt};
use super::untrusted_checkout;
use palisade_inventory::workflow::{Source, Step};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_definition(
    Meta {
        id: "ci/workspace-relative-action",
        title: "local action is read from a directory that the run can change",
        page: include_str!("workspace_relative_action.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-426", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(definition: &Definition<'_, '_>, report: &mut Report<'_>) {
    let mut style = Vec::new();
    match definition {
        Definition::Workflow(workflow) => {
            for job in &workflow.jobs {
                let place = Place { workflow: Some(workflow), job: Some(job), ..Place::default() };
                // A called workflow (`uses:` of a job) is taken from the commit, before there is a workspace.
                let mut foreign = None;
                for step in &job.steps {
                    if let Some(span) = local(step) {
                        match &foreign {
                            Some(place) => {
                                let message = "an earlier step checked out somebody else's code: this runs the action as they wrote it";
                                let shown = report.locate(*place);
                                report.finding(span, message).severity(Severity::High).also(shown, "checked out here");
                            }
                            None => style.push(span),
                        }
                    }
                    if place.starts_on(&["pull_request_target", "workflow_run", "issue_comment"]) {
                        foreign = foreign.or(untrusted_checkout::checks_out_head(&StepAt { step, place }));
                    }
                }
            }
        }
        Definition::Action(action) => style.extend(action.steps.iter().filter_map(local)),
    }
    if let Some(first) = style.first() {
        let more = match style.len() {
            1 => String::new(),
            count => format!(" ({} more in this file)", count - 1),
        };
        let message =
            format!("`./` is what lies in the workspace by then; `$/` is always this repository at this commit{more}");
        report.finding(*first, message);
    }
}

fn local(step: &Step<'_>) -> Option<palisade_model::Span> {
    step.uses.filter(|uses| matches!(uses.source, Source::Workspace(_))).map(|uses| uses.node.span())
}
