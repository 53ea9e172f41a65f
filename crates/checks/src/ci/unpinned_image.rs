//! Container images of jobs, services and container actions that can change under the same name.

use super::place::Definition;
use palisade_inventory::workflow::{Source, Step};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_definition(
    Meta {
        id: "ci/unpinned-image",
        title: "container image is not pinned",
        page: include_str!("unpinned_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T2", "E5-T4"],
        maps: &["CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(definition: &Definition<'_, '_>, report: &mut Report<'_>) {
    match definition {
        Definition::Workflow(workflow) => {
            for job in &workflow.jobs {
                for image in job.containers().iter().filter_map(|container| container.image) {
                    judge(image, image.as_str().unwrap_or(""), report);
                }
                of_steps(&job.steps, report);
            }
        }
        Definition::Action(action) => {
            if let Some(image) = action.image
                && let Some(name) = image.as_str().and_then(|text| text.strip_prefix("docker://"))
            {
                judge(image, name, report);
            }
            of_steps(&action.steps, report);
        }
    }
}

fn of_steps(steps: &[Step<'_>], report: &mut Report<'_>) {
    for uses in steps.iter().filter_map(|step| step.uses) {
        if let Source::Docker(image) = uses.source {
            judge(uses.node, image, report);
        }
    }
}

fn judge(node: Node<'_>, image: &str, report: &mut Report<'_>) {
    if let Some((severity, confidence, message)) = looseness(image) {
        let text = node.as_str().unwrap_or("");
        let moving = image.ends_with(":latest");
        let fix = report.settings().lock.pin_image(image, node.span_within(0, text.len())).filter(|_| !moving);
        report.finding(node.span(), message).severity(severity).confidence(confidence).maybe_fix(fix);
    }
}

/// How loosely an image is named: not at all when by digest.
pub(super) fn looseness(image: &str) -> Option<(Severity, Confidence, &'static str)> {
    if image.contains("@sha256:") || image.contains("@sha512:") || image.is_empty() {
        return None;
    }
    if image.contains("${{") || image.contains('$') {
        let tagged =
            image.rsplit(['}', '/']).next().is_some_and(|tail| tail.contains(':') && !tail.ends_with(":latest"));
        let message = "this image is computed, and nothing shows that it is pinned by digest";
        return (!tagged).then_some((Severity::Info, Confidence::Low, message));
    }
    let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
    match tag {
        None | Some("") => Some((
            Severity::Medium,
            Confidence::High,
            "no tag and no digest: the job runs whatever was pushed last; pin `@sha256:…`",
        )),
        Some("latest" | "edge" | "main" | "master" | "nightly" | "dev") => Some((
            Severity::Medium,
            Confidence::High,
            "this tag moves with every push to the registry; pin `@sha256:…`",
        )),
        Some(_) => {
            Some((Severity::Low, Confidence::High, "a tag can be pushed again with other content; pin `@sha256:…`"))
        }
    }
}
