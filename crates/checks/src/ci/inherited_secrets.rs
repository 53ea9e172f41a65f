//! Reusable workflows that are called with `secrets: inherit`.

use palisade_inventory::workflow::{Source, Workflow};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/inherited-secrets",
        title: "called workflow gets every secret",
        page: include_str!("inherited_secrets.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T1", "E3-T4"],
        maps: &["CWE-272", "CWE-522", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    for job in &workflow.jobs {
        let (Some(uses), Some(secrets)) = (&job.uses, job.node.get("secrets")) else { continue };
        if secrets.as_str() != Some("inherit") {
            continue;
        }
        let (severity, message) = match uses.source {
            Source::Repository { .. } => (
                Severity::Medium,
                "a workflow of another repository gets every secret of this one; pass those that it needs by name",
            ),
            _ => (Severity::Low, "the called workflow gets every secret; pass those that it needs by name"),
        };
        report.finding(secrets.span(), message).severity(severity);
    }
}
