//! Workflows and jobs that do not say what their token may do.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use super::needs;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/missing-permissions",
        title: "token permissions are left to the repository's default",
        page: include_str!("missing_permissions.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T1"],
        maps: &["CWE-276", "OWASP-CICD:CICD-SEC-5"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    if workflow.permissions.is_set() || workflow.jobs.is_empty() {
        return;
    }
    let called = workflow.starts_only_on(&["workflow_call"]);
    let severity = if called { Severity::Low } else { Severity::Medium };
    let lacking: Vec<_> = workflow.jobs.iter().filter(|job| !job.permissions.is_set()).collect();
    if lacking.len() == workflow.jobs.len() {
        let message = if called {
            "no `permissions:`: the token can do whatever the caller's can; say what is needed"
        } else {
            "no `permissions:`: in older repositories and organisations the token may then write everything; start from `permissions: {}`"
        };
        report.finding(workflow.anchor().span(), message).severity(severity).maybe_fix(needs::of_workflow(workflow));
        return;
    }
    for job in lacking {
        let message = format!("job `{}` has no `permissions:`, so its token gets the repository's default", job.id);
        report.finding(job.key.span(), message).severity(severity).maybe_fix(needs::of_one(job, workflow));
    }
}
