//! Builds that use sudo, and images that ship it.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/sudo-in-image",
        title: "image uses sudo",
        page: include_str!("sudo_in_image.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CIS-DOCKER:4.3", "CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        if step.program.elevated {
            let Some(word) = step.command.words.first() else { continue };
            report.finding(word.span, "sudo needs a password or a rule for anybody; set USER for what needs root");
        } else if super::packages::installed(&step).iter().any(|word| word.text == "sudo") {
            let word = super::packages::installed(&step).into_iter().find(|word| word.text == "sudo");
            report.finding(
                word.map_or(step.span(), |word| word.span),
                "an image with sudo offers its user a way to root",
            );
        }
    }
}
