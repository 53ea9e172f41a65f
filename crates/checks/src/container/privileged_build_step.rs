//! RUN --security=insecure.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/privileged-build-step",
        title: "build step runs without a sandbox",
        page: include_str!("privileged_build_step.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (instruction, _) in file.runs() {
        if let Some(flag) = instruction.flag("security").filter(|flag| flag.value.as_deref() == Some("insecure")) {
            report.finding(flag.span, "this step has every privilege of the machine that builds; drop the flag");
        }
    }
}
