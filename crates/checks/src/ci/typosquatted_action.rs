//! Actions whose owner is a near miss of a well-known owner.

use super::place::UsesAt;
use super::tables::POPULAR;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/typosquatted-action",
        title: "action's name is one letter off a well-known one",
        page: include_str!("typosquatted_action.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "CWE-506", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    let Some(slug) = at.uses.slug() else { return };
    let slug = slug.to_ascii_lowercase();
    if report.settings().ci.trusted_actions.iter().any(|pattern| super::covers(pattern, &slug)) {
        return;
    }
    let owner = |slug: &str| slug.split('/').next().unwrap_or("").to_owned();
    let own = owner(&slug);
    if POPULAR.iter().any(|popular| owner(popular) == own) {
        return;
    }
    let near = POPULAR.iter().find(|popular| {
        let length = popular.len().abs_diff(slug.len());
        length <= 1 && owner(popular).len() > 3 && is_near(popular, &slug)
    });
    if let Some(popular) = near {
        report.finding(
            at.uses.node.span(),
            format!("did you mean `{popular}`? Names one slip away from it are registered to catch exactly this"),
        );
    }
}

/// One letter more, less, other or swapped with its neighbour.
fn is_near(left: &str, right: &str) -> bool {
    crate::distance(left, right) == 1 || {
        let pairs: Vec<_> = left.bytes().zip(right.bytes()).enumerate().filter(|(_, (a, b))| a != b).collect();
        left.len() == right.len()
            && matches!(pairs.as_slice(), [(at, (a, b)), (next, (c, d))] if *next == at + 1 && a == d && b == c)
    }
}
