//! Actions that a tag or branch names, in workflows that deploy or release. The merge gate denies on it.

use super::place::UsesAt;
use super::unpinned_action::{is_loose, pin};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/unpinned-action-in-deploy",
        title: "action in a deploy or release workflow is not pinned to a commit",
        page: include_str!("unpinned_action_in_deploy.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T2", "E1-T2"],
        maps: &["CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    if is_loose(at, report) && at.place.deploys {
        let slug = at.uses.slug().unwrap_or_default();
        let message = format!(
            "this workflow deploys or releases, and whoever can move this tag of `{slug}` runs code in it; pin a full commit id"
        );
        let fix = pin(at, &report.settings().lock);
        report.finding(at.uses.reference_span(), message).maybe_fix(fix);
    }
}
