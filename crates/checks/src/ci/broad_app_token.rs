//! GitHub App tokens for all repositories, with all permissions, or kept after the job.

use super::place::StepAt;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/broad-app-token",
        title: "app token reaches further than this job",
        page: include_str!("broad_app_token.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T1", "E3-T4"],
        maps: &["CWE-272", "OWASP-CICD:CICD-SEC-5"],
    },
    run,
);

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let step = at.step;
    if step
        .uses_action(&[
            "tibdex/github-app-token",
            "getsentry/action-github-app-token",
            "peter-murray/workflow-application-token-action",
        ])
        .is_some()
    {
        return;
    }
    let Some(uses) = step.uses_action(&["actions/create-github-app-token"]) else { return };
    if let Some(kept) = step.input("skip-token-revoke").filter(|node| matches!(node.as_str(), Some("true"))) {
        report.finding(kept.span(), "the token stays valid for up to an hour after the job; let it be revoked");
    }
    if let Some(owner) = step.input("owner").filter(|_| step.input("repositories").is_none()) {
        report.finding(
            owner.span(),
            "without `repositories:` the token reaches every repository that the app is installed on",
        );
    }
    let scoped = step
        .with
        .iter()
        .any(|entry| entry.key.as_str().is_some_and(|key| key.to_ascii_lowercase().starts_with("permission-")));
    if !scoped {
        let message = "the token has every permission that the app was ever given; ask for those needed with `permission-…: read|write`";
        report.finding(uses.node.span(), message).severity(Severity::Low);
    }
}
