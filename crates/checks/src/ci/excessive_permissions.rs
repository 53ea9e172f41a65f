//! Write permissions that jobs inherit without asking for them, and `write-all`.

use palisade_inventory::workflow::{Grant, Permissions, Scope, Workflow};
use palisade_model::{Confidence, Fix, Meta, Severity};

use super::needs;

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/excessive-permissions",
        title: "workflow token may do more than the job needs",
        page: include_str!("excessive_permissions.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-272", "CWE-250", "OWASP-CICD:CICD-SEC-5"],
    },
    run,
);

/// Scopes whose writing reaches beyond comments and labels.
const POWERFUL: [&str; 9] = [
    "contents",
    "actions",
    "packages",
    "pages",
    "attestations",
    "deployments",
    "security-events",
    "administration",
    "artifact-metadata",
];

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    // A workflow that is only called cannot get more than its caller has.
    let inherited = workflow.jobs.iter().filter(|job| !job.permissions.is_set()).count();
    wide(&workflow.permissions, inherited > 0, || needs::instead(workflow), report);
    if inherited > 0 && workflow.jobs.len() > 1 {
        for scope in
            workflow.permissions.scopes().iter().filter(|scope| scope.level == "write" && scope.name != "id-token")
        {
            let message = format!(
                "{inherited} jobs get `{}: write`, whether they need it or not; grant it to the job that does",
                scope.name
            );
            report.finding(scope.key.span().to(scope.value.span()), message).severity(rating(scope));
        }
    }
    for job in &workflow.jobs {
        wide(&job.permissions, true, || needs::instead_of_job(job, workflow), report);
    }
}

fn wide(permissions: &Permissions<'_>, effective: bool, fix: impl FnOnce() -> Option<Fix>, report: &mut Report<'_>) {
    match permissions.grant {
        Grant::WriteAll(node) if effective => {
            let message = "the token may change everything in this repository; name the scopes that are needed";
            report.finding(node.span(), message).severity(Severity::High).maybe_fix(fix());
        }
        Grant::ReadAll(node) if effective => {
            let message = "the token may read everything, private packages and security alerts too; name the scopes that are needed";
            report.finding(node.span(), message).severity(Severity::Low).maybe_fix(fix());
        }
        _ => {}
    }
}

fn rating(scope: &Scope<'_>) -> Severity {
    if POWERFUL.contains(&scope.name) { Severity::Medium } else { Severity::Low }
}
