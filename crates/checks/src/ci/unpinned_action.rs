//! Actions and reusable workflows that a tag or branch names, outside of deploy and release workflows.
//!
//! `pinned` is shared with `unpinned_action_in_deploy`.

use super::place::UsesAt;
use palisade_inventory::workflow::Source;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/unpinned-action",
        title: "action is not pinned to a commit",
        page: include_str!("unpinned_action.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    if is_loose(at, report) && !at.place.deploys {
        let message = match at.uses.reference() {
            Some("") => format!("`{}` names no version at all; pin a full commit id", at.uses.text),
            _ => format!(
                "whoever can move this tag or branch of `{}` runs code in this job; pin a full commit id",
                at.uses.slug().unwrap_or_default()
            ),
        };
        let severity = if is_github(at) { Severity::Low } else { Severity::Medium };
        report.finding(at.uses.reference_span(), message).severity(severity);
    }
}

/// Whether a repository reference is no commit id, and its owner is not one that the settings trust.
pub(super) fn is_loose(at: &UsesAt<'_, '_>, report: &Report<'_>) -> bool {
    let Source::Repository { .. } = at.uses.source else { return false };
    let slug = at.uses.slug().unwrap_or_default();
    !at.uses.is_pinned() && !report.settings().ci.trusted_actions.iter().any(|pattern| super::covers(pattern, slug))
}

/// GitHub's own actions: whoever takes those over has the runner as well.
pub(super) fn is_github(at: &UsesAt<'_, '_>) -> bool {
    matches!(at.uses.source, Source::Repository { owner, .. } if owner.eq_ignore_ascii_case("actions") || owner.eq_ignore_ascii_case("github"))
}
