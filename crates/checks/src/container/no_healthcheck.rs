//! Images without HEALTHCHECK.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/no-healthcheck",
        title: "image does not say how to tell that it works",
        page: include_str!("no_healthcheck.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E7-T2"],
        maps: &["CIS-DOCKER:4.6"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let Some(stage) = file.last_stage() else { return };
    let mut serves = false;
    for ancestor in file.ancestry(stage) {
        for instruction in file.of_stage(ancestor) {
            match instruction.kind {
                Kind::Healthcheck(_) => return,
                Kind::Expose(_) => serves = true,
                _ => {}
            }
        }
    }
    if serves {
        report.finding(stage.image.span, "no HEALTHCHECK: a hung process counts as running");
    }
}
