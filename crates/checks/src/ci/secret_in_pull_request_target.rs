//! Secrets in jobs that `pull_request_target` starts.

use super::place::{Place, StepAt};
use super::untrusted_checkout;
use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/secret-in-pull-request-target",
        title: "outsiders' pull requests start a job that holds secrets",
        page: include_str!("secret_in_pull_request_target.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E2-T1", "E3-T4"],
        maps: &["CWE-522", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    if !workflow.starts_on(&["pull_request_target"]) {
        return;
    }
    for job in &workflow.jobs {
        let place = Place { workflow: Some(workflow), job: Some(job), ..Place::default() };
        let hostile = job.steps.iter().any(|step| untrusted_checkout::brings_in_outsiders(&StepAt { step, place }));
        let mut expressions = job.expressions.iter().chain(job.steps.iter().flat_map(|step| &step.expressions));
        let secret = expressions.find_map(|located| {
            let references = located.parsed.as_ref().ok()?.references();
            let own = |path: &str| path.starts_with("secrets") && path != "secrets.github_token";
            references
                .into_iter()
                .find(|reference| own(&reference.path))
                .map(|reference| located.span_of(reference.span))
        });
        let Some(span) = secret else { continue };
        let (severity, message) = if hostile {
            (Severity::Critical, "this job runs an outsider's code beside this secret: any pull request can take it")
        } else {
            (
                Severity::Low,
                "any outsider's pull request starts this job with this secret in hand; one careless step gives it away",
            )
        };
        report.finding(span, message).severity(severity);
    }
}
