//! Workflows for pull requests that let every push run to its end.

use palisade_inventory::workflow::{Trigger, Workflow, one_or_many};
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
    // Only a push replaces a run; without types, pushes start it.
    let types: Vec<&str> = types(trigger).collect();
    if !types.is_empty() && !types.contains(&"synchronize") {
        return;
    }
    let limited =
        |node: palisade_inventory::yaml::Node<'_>| node.get("concurrency").is_some_and(|node| !node.is_null());
    if !limited(workflow.root) && !workflow.jobs.iter().all(|job| limited(job.node)) {
        let message = "each push to a pull request runs to its end beside the others; `concurrency:` with `cancel-in-progress` stops the old ones";
        let fix = fix(workflow, super::place::stem(report.path()));
        report.finding(trigger.node.span(), message).maybe_fix(fix);
    }
}

/// One group for each pull request; other events keep runs of their own. A called workflow would share its caller's,
/// and two workflows of one name would cancel each other, so the group is called as the file is.
fn fix(workflow: &Workflow<'_>, file: Option<&str>) -> Option<Fix> {
    let of_jobs = workflow.jobs.iter().any(|job| job.node.get("concurrency").is_some());
    // A label, or the end of the pull request, would cancel what a push began; and a deployment is not cut off.
    let starts = ["pull_request", "pull_request_target"].iter().filter_map(|name| workflow.trigger(name));
    let other = starts.flat_map(types).any(|kind| !["opened", "reopened", "synchronize", "edited"].contains(&kind));
    if other || workflow.jobs.iter().any(|job| job.environment().is_some()) {
        return None;
    }
    if of_jobs || workflow.root.get("concurrency").is_some() || workflow.trigger("workflow_call").is_some() {
        return None;
    }
    let group = format!("{}-${{{{ github.event.pull_request.number || github.run_id }}}}", file?);
    let block = format!("concurrency:\n  group: {group}\n  cancel-in-progress: true");
    let edit = workflow.root.add_above("jobs", &block)?;
    Some(Fix::new("cancel runs of a pull request that a push replaced", Safety::Unsafe, vec![edit]))
}

fn types<'y>(trigger: &Trigger<'y>) -> impl Iterator<Item = &'y str> + use<'y> {
    one_or_many(trigger.config.and_then(|config| config.get("types"))).into_iter().filter_map(|node| node.as_str())
}
