//! Images and services of GitLab jobs that can change under the same name.

use super::unpinned_image::looseness;
use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::workflow::one_or_many;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-unpinned-image",
        title: "GitLab job image is not pinned",
        page: include_str!("gitlab_unpinned_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T2", "E5-T4"],
        maps: &["CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    of_holder(pipeline.root, report);
    if let Some(default) = pipeline.root.get("default") {
        of_holder(default, report);
    }
    pipeline.jobs.iter().for_each(|job| of_holder(job.node, report));
}

fn of_holder(holder: Node<'_>, report: &mut Report<'_>) {
    let images = holder.get("image").into_iter().chain(one_or_many(holder.get("services")));
    for image in images {
        if image.resolve() != image {
            continue;
        }
        let node = if image.is_mapping() { image.get("name") } else { Some(image) };
        let Some((node, name)) = node.and_then(|node| Some((node, node.as_str()?))) else { continue };
        if let Some((severity, confidence, message)) = looseness(name) {
            report.finding(node.span(), message).severity(severity).confidence(confidence);
        }
    }
}
