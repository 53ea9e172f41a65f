//! SSH without known hosts.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unknown-ssh-host",
        title: "host keys of SSH servers are not checked",
        page: include_str!("unknown_ssh_host.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-295"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let scan = step.program.name == "ssh-keyscan"
            && (!step.command.redirections.is_empty() || step.command.joint != palisade_inventory::shell::Joint::Start);
        let word = step
            .program
            .arguments
            .iter()
            .chain(step.command.assignments.iter().map(|assignment| &assignment.value))
            .find(|word| {
                let text = word.text.to_ascii_lowercase();
                text.contains("stricthostkeychecking=no") || text.contains("stricthostkeychecking no")
            });
        let nested = step.program.script().is_some();
        if let Some(word) = word.filter(|_| !nested) {
            report.finding(
                word.span,
                "any server may answer for the host and serve other code; ship its key in known_hosts",
            );
        } else if scan && !step.is_verified() {
            let message = "this trusts whichever key answers during the build; ship the key that the host publishes";
            report.finding(step.program.word.span, message).severity(Severity::Low);
        }
    }
}
