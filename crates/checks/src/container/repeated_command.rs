//! Several CMD, ENTRYPOINT or HEALTHCHECK in one stage.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/repeated-command",
        title: "an earlier command is silently replaced",
        page: include_str!("repeated_command.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-563"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for stage in &file.stages {
        for keyword in ["CMD", "ENTRYPOINT", "HEALTHCHECK"] {
            let mut all = file.of_stage(stage).iter().filter(|it| it.keyword == keyword && !it.on_build).rev();
            all.next();
            for instruction in all {
                let message = format!("a later {keyword} of this stage replaces this one; delete it");
                report.finding(instruction.keyword_span, message);
            }
        }
    }
}
