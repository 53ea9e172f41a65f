//! apt-key.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/deprecated-apt-key",
        title: "key is trusted for every package source",
        page: include_str!("deprecated_apt_key.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-347"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file).filter(|step| step.program.name == "apt-key") {
        let adds = step.program.arguments.iter().any(|word| matches!(word.text.as_str(), "add" | "adv"));
        if adds {
            report.finding(
                step.program.word.span,
                "a key added this way may sign any package of any source; put it in a file and name it in signed-by",
            );
        }
    }
}
