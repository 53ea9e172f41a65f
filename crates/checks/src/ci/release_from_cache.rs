//! Jobs that publish, and restore a build cache before they do.

use super::evidence::Effect;
use super::{caches, evidence};
use palisade_inventory::workflow::{Job, Workflow};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/release-from-cache",
        title: "release is built from a cache that others can fill",
        page: include_str!("release_from_cache.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T4"],
        maps: &["CWE-349", "CWE-345", "OWASP-CICD:CICD-SEC-9"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let by_trigger = evidence::releases_by_trigger(workflow);
    for job in &workflow.jobs {
        let published = evidence::of_job(job).filter(|found| found.effect == Effect::Publish);
        if published.is_none() && !(by_trigger && feeds_a_publisher(job, workflow)) {
            continue;
        }
        for (step, cache) in job.steps.iter().filter_map(|step| Some((step, caches::of_step(step)?))) {
            if !cache.restores || caches::is_off_for_releases(step, &cache) {
                continue;
            }
            let message = "this job makes what you publish, and starts from a cache that any earlier run could have filled; build releases without it";
            let shown = published.as_ref().map(|found| (report.locate(found.span), &found.by));
            let finding = report.finding(cache.span, message);
            if let Some((place, by)) = shown {
                finding.severity(Severity::High).also(place, format!("published here by `{by}`"));
            }
        }
    }
}

/// Whether another job waits for this one and publishes.
fn feeds_a_publisher(job: &Job<'_>, workflow: &Workflow<'_>) -> bool {
    workflow.jobs.iter().any(|other| {
        other.needs().any(|need| need == job.id)
            && evidence::of_job(other).is_some_and(|found| found.effect == Effect::Publish)
    })
}
