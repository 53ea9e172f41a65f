//! Artifacts that contain environment files, and whole directories that anybody can download.

use palisade_inventory::gitlab::Pipeline;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-exposed-artifact",
        title: "artifact gives variables or the whole tree away",
        page: include_str!("gitlab_exposed_artifact.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CWE-200", "CWE-538", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for job in &pipeline.jobs {
        let Some(artifacts) = job.node.get("artifacts") else { continue };
        let restricted = artifacts.get("public").and_then(|node| node.as_bool()) == Some(false)
            || artifacts.get_str("access").is_some_and(|access| access != "all");
        for path in artifacts.get("paths").into_iter().flat_map(|paths| paths.items()) {
            let Some(text) = path.as_str() else { continue };
            let name = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
            let is_environment =
                name == ".env" || name.starts_with(".env.") && !name.ends_with("example") || name.ends_with(".env");
            let is_key = name.ends_with(".pem")
                || name.ends_with(".key")
                || matches!(name, ".npmrc" | ".netrc" | ".pypirc" | "kubeconfig" | ".git" | "id_rsa" | "credentials");
            if restricted {
                continue;
            }
            if is_environment || is_key {
                let message = "everybody who can see the pipeline can download this file and what it holds; leave it out, or set `access: developer`";
                report.finding(path.span(), message);
            } else if matches!(text, "." | "./" | "*" | "**" | "**/*" | "$CI_PROJECT_DIR") {
                let message = "the whole directory becomes downloadable, with whatever credentials the job left in it; name what is needed";
                report.finding(path.span(), message).severity(Severity::Low);
            }
        }
    }
}
