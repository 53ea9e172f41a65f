//! Docker-in-Docker services whose daemon takes commands without TLS.

use palisade_inventory::gitlab::{Pipeline, variable_value};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-docker-without-tls",
        title: "Docker daemon listens without TLS",
        page: include_str!("gitlab_docker_without_tls.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-319", "CWE-306", "OWASP-CICD:CICD-SEC-7"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    let own =
        pipeline.jobs.iter().flat_map(|job| job.node.get("variables").into_iter().flat_map(|node| node.entries()));
    for entry in pipeline.variables.iter().copied().chain(own) {
        let (Some(name), Some(value)) = (entry.key.as_str(), variable_value(&entry)) else { continue };
        let off = match name {
            "DOCKER_TLS_CERTDIR" => value.as_str().is_none_or(str::is_empty),
            "DOCKER_HOST" => value.as_str().is_some_and(|host| host.starts_with("tcp://") && host.ends_with(":2375")),
            _ => false,
        };
        if off {
            let message = "without TLS, everything on the job's network commands this privileged daemon; keep `/certs` and port 2376";
            report.finding(entry.key.span().to(value.span()), message);
        }
    }
}
