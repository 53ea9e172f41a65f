//! Replicated workloads whose number is fixed.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-autoscaler",
        title: "no autoscaler for replicated workloads",
        page: include_str!("missing_autoscaler.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["AP-11"],
        maps: &["CWE-770"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    let Some((place, count)) = repository.replicated(report.settings()) else { return };
    if !repository.has_object(&["HorizontalPodAutoscaler", "ScaledObject"], &["hpa", "autoscal", "scaledobject"]) {
        let others = if count > 1 { format!(" ({} more like it)", count - 1) } else { String::new() };
        report.finding_at(
            place,
            format!("the number of replicas is fixed and nothing scales it: a burst of requests is an outage{others}"),
        );
    }
}
