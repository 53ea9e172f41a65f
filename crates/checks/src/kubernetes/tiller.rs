//! The server part of Helm 2.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/tiller",
        title: "Tiller holds the cluster for whoever asks",
        page: include_str!("tiller.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CWE-306"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let Some(node) = container.image() else { continue };
        let Some(image) = node.as_str().and_then(image::parse) else { continue };
        if image.repository.rsplit('/').next() == Some("tiller") {
            report.finding(node.span(), "Tiller runs commands for whoever reaches it; move to Helm 3");
        }
    }
}
