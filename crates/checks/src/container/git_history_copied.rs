//! The .git folder in an image.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/git-history-copied",
        title: "repository with its history is copied into the image",
        page: include_str!("git_history_copied.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-527"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        if !file.is_shipped(instruction) || instruction.flag("from").is_some() {
            continue;
        }
        if let Kind::Copy(transfer) | Kind::Add(transfer) = &instruction.kind {
            let git =
                transfer.sources.iter().find(|it| it.resolved.trim_end_matches('/').rsplit('/').next() == Some(".git"));
            if let Some(source) = git {
                report.finding(source.span, "the image carries every version of every file, deleted secrets included");
            }
        }
        if let Some(flag) = instruction.flag("keep-git-dir").filter(|flag| flag.value.as_deref() != Some("false")) {
            report.finding(flag.span, "the image carries every version of every file, deleted secrets included");
        }
    }
}
