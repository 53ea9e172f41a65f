//! Versions of actions that are known to have been malicious or to be exploitable.

use super::place::UsesAt;
use super::tables::{Affected, INCIDENTS, INCIDENTS_AS_OF};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_uses(
    Meta {
        id: "ci/compromised-action",
        title: "this version of the action was compromised or is vulnerable",
        page: include_str!("compromised_action.md"),
        since: "0.1.0",
        severity: Severity::Critical,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-506", "CWE-1395", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &UsesAt<'_, '_>, report: &mut Report<'_>) {
    let (Some(slug), Some(reference)) = (at.uses.slug(), at.uses.reference()) else { return };
    let version = if at.uses.is_pinned() { at.uses.version_comment() } else { Some(reference) };
    for incident in INCIDENTS.iter().filter(|incident| incident.action.eq_ignore_ascii_case(slug)) {
        let (hit, severity) = match incident.affected {
            Affected::Commit(commit) => (reference.eq_ignore_ascii_case(commit), Severity::Critical),
            Affected::Tag(tag) => (reference == tag, Severity::Critical),
            // A pinned commit is what it was when it was pinned, whatever became of the tags.
            Affected::TagsBelow(fixed) => (!at.uses.is_pinned() && is_below(reference, fixed), Severity::High),
            Affected::Below(fixed) => (version.is_some_and(|version| is_below(version, fixed)), Severity::High),
        };
        if hit {
            let message = format!(
                "{}: {} (known as of {INCIDENTS_AS_OF}). If it ran, rotate every secret it could read",
                incident.id, incident.what
            );
            report.finding(at.uses.reference_span(), message).severity(severity);
            return;
        }
    }
}

/// Whether a version lies below another; a missing part (`v4`) is a tag that moves on, and so not below `4.1`.
fn is_below(version: &str, fixed: &str) -> bool {
    let parts = |text: &str| -> Vec<u32> {
        let text = text.rsplit('/').next().unwrap_or(text).trim_start_matches(['v', 'V']).to_owned();
        text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
    };
    let (version, fixed) = (parts(version), parts(fixed));
    if version.is_empty() {
        return false;
    }
    for (at, limit) in fixed.iter().enumerate() {
        match version.get(at) {
            Some(part) if part < limit => return true,
            Some(part) if part == limit => {}
            _ => return false,
        }
    }
    false
}
