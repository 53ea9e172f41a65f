//! Repositories without a hook that runs before a commit.

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::Repository;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "repo/missing-commit-hook",
        title: "no hook looks at commits before they are made",
        page: include_str!("missing_commit_hook.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["AP-1", "E3-T4"],
        maps: &["CWE-798"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let Some(repository) = Repository::of(inventory) else { return };
    if !repository.has_commit_hook() {
        report.finding(Span::default(), "no hook is kept here: a secret is found only after it was pushed; `palisade init --only pre-commit` adds one");
    }
}
