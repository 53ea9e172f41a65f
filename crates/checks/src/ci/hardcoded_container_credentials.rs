//! Registry passwords of containers and services that stand in the file.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/hardcoded-container-credentials",
        title: "registry password in the workflow",
        page: include_str!("hardcoded_container_credentials.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-798", "CWE-259", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    for container in workflow.jobs.iter().flat_map(|job| job.containers()) {
        let Some(password) = container.credentials.and_then(|credentials| credentials.get("password")) else {
            continue;
        };
        if password.as_str().is_some_and(|text| !text.contains("${{") && !text.is_empty()) {
            let message =
                "this registry password is in the history of the repository for good; revoke it and use a secret";
            report.finding(password.span(), message);
        }
    }
}
