//! `CI_DEBUG_TRACE` left on.

use palisade_inventory::gitlab::{Pipeline, variable_value};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-debug-trace",
        title: "debug trace prints every variable",
        page: include_str!("gitlab_debug_trace.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-532", "CWE-215", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    let own =
        pipeline.jobs.iter().flat_map(|job| job.node.get("variables").into_iter().flat_map(|node| node.entries()));
    for entry in pipeline.variables.iter().copied().chain(own) {
        let named = matches!(entry.key.as_str(), Some("CI_DEBUG_TRACE" | "CI_DEBUG_SERVICES"));
        let on = variable_value(&entry)
            .and_then(|value| value.as_str())
            .is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1");
        if named && on {
            let message = "the log now prints every variable of the job, secrets among them; remove it, and change what was printed";
            report.finding(entry.key.span().to(entry.value.span()), message);
        }
    }
}
