//! Pinned actions that download an unpinned tool.

use super::place::StepAt;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/unpinned-tool",
        title: "set-up action installs whatever version is newest",
        page: include_str!("unpinned_tool.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "CWE-494", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

/// Actions that take the newest tool unless told otherwise, with the input that tells.
const TOOLS: [(&str, &str); 12] = [
    ("aquasecurity/setup-trivy", "version"),
    ("1password/load-secrets-action", "version"),
    ("1password/install-cli-action", "version"),
    ("aquasecurity/trivy-action", "version"),
    ("azure/setup-helm", "version"),
    ("azure/setup-kubectl", "version"),
    ("hashicorp/setup-terraform", "terraform_version"),
    ("hashicorp/setup-packer", "version"),
    ("goreleaser/goreleaser-action", "version"),
    ("superfly/flyctl-actions/setup-flyctl", "version"),
    ("docker/setup-compose-action", "version"),
    ("opentofu/setup-opentofu", "tofu_version"),
];

/// Of these the default is fixed by the action: only an explicit `latest` is loose.
const FIXED_DEFAULT: [&str; 2] = ["aquasecurity/trivy-action", "goreleaser/goreleaser-action"];

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let Some(uses) = at.step.uses else { return };
    let Some((action, input)) = TOOLS.iter().find(|(action, _)| uses.is(action)) else { return };
    let message = format!("the action may be pinned, the tool it downloads is not; set `{input}:` to a version");
    match at.step.input(input) {
        None if FIXED_DEFAULT.contains(action) => {}
        None => drop(report.finding(uses.node.span(), message)),
        Some(node) if matches!(node.as_str(), Some("latest" | "" | "*")) => drop(report.finding(node.span(), message)),
        Some(_) => {}
    }
}
