//! Cloud keys from stored secrets where the cloud would take the workflow's own identity.

use palisade_inventory::workflow::Workflow;
use palisade_inventory::yaml::Entry;
use palisade_model::{Confidence, Fix, Meta, Severity};

use super::oidc_env;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/static-cloud-key",
        title: "long-lived cloud key in the environment",
        page: include_str!("static_cloud_key.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T3", "E3-T4"],
        maps: &["CWE-522", "CWE-798", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

/// Variables that hold a long-lived key, and whose it is.
pub(super) const KEYS: [(&str, &str); 16] = [
    ("AWS_SECRET_ACCESS_KEY", "AWS"),
    ("AWS_SECRET_KEY", "AWS"),
    ("GOOGLE_CREDENTIALS", "Google Cloud"),
    ("GOOGLE_APPLICATION_CREDENTIALS_JSON", "Google Cloud"),
    ("GOOGLE_SERVICE_ACCOUNT_KEY", "Google Cloud"),
    ("GCP_SA_KEY", "Google Cloud"),
    ("GCP_CREDENTIALS", "Google Cloud"),
    ("GCP_SERVICE_ACCOUNT_KEY", "Google Cloud"),
    ("GCLOUD_SERVICE_KEY", "Google Cloud"),
    ("GKE_SA_KEY", "Google Cloud"),
    ("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "Google Cloud"),
    ("AZURE_CREDENTIALS", "Azure"),
    ("AZURE_CLIENT_SECRET", "Azure"),
    ("ARM_CLIENT_SECRET", "Azure"),
    ("AZURE_PASSWORD", "Azure"),
    ("AZURE_SERVICE_PRINCIPAL_KEY", "Azure"),
];

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    judge(&workflow.env, report, || workflow.jobs.first().and_then(|job| oidc_env::fix(workflow, job)));
    for job in &workflow.jobs {
        let levels = std::iter::once(&job.env).chain(job.steps.iter().map(|step| &step.env));
        levels.for_each(|env| judge(env, report, || oidc_env::fix(workflow, job)));
    }
}

fn judge(env: &[Entry<'_>], report: &mut Report<'_>, fix: impl Fn() -> Option<Fix>) {
    let names = || env.iter().filter_map(|entry| entry.key.as_str());
    // Object stores of others speak the same protocol, and know no workload identity.
    if names().any(|name| name.to_ascii_uppercase().contains("ENDPOINT")) {
        return;
    }
    for entry in env {
        let Some(name) = entry.key.as_str() else { continue };
        let Some((_, cloud)) = KEYS.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)) else { continue };
        if entry.value.as_str().is_some_and(|value| value.to_ascii_lowercase().contains("secrets.")) {
            let message = format!(
                "this {cloud} key works from anywhere until somebody revokes it; let the job log in with its own identity (OIDC)"
            );
            let fix = if name == oidc_env::SECRET { fix() } else { None };
            report.finding(entry.key.span().to(entry.value.span()), message).maybe_fix(fix);
        }
    }
}
