//! Databases that nothing in the repository backs up.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-backups",
        title: "no backup of a database in the cluster",
        page: include_str!("missing_backups.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["EH-7"],
        maps: &["NIST-800-53:CP-9", "CWE-693"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    let Some((place, count)) = repository.databases(report.settings()) else { return };
    if !repository.has_backup() {
        let others = if count > 1 { format!(" ({} more like it)", count - 1) } else { String::new() };
        report.finding_at(place, format!("a database keeps its data here, and nothing in the repository backs it up: what a bad migration or a lost volume takes is gone{others}"));
    }
}
