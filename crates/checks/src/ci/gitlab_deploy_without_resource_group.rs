//! Jobs that deploy without `resource_group`.

use super::gitlab_deploy::deployments;
use palisade_inventory::gitlab::Pipeline;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-deploy-without-resource-group",
        title: "two GitLab deployments can run at once",
        page: include_str!("gitlab_deploy_without_resource_group.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E2-T5"],
        maps: &["CWE-362", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for (job, by) in deployments(pipeline) {
        if job.get("resource_group").is_none() && !job.extends_unknown() {
            let message = format!(
                "two pipelines can run `{}` ({by}) at once, and the older may win; give it a `resource_group:`",
                job.name
            );
            report.finding(job.key.span(), message);
        }
    }
}
