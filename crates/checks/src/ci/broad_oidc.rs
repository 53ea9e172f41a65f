//! `id-token: write` for a whole workflow, or for jobs that outsiders' pull requests start.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/broad-oidc",
        title: "more jobs than needed can log in to the cloud",
        page: include_str!("broad_oidc.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T3", "E2-T1"],
        maps: &["CWE-272", "OWASP-CICD:CICD-SEC-5"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let inheriting = workflow.jobs.iter().filter(|job| !job.permissions.is_set()).count();
    if let Some(scope) = workflow.permissions.writes("id-token").filter(|_| inheriting > 0 && workflow.jobs.len() > 1) {
        let message = format!(
            "{inheriting} jobs can log in wherever this repository is trusted; grant `id-token: write` to the job that logs in"
        );
        report.finding(scope.key.span().to(scope.value.span()), message);
    }
    if !workflow.starts_on(&["pull_request_target", "issue_comment", "issues"]) {
        return;
    }
    for job in &workflow.jobs {
        let permissions = if job.permissions.is_set() { &job.permissions } else { &workflow.permissions };
        let Some(scope) = permissions.writes("id-token") else { continue };
        if !job.permissions.is_set() && workflow.jobs.len() > 1 {
            continue;
        }
        let message = "an outsider can start this job, and its identity is that of the default branch: the cloud cannot tell them apart";
        let severity = if workflow.starts_on(&["pull_request_target"]) { Severity::Medium } else { Severity::Low };
        report.finding(scope.key.span().to(scope.value.span()), message).severity(severity);
    }
}
