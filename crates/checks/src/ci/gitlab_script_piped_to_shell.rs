//! Jobs that run a script from the internet without knowing what it holds.

use super::script_piped_to_shell::verdict;
use crate::piped::piped;
use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::shell;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-script-piped-to-shell",
        title: "GitLab job runs a downloaded script unseen",
        page: include_str!("gitlab_script_piped_to_shell.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T2", "E1-T2"],
        maps: &["CWE-494", "CWE-829", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for line in pipeline.jobs.iter().flat_map(|job| job.lines()) {
        let text = line.as_str().unwrap_or("");
        for piped in piped(&shell::parse(text, shell::Dialect::Posix)) {
            let (severity, message) = verdict(&piped.address);
            let span = line.span_within(piped.span.start as usize, piped.span.end as usize);
            report.finding(span, message).severity(severity);
        }
    }
}
