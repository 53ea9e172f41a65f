//! Actions that the settings forbid, or do not allow.

use super::place::UsesAt;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/forbidden-action",
        title: "action is not allowed here",
        page: include_str!("forbidden_action.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    let Some(slug) = at.uses.slug() else { return };
    let settings = &report.settings().ci;
    let named = |patterns: &[String]| patterns.iter().any(|pattern| super::covers(pattern, slug));
    let message = if named(&settings.forbidden_actions) {
        format!("`{slug}` is forbidden in `palisade.toml`")
    } else if !settings.allowed_actions.is_empty() && !named(&settings.allowed_actions) {
        format!("`{slug}` is not among the allowed actions in `palisade.toml`")
    } else {
        return;
    };
    report.finding(at.uses.node.span(), message);
}
