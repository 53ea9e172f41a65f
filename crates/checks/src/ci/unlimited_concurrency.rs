//! Workflows for pull requests that let every push run to its end.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/unlimited-concurrency",
        title: "superseded runs are not cancelled",
        page: include_str!("unlimited_concurrency.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["E2-T5"],
        maps: &["CWE-770"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let Some(trigger) = workflow.trigger("pull_request").or(workflow.trigger("pull_request_target")) else { return };
    let limited =
        |node: palisade_inventory::yaml::Node<'_>| node.get("concurrency").is_some_and(|node| !node.is_null());
    if !limited(workflow.root) && !workflow.jobs.iter().all(|job| limited(job.node)) {
        let message = "each push to a pull request runs to its end beside the others; `concurrency:` with `cancel-in-progress` stops the old ones";
        report.finding(trigger.node.span(), message).maybe_fix(fix(workflow));
    }
}

/// One group for each pull request; other events keep runs of their own. A called workflow would share its caller's.
fn fix(workflow: &Workflow<'_>) -> Option<Fix> {
    let of_jobs = workflow.jobs.iter().any(|job| job.node.get("concurrency").is_some());
    if of_jobs || workflow.root.get("concurrency").is_some() || workflow.trigger("workflow_call").is_some() {
        return None;
    }
    let block = "concurrency:\n  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}\n  cancel-in-progress: true";
    let edit = workflow.root.add_above("jobs", block)?;
    Some(Fix::new("cancel runs of a pull request that a push replaced", Safety::Unsafe, vec![edit]))
}
