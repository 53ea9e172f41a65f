//! Actions and reusable workflows that a tag or branch names, outside of deploy and release workflows.
//!
//! `pinned` is shared with `unpinned_action_in_deploy`.

use super::place::UsesAt;
use palisade_inventory::workflow::{Source, version_like};
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use crate::{Check, Lock, Report};

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
        let fix = pin(at, &report.settings().lock);
        report.finding(at.uses.reference_span(), message).severity(severity).maybe_fix(fix);
    }
}

/// The commit that the lock file knows for the reference, with the version in a comment.
pub(super) fn pin(at: &UsesAt<'_, '_>, lock: &Lock) -> Option<Fix> {
    let (slug, reference) = (at.uses.slug()?, at.uses.reference().filter(|reference| !reference.is_empty())?);
    let pin = lock.action(slug, reference)?;
    let (yaml, node) = (at.uses.node.yaml(), at.uses.node);
    let mut edits = vec![Edit { path: None, span: at.uses.reference_span(), replacement: pin.commit.clone() }];
    let end = node.span().end as usize;
    let rest = yaml.text().get(end..)?.split(['\n', '\r']).next()?;
    let (at, comment) = match (yaml.comment_on_line(node.span()), rest.find('#')) {
        (Some(said), _) if said.split_whitespace().any(version_like) => (end, String::new()),
        (Some(_), Some(mark)) => (end + mark + 1, format!(" {};", pin.version)),
        _ => (end + rest.trim_end().len(), format!(" # {}", pin.version)),
    };
    if !comment.is_empty() {
        edits.push(Edit { path: None, span: Span::new(at, at), replacement: comment });
    }
    // What a tag names hardly ever moves; a branch moves with every push, and pinned it no longer does.
    let safety = if pin.branch { Safety::Unsafe } else { Safety::Safe };
    Some(Fix::new(format!("pin `{slug}` to the commit of {}", pin.version), safety, edits))
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
