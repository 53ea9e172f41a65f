//! Cloud keys from stored variables where an identity token would do.

use super::static_cloud_key::KEYS;
use palisade_inventory::gitlab::{Pipeline, variable_value};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-static-cloud-key",
        title: "GitLab job uses a long-lived cloud key",
        page: include_str!("gitlab_static_cloud_key.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T3", "E3-T4"],
        maps: &["CWE-522", "CWE-798", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    let own =
        pipeline.jobs.iter().flat_map(|job| job.node.get("variables").into_iter().flat_map(|node| node.entries()));
    let all: Vec<_> = pipeline.variables.iter().copied().chain(own).collect();
    if all.iter().any(|entry| entry.key.as_str().is_some_and(|name| name.to_ascii_uppercase().contains("ENDPOINT"))) {
        return;
    }
    for entry in all {
        let (Some(name), Some(value)) = (entry.key.as_str(), variable_value(&entry)) else { continue };
        let Some((_, cloud)) = KEYS.iter().find(|(key, _)| *key == name) else { continue };
        if value.as_str().is_some_and(|text| text.starts_with('$')) {
            let message = format!(
                "this {cloud} key works from anywhere until somebody revokes it; let the job log in with `id_tokens:`"
            );
            report.finding(entry.key.span().to(value.span()), message);
        }
    }
    for line in pipeline.jobs.iter().flat_map(|job| job.lines()) {
        let text = line.as_str().unwrap_or("");
        let login = [
            "gcloud auth activate-service-account",
            "aws configure set aws_secret_access_key",
            "az login --service-principal",
        ];
        let Some(at) = login.iter().find_map(|command| text.find(command).map(|at| (at, at + command.len()))) else {
            continue;
        };
        if text.contains("--federated-token") {
            continue;
        }
        let message = "this logs in with a stored key that works from anywhere; let the job log in with `id_tokens:`";
        report.finding(line.span_within(at.0, at.1), message);
    }
}
