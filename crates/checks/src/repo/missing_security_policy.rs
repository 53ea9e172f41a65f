//! Repositories that tell nobody how to report a weakness.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-security-policy",
        title: "no word on how to report a weakness",
        page: include_str!("missing_security_policy.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["T-024.6", "EH-11"],
        maps: &["CWE-1059"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if !repository.has_document(&["security"]) {
        report.finding(Span::default(), "nobody who finds a weakness learns where to report it; `palisade init --only security` writes a SECURITY.md");
    }
}
