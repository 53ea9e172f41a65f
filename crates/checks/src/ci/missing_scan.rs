//! Kinds of security scans that no workflow runs.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "ci/missing-scan",
        title: "no workflow runs a required scan",
        page: include_str!("missing_scan.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["E3-T4", "E1-T1"],
        maps: &["CWE-1053", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let workflows = || inventory.files.iter().filter_map(|file| file.workflow.as_ref());
    let builds = |triggers: &[String]| {
        triggers.iter().any(|name| matches!(name.as_str(), "pull_request" | "push" | "merge_group"))
    };
    let Some(place) = workflows().find(|facts| builds(&facts.triggers)).and_then(|facts| facts.location.as_ref())
    else {
        return;
    };
    for kind in &report.settings().ci.required_scans {
        if workflows().any(|facts| facts.scans.contains(&kind.as_str())) {
            continue;
        }
        let message = match kind.as_str() {
            "secrets" => "no workflow searches for leaked secrets; `palisade gate merge` does",
            "code" => "no workflow analyses the code itself (CodeQL, Semgrep and the like)",
            "dependencies" => "no workflow looks for vulnerable dependencies",
            _ => continue,
        };
        report.finding_at(place.clone(), message);
    }
}
