//! Branch rules that stand only in the settings of the forge.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-branch-rules",
        title: "branch rules are not kept as data",
        page: include_str!("missing_branch_rules.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["AP-8", "E9-T1"],
        maps: &["OWASP-CICD:CICD-SEC-1", "NIST-800-53:CM-5"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if repository.is_on_github() && !repository.has_branch_rules() {
        report.finding(Span::default(), "no rules of branches are kept here, so nobody sees when they change; `palisade init --only ruleset` writes .github/rulesets/main.json");
    }
}
