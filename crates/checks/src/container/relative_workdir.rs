//! WORKDIR with a relative path before any absolute one.

use palisade_inventory::dockerfile::{Base, Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/relative-workdir",
        title: "working directory depends on the base image",
        page: include_str!("relative_workdir.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-426"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for stage in file.stages.iter().filter(|stage| !matches!(stage.base, Base::Stage(_))) {
        for instruction in file.of_stage(stage) {
            let Kind::Workdir(path) = &instruction.kind else { continue };
            let text = path.resolved.as_str();
            if text.starts_with(['/', '$', '\\']) || text.get(1..2) == Some(":") || !path.known {
                break;
            }
            report.finding(path.span, "a relative path means another folder when the base image changes its own");
        }
    }
}
