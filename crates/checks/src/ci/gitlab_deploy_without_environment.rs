//! Jobs that deploy without naming an environment.

use super::gitlab_deploy::deployments;
use palisade_inventory::gitlab::Pipeline;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-deploy-without-environment",
        title: "GitLab deployment has no environment",
        page: include_str!("gitlab_deploy_without_environment.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T3", "E2-T5"],
        maps: &["CWE-862", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for (job, by) in deployments(pipeline) {
        if job.get("environment").is_none() && !job.extends_unknown() {
            let message = format!(
                "`{}` deploys with `{by}` and names no `environment:`, so no approval or protection stands before it",
                job.name
            );
            report.finding(job.key.span(), message);
        }
    }
}
