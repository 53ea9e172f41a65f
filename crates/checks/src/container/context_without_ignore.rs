//! COPY . without a .dockerignore.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_inventory::{Format, Inventory};
use palisade_model::{Confidence, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "container/context-without-ignore",
        title: "whole folder is copied and nothing is left out",
        page: include_str!("context_without_ignore.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-538"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    for file in inventory.files.iter().filter(|file| file.format == Format::Dockerfile) {
        let Some(place) = file.build.as_ref().and_then(|build| build.context_copy.clone()) else { continue };
        let own = format!("{}.dockerignore", file.path);
        let mut folder = file.path.rsplit_once('/').map(|(folder, _)| folder);
        let mut found = inventory.file(&own).is_some()
            || inventory.file(".dockerignore").is_some()
            || inventory.file(".containerignore").is_some();
        // The context may be any folder above the file.
        while let (Some(path), false) = (folder, found) {
            found = [".dockerignore", ".containerignore"]
                .iter()
                .any(|name| inventory.file(&format!("{path}/{name}")).is_some());
            folder = path.rsplit_once('/').map(|(above, _)| above);
        }
        if !found {
            report.finding_at(place, "without a .dockerignore this takes .git, .env and whatever lies around; add one");
        }
    }
}

/// The first instruction that copies the whole context into a shipped stage.
pub(super) fn context_copy(file: &Dockerfile) -> Option<Span> {
    file.instructions.iter().find_map(|instruction| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return None };
        let whole = transfer
            .sources
            .iter()
            .find(|source| matches!(source.resolved.as_str(), "." | "./" | "*" | "./*" | "/"))?;
        let copies = instruction.flag("from").is_none() && instruction.flag("exclude").is_none();
        (copies && file.is_shipped(instruction)).then_some(whole.span)
    })
}
