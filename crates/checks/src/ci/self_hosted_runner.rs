//! Jobs on self-hosted runners, above all where outsiders' code runs on them.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/self-hosted-runner",
        title: "job runs on a runner of your own",
        page: include_str!("self_hosted_runner.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["E2-T1"],
        maps: &["CWE-653", "OWASP-CICD:CICD-SEC-7"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let outsiders = workflow.starts_on(&["pull_request", "pull_request_target", "issue_comment"]);
    for job in &workflow.jobs {
        let Some(label) = job.runner_labels().into_iter().find(|label| label.as_str() == Some("self-hosted")) else {
            continue;
        };
        let (severity, message) = if outsiders {
            (
                Severity::Medium,
                "in a public repository, anybody's pull request runs code on this machine, and what it leaves behind meets the next job",
            )
        } else {
            (
                Severity::Info,
                "what one job leaves on this machine meets the next; use runners that serve one job and go",
            )
        };
        report.finding(label.span(), message).severity(severity);
    }
}
