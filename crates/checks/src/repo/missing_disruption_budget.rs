//! Replicated workloads that an upgrade of nodes may stop all at once.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-disruption-budget",
        title: "no PodDisruptionBudget for replicated workloads",
        page: include_str!("missing_disruption_budget.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["AP-11"],
        maps: &["CWE-1053"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    let Some((place, count)) = repository.replicated(report.settings()) else { return };
    if !repository.has_object(&["PodDisruptionBudget"], &["pdb", "disruption"]) {
        let others = if count > 1 { format!(" ({} more like it)", count - 1) } else { String::new() };
        report.finding_at(place, format!("several replicas and no PodDisruptionBudget anywhere: an upgrade of nodes may stop all of them at once{others}"));
    }
}
