//! Sensitive files that CODEOWNERS leaves to nobody.

use palisade_inventory::{Facts, Format, Inventory};
use palisade_model::{Confidence, Meta, Severity};

use super::Repository;
use crate::{Check, Report};

/// Paths that a message names.
const SHOWN: usize = 3;

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/unowned-sensitive-path",
        title: "sensitive files without an owner",
        page: include_str!("unowned_sensitive_path.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E9-T1", "AP-8"],
        maps: &["CWE-1053", "OWASP-CICD:CICD-SEC-1", "NIST-800-53:CM-5"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    let Some(facts) = repository.owners() else { return };
    let files = inventory.files.iter().filter(|file| sensitive(file) && !report.settings().is_fixture(&file.path));
    let unowned: Vec<&str> =
        files.filter(|file| facts.owners.of(&file.path).is_empty()).map(|file| &*file.path).collect();
    if unowned.is_empty() {
        return;
    }
    let shown: Vec<String> = unowned.iter().take(SHOWN).map(|path| format!("`{path}`")).collect();
    let more = match unowned.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("nobody must approve changes to {}{more}; give them an owner", shown.join(", "));
    report.finding_at(facts.location.clone(), message);
}

/// Whether a change of this file changes what may run.
fn sensitive(file: &Facts) -> bool {
    let path = &*file.path;
    path.starts_with(".github/workflows/")
        || path.starts_with(".palisade/") && !path.starts_with(".palisade/ledger/")
        || path == "palisade.toml"
        || path.ends_with(".tf")
        || matches!(file.format, Format::Dockerfile | Format::Gitlab | Format::HelmChart | Format::Codeowners)
}
