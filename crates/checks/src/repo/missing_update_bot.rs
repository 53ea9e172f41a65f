//! Dependencies that nothing keeps up to date.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-update-bot",
        title: "nothing proposes updates of dependencies",
        page: include_str!("missing_update_bot.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E1-T5", "US-024.1"],
        maps: &["CWE-1104", "NIST-800-53:SI-2"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    let Some(manifest) = repository.first_manifest(report.settings()) else { return };
    if !repository.has_update_bot() {
        let message = format!(
            "nothing proposes updates of what {manifest} and its like depend on; add .github/dependabot.yml or a \
             Renovate configuration"
        );
        report.finding(Span::default(), message);
    }
}
