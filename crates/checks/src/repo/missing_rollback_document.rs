//! Deploying repositories that do not say how to go back.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-rollback-document",
        title: "nothing says how to roll back",
        page: include_str!("missing_rollback_document.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["AP-9", "AP-6"],
        maps: &["NIST-800-53:CP-10"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if repository.deploys() && !repository.has_rollback() {
        report.finding(Span::default(), "it deploys, and nothing says how to go back; `palisade init --only runbooks` writes docs/runbooks/rollback.md to fill in");
    }
}
