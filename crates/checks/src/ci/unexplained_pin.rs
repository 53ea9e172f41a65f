//! Pinned actions without a version in the comment beside them.

use super::place::UsesAt;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/unexplained-pin",
        title: "pinned commit does not say which version it is",
        page: include_str!("unexplained_pin.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    if !at.uses.is_pinned() || at.uses.version_comment().is_some() {
        return;
    }
    let comment = at.uses.node.yaml().comment_on_line(at.uses.node.span()).unwrap_or("");
    if ["main", "master", "branch", "nightly", "stable", "unreleased", "release"]
        .iter()
        .any(|word| comment.contains(word))
    {
        return;
    }
    let message = "nobody can tell which version this is, and update bots leave such pins alone; add `# v1.2.3`";
    report.finding(at.uses.reference_span(), message);
}
