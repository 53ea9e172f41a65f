//! Deploying repositories without runbooks.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-runbooks",
        title: "no runbook for an incident",
        page: include_str!("missing_runbooks.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["E3-T5", "E7-T3", "E9-T4"],
        maps: &["NIST-800-53:IR-8"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if repository.deploys() && !repository.has_runbooks() {
        report.finding(Span::default(), "it deploys, and no runbook says what to do when a credential leaks or a dependency turns bad; `palisade init --only runbooks` writes them");
    }
}
