//! COPY --from of the root folder.

use palisade_inventory::dockerfile::{Base, Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/whole-filesystem-copied",
        title: "everything of another stage is shipped",
        page: include_str!("whole_filesystem_copied.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T1"],
        maps: &["CIS-DOCKER:4.3", "CWE-538"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let (Kind::Copy(transfer), Some(source)) = (&instruction.kind, file.source_stage(instruction)) else {
            continue;
        };
        let stage = instruction.stage.and_then(|index| file.stages.get(index));
        let shipped = file.is_shipped(instruction);
        // Squashing an image into `scratch` on purpose takes all of it, and so does a stage made for that.
        let squashed = stage.is_some_and(|stage| stage.base == Base::Scratch) || source.base == Base::Scratch;
        let root = transfer.sources.iter().find(|it| matches!(it.resolved.as_str(), "/" | "/*" | "/."));
        if let Some(root) = root.filter(|_| shipped && !squashed) {
            report.finding(root.span, "this ships the tools, caches and leftovers of the build; copy what is needed");
        }
    }
}
