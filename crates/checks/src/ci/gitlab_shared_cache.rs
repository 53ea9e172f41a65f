//! Caches that GitLab is told not to separate by protection.

use super::gitlab_deploy::deployments;
use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::workflow::one_or_many;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-shared-cache",
        title: "protected and unprotected branches share a cache",
        page: include_str!("gitlab_shared_cache.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E2-T4"],
        maps: &["CWE-349", "CWE-668", "OWASP-CICD:CICD-SEC-9"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    let holders = [Some(pipeline.root), pipeline.root.get("default")].into_iter().flatten();
    for holder in holders.chain(pipeline.jobs.iter().map(|job| job.node)) {
        for cache in one_or_many(holder.get("cache")) {
            if let Some(flag) = cache.get("unprotect").filter(|node| node.as_bool() == Some(true)) {
                report
                    .finding(flag.span(), "jobs of any branch can now fill the cache that protected branches restore")
                    .severity(Severity::Medium);
            }
        }
    }
    for (job, by) in deployments(pipeline) {
        let restored = one_or_many(job.get("cache")).into_iter().find(|cache| reads(*cache) && !is_separate(*cache));
        if let Some(cache) = restored {
            let place = cache.get("key").unwrap_or(job.key);
            let message = format!(
                "`{}` deploys ({by}) from a cache whose key every branch shares; add `$CI_COMMIT_REF_SLUG` or drop it",
                job.name
            );
            report.finding(place.span(), message);
        }
    }
}

fn reads(cache: Node<'_>) -> bool {
    cache.is_mapping() && cache.get_str("policy") != Some("push")
}

/// Whether the key is different for each branch or made from the content of files.
fn is_separate(cache: Node<'_>) -> bool {
    cache.get("key").is_some_and(|key| {
        key.is_mapping()
            || key.as_str().is_some_and(|text| text.contains("CI_COMMIT_REF") || text.contains("CI_COMMIT_BRANCH"))
    })
}
