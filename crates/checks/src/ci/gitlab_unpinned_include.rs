//! Includes of other projects, components and addresses without a fixed version.

use palisade_inventory::gitlab::{IncludeSource, Pipeline};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-unpinned-include",
        title: "pipeline includes a file that others can change",
        page: include_str!("gitlab_unpinned_include.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-829", "CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for include in &pipeline.includes {
        match include.source {
            IncludeSource::Remote { url, integrity } => {
                let address = url.as_str().unwrap_or("");
                if integrity.is_none() {
                    let message = "whoever controls this address writes jobs into this pipeline, variables included; add `integrity:` or copy the file";
                    let severity = if address.starts_with("http://") { Severity::Critical } else { Severity::High };
                    report.finding(url.span(), message).severity(severity);
                }
            }
            IncludeSource::Project { project, reference } => match reference {
                None => {
                    let message =
                        "the newest commit of that project writes jobs into this pipeline; pin `ref:` to a commit id";
                    report.finding(project.span(), message).severity(Severity::Medium);
                }
                Some(reference) if !is_commit(reference.as_str().unwrap_or("")) => {
                    let message = "branches and tags of that project can move; pin `ref:` to a commit id";
                    report.finding(reference.span(), message).severity(Severity::Low);
                }
                Some(_) => {}
            },
            IncludeSource::Component(component) => {
                let name = component.as_str().unwrap_or("");
                let own = name.starts_with("$CI_SERVER_FQDN/$CI_PROJECT_PATH") || name.ends_with("@$CI_COMMIT_SHA");
                match name.rsplit_once('@') {
                    _ if own => {}
                    Some((_, version)) if is_commit(version) => {}
                    Some((_, version)) if version.starts_with('~') || matches!(version, "main" | "master") => {
                        let message = "this takes whatever version is newest; pin a commit id";
                        report.finding(component.span(), message).severity(Severity::Medium);
                    }
                    _ => {
                        let message = "a version of a component can be published again; pin a commit id";
                        report.finding(component.span(), message).severity(Severity::Low);
                    }
                }
            }
            IncludeSource::Local(_) | IncludeSource::Template(_) => {}
        }
    }
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
