//! Repositories that do not say what others may do with them.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-licence",
        title: "no licence",
        page: include_str!("missing_licence.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["EH-11"],
        maps: &["CWE-1059"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if !repository.has_licence() {
        report.finding(Span::default(), "without a licence nobody else may use, change or pass on this code; name one, or say that it is not for others");
    }
}
