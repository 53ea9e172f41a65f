//! Jobs that publish, and restore a build cache before they do.

use super::evidence::Effect;
use super::{caches, evidence};
use std::collections::HashSet;

use palisade_inventory::workflow::{Job, Workflow};
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

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
    let publishes = |job: &Job<'_>| evidence::of_job(job).is_some_and(|found| found.effect == Effect::Publish);
    let feeding: HashSet<&str> = workflow.jobs.iter().filter(|job| publishes(job)).flat_map(Job::needs).collect();
    for job in &workflow.jobs {
        let published = evidence::of_job(job).filter(|found| found.effect == Effect::Publish);
        let part = !evidence::is_test(job.id) || feeding.contains(job.id);
        if published.is_none() && !(by_trigger && part) {
            continue;
        }
        for (step, cache) in job.steps.iter().filter_map(|step| Some((step, caches::of_step(step)?))) {
            if !cache.restores || caches::is_off_for_releases(step, &cache) {
                continue;
            }
            let message = "this job makes what you publish, and starts from a cache that any earlier run could have filled; build releases without it";
            let shown = published.as_ref().map(|found| (report.locate(found.span), &found.by));
            // What a build takes from a cache it can make anew, only not as fast.
            let fix = caches::off(step).map(|edit| Fix::new("build without the cache", Safety::Unsafe, vec![edit]));
            let finding = report.finding(cache.span, message).maybe_fix(fix);
            if let Some((place, by)) = shown {
                finding.severity(Severity::High).also(place, format!("published here by `{by}`"));
            }
        }
    }
}
