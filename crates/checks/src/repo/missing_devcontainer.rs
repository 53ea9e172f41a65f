//! Repositories without a ready environment for development.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-devcontainer",
        title: "no environment for development is described",
        page: include_str!("missing_devcontainer.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["EH-10"],
        maps: &["CWE-1053"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if !repository.has_environment() {
        report.finding(Span::default(), "no ready environment: everybody installs tools of their own versions; `palisade init --only devcontainer` describes one");
    }
}
