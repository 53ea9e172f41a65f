//! Security scans that may fail.

use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::shell;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-ignored-scan",
        title: "failing security scan does not stop the pipeline",
        page: include_str!("gitlab_ignored_scan.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E3-T4", "E1-T4"],
        maps: &["CWE-754", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

/// Programs that scan.
const SCANNERS: [&str; 20] = [
    "gitleaks",
    "trufflehog",
    "trivy",
    "grype",
    "semgrep",
    "bandit",
    "snyk",
    "osv-scanner",
    "govulncheck",
    "pip-audit",
    "checkov",
    "tfsec",
    "kics",
    "hadolint",
    "palisade",
    "zizmor",
    "kubescape",
    "gosec",
    "brakeman",
    "sonar-scanner",
];

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for job in pipeline.running_jobs() {
        let Some(entry) = job.entry("allow_failure") else { continue };
        // A mapping allows named exit codes only: somebody thought about it.
        if entry.value.as_bool() != Some(true) || job.node.get("allow_failure").is_none() {
            continue;
        }
        let scanner = job.lines().iter().find_map(|line| {
            let commands = shell::commands(line.as_str().unwrap_or(""));
            commands
                .iter()
                .filter_map(|command| command.program())
                .find_map(|program| SCANNERS.iter().find(|name| **name == program.name))
        });
        if let Some(scanner) = scanner {
            let message = format!(
                "what `{scanner}` finds changes nothing while the job may fail; let it fail, and except what must stay"
            );
            report.finding(entry.key.span().to(entry.value.span()), message);
        }
    }
}
