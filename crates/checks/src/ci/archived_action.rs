//! Actions whose repository its owner has archived.

use super::place::UsesAt;
use super::tables::{ARCHIVED, ARCHIVED_AS_OF};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/archived-action",
        title: "action is no longer maintained",
        page: include_str!("archived_action.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-1104", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    let Some(slug) = at.uses.slug() else { return };
    if let Some((_, instead)) = ARCHIVED.iter().find(|(archived, _)| archived.eq_ignore_ascii_case(slug)) {
        let advice = if instead.is_empty() { String::new() } else { format!("; use {instead} instead") };
        let message = format!("`{slug}` is archived (as of {ARCHIVED_AS_OF}) and gets no security fixes{advice}");
        report.finding(at.uses.node.span(), message);
    }
}
