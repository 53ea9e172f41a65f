//! Deploying repositories without a written threat model.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-threat-model",
        title: "no threat model is written down",
        page: include_str!("missing_threat_model.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["AP-7", "T-024.6"],
        maps: &["CWE-1059"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if repository.deploys() && !repository.has_threat_model() {
        report.finding(Span::default(), "it deploys, and nothing says what could attack it; a page is enough: what is worth stealing, who can reach it, what stops them");
    }
}
