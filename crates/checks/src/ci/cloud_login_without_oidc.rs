//! Login actions of clouds that are given a long-lived key though they can do without.

use super::oidc;
use super::place::StepAt;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/cloud-login-without-oidc",
        title: "cloud login with a stored key",
        page: include_str!("cloud_login_without_oidc.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T3", "E3-T4"],
        maps: &["CWE-522", "CWE-798", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

/// Login actions, the input that takes a stored key, and what to give instead.
const LOGINS: [(&str, &[&str], &str); 12] = [
    ("aws-actions/configure-aws-credentials", &["aws-secret-access-key"], "role-to-assume"),
    ("google-github-actions/auth", &["credentials_json"], "workload_identity_provider"),
    ("google-github-actions/setup-gcloud", &["service_account_key", "credentials_json"], "google-github-actions/auth"),
    ("google-github-actions/get-gke-credentials", &["credentials"], "google-github-actions/auth"),
    ("azure/login", &["creds"], "client-id, tenant-id and subscription-id"),
    ("azure/aks-set-context", &["creds"], "azure/login with OIDC"),
    ("azure/docker-login", &["password"], "azure/login with OIDC"),
    ("azure/webapps-deploy", &["publish-profile"], "azure/login with OIDC"),
    ("azure/functions-action", &["publish-profile"], "azure/login with OIDC"),
    ("hashicorp/vault-action", &["token", "secretId", "githubToken"], "method: jwt"),
    ("docker/login-action", &["password"], "aws-actions/amazon-ecr-login after an OIDC login"),
    ("kodermax/kubectl-aws-eks", &["aws-secret-access-key"], "an OIDC login"),
];

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let Some(uses) = at.step.uses else { return };
    let Some((action, inputs, instead)) = LOGINS.iter().find(|(action, ..)| uses.is(action)) else { return };
    if *action == "docker/login-action" && !is_cloud_registry(at) {
        return;
    }
    let key = inputs
        .iter()
        .filter_map(|input| at.step.input(input))
        .find(|node| node.as_str().is_some_and(|text| text.to_ascii_lowercase().contains("secrets.")));
    if let Some(key) = key {
        let message = format!(
            "this key works from anywhere until somebody revokes it; use {instead} and let the cloud trust the workflow"
        );
        report.finding(key.span(), message).maybe_fix(oidc::fix(at));
    }
}

/// Registries of clouds, which take the cloud's own short-lived login.
fn is_cloud_registry(at: &StepAt<'_, '_>) -> bool {
    let password = at.step.input_str("password").unwrap_or("").to_ascii_lowercase();
    at.step.input_str("registry").is_some_and(|registry| {
        [".amazonaws.com", "gcr.io", "pkg.dev", ".azurecr.io", "public.ecr.aws"]
            .iter()
            .any(|host| registry.contains(host))
            && !registry.contains("ghcr.io")
    }) && !password.contains("github_token")
}
