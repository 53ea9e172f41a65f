//! apt-get install without --no-install-recommends.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::installed;
use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/recommended-packages",
        title: "packages nobody asked for are installed",
        page: include_str!("recommended_packages.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T1"],
        maps: &["CIS-DOCKER:4.3"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let configured =
        steps(file).any(|step| step.command.words.iter().any(|word| word.text.contains("Install-Recommends")));
    for step in steps(file).filter(|step| matches!(step.program.name, "apt-get" | "apt")) {
        let shipped = file.is_shipped(step.instruction);
        let told = step
            .program
            .arguments
            .iter()
            .any(|word| word.text == "--no-install-recommends" || word.text.contains("Install-Recommends"));
        if shipped && !configured && !told && !installed(&step).is_empty() {
            report.finding(step.program.word.span, "apt adds what packages recommend; add --no-install-recommends");
        }
    }
}
