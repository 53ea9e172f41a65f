//! apt-get update in a step of its own.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::installed;
use super::steps::steps;
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

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let verb = |step: &super::steps::Step<'_>| step.subcommand(&["-o", "-c"]).map(|(verb, _)| verb.to_owned());
    for (instruction, _) in file.runs() {
        let of_this = || steps(file).filter(|step| std::ptr::eq(step.instruction, instruction));
        let update = of_this().find(|step| {
            matches!(step.program.name, "apt-get" | "apt") && verb(step).as_deref() == Some("update")
                || step.program.name == "apk" && verb(step).as_deref() == Some("update")
        });
        let Some(update) = update else { continue };
        let used = of_this().any(|step| {
            !installed(&step).is_empty()
                || matches!(verb(&step).as_deref(), Some("purge" | "remove" | "autoremove" | "upgrade" | "dist-upgrade" | "full-upgrade" | "build-dep" | "source" | "download" | "install"))
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
