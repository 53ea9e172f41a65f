//! Jobs that deploy at any time, with nothing in the workflow that asks for a freeze.

use super::evidence::{self, Effect};
use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/deploy-without-freeze",
        title: "deployment ignores freeze windows",
        page: include_str!("deploy_without_freeze.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["E2-T5"],
        maps: &["CWE-841", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    if workflow.starts_only_on(&["pull_request"]) {
        return;
    }
    let text = workflow.root.span().of(workflow.root.yaml().text()).to_ascii_lowercase();
    if ["freeze", "frozen", "change-window", "change_window", "maintenance-window", "palisade gate", "merge_group"]
        .iter()
        .any(|word| text.contains(word))
    {
        return;
    }
    for job in &workflow.jobs {
        let Some(found) = evidence::of_job(job).filter(|found| found.effect == Effect::Deploy) else { continue };
        let shown = report.locate(found.span);
        let message = format!("nothing holds job `{}` back during a freeze; ask a gate before it deploys", job.id);
        report.finding(job.key.span(), message).also(shown, format!("deploys here with `{}`", found.by));
    }
}
