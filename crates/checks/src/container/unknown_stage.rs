//! COPY --from a name that is no stage.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unknown-stage",
        title: "files are copied from a stage that does not exist",
        page: include_str!("unknown_stage.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E1-T4"],
        maps: &["CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let (Kind::Copy(_), Some(flag)) = (&instruction.kind, instruction.flag("from")) else { continue };
        let name = flag.value.as_deref().unwrap_or("");
        let bare =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if bare && file.source_stage(instruction).is_none() {
            report.finding(
                flag.span,
                format!("no stage is called {name}, so the builder pulls an image of that name from Docker Hub"),
            );
        }
    }
}
