//! Jobs that deploy without a rule about the branch.

use super::gitlab_deploy::deployments;
use palisade_inventory::gitlab::Pipeline;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-deploy-from-any-branch",
        title: "any branch can deploy",
        page: include_str!("gitlab_deploy_from_any_branch.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T3", "E2-T5"],
        maps: &["CWE-862", "CWE-284", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    let workflow = pipeline.root.at(&["workflow", "rules"]).is_some();
    for (job, by) in deployments(pipeline) {
        let ruled = ["rules", "only", "except"].iter().any(|key| job.get(key).is_some());
        if !ruled && !workflow && !job.extends_unknown() {
            let message = format!(
                "`{}` ({by}) runs on every branch that anybody pushes; limit it with `rules:` to protected ones",
                job.name
            );
            report.finding(job.key.span(), message);
        }
    }
}
