//! Moving tags that nodes do not look up again.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/stale-image",
        title: "node may keep an old image of a moving tag",
        page: include_str!("stale_image.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T4"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let Some(image) = container.image().and_then(Node::as_str).and_then(image::parse) else { continue };
        let Some(policy) = container.setting(&["imagePullPolicy"]) else { continue };
        let moving = image.digest.is_none() && matches!(image.tag, None | Some("latest"));
        if moving && matches!(policy.as_str(), Some("IfNotPresent" | "Never")) {
            report.finding(policy.span(), "nodes keep whatever this moving tag was when they first pulled it");
        }
    }
}
