//! Jobs that deploy without naming an environment, and so without its rules.

use super::evidence::{self, Effect};
use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/deploy-without-environment",
        title: "deployment has no protected environment",
        page: include_str!("deploy_without_environment.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T3", "E2-T5"],
        maps: &["CWE-862", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    // Previews of pull requests are not what an environment protects.
    if workflow.starts_only_on(&["pull_request"]) {
        return;
    }
    for job in workflow.jobs.iter().filter(|job| job.environment().is_none()) {
        let Some(found) = evidence::of_job(job).filter(|found| found.effect == Effect::Deploy) else { continue };
        let shown = report.locate(found.span);
        let message = format!(
            "job `{}` deploys and names no `environment:`, so no reviewer, branch rule or wait stands before it",
            job.id
        );
        report.finding(job.key.span(), message).also(shown, format!("deploys here with `{}`", found.by));
    }
}
