//! apt-get update in a step of its own.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::installed;
use super::steps::{Step, steps_of};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/stale-package-index",
        title: "package index is cached apart from its use",
        page: include_str!("stale_package_index.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CIS-DOCKER:4.7"],
    },
    run,
);

/// Subcommands that need the index, or make up for it.
const USES: [&str; 10] = [
    "autoremove",
    "build-dep",
    "dist-upgrade",
    "download",
    "full-upgrade",
    "install",
    "purge",
    "remove",
    "source",
    "upgrade",
];

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let verb = |step: &Step<'_>| step.subcommand(&["-o", "-c"]).map_or(String::new(), |(verb, _)| verb.to_owned());
    for (instruction, invocation) in file.runs() {
        let of_this = || steps_of(instruction, invocation);
        let update =
            of_this().find(|step| matches!(step.program.name, "apt-get" | "apt" | "apk") && verb(step) == "update");
        let Some(update) = update else { continue };
        let used = of_this().any(|step| {
            !installed(&step).is_empty()
                || USES.contains(&verb(&step).as_str())
                // Scripts and tools may install on their own.
                || step.program.word.text.contains('/') || step.program.name.starts_with("install")
        });
        if !used {
            report.finding(
                update.program.word.span,
                "this layer is cached, so later installs use an old index; update and install in one step",
            );
        }
    }
}
