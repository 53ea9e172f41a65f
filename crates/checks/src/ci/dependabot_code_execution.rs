//! `insecure-external-code-execution: allow`.

use palisade_inventory::dependabot::Dependabot;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dependabot(
    Meta {
        id: "ci/dependabot-code-execution",
        title: "Dependabot runs code of what it updates",
        page: include_str!("dependabot_code_execution.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T2", "E3-T4"],
        maps: &["CWE-829", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(dependabot: &Dependabot<'_>, report: &mut Report<'_>) {
    for node in dependabot.updates.iter().filter_map(|update| update.code_execution) {
        if node.as_str() == Some("allow") {
            let message =
                "a package that is only being considered may run code that sees the credentials of your registries";
            report.finding(node.span(), message);
        }
    }
}
