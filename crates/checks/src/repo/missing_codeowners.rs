//! Repositories whose sensitive files belong to nobody.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-codeowners",
        title: "nobody owns the sensitive files",
        page: include_str!("missing_codeowners.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E9-T1", "AP-8"],
        maps: &["CWE-1053", "OWASP-CICD:CICD-SEC-1", "NIST-800-53:CM-5"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if !repository.has_owners() {
        report.finding(Span::default(), "no CODEOWNERS: a change to workflows or images needs nobody in particular to approve it; `palisade init --only codeowners --owner @team` writes one");
    }
}
