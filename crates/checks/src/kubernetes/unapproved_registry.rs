//! Images from registries outside the approved list.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/unapproved-registry",
        title: "image comes from a registry that is not approved",
        page: include_str!("unapproved_registry.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T4"],
        maps: &["CWE-829"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let approved = &report.settings().kubernetes.registries;
    if approved.is_empty() {
        return;
    }
    for container in &workload.containers {
        let Some(node) = container.image() else { continue };
        let Some(full) = node.as_str().and_then(image::parse).map(|image| image.full()) else { continue };
        let within = |prefix: &String| {
            full.strip_prefix(prefix.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !approved.iter().any(within) {
            report.finding(node.span(), "this image comes from a registry that palisade.toml does not approve");
        }
    }
}
