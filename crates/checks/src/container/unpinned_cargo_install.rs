//! cargo install without version or lock file.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-cargo-install",
        title: "Rust program is built from whatever version is newest",
        page: include_str!("unpinned_cargo_install.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file).filter(|step| matches!(step.program.name, "cargo" | "cargo-binstall")) {
        let valued = [
            "--version",
            "--vers",
            "--git",
            "--branch",
            "--tag",
            "--rev",
            "--path",
            "--root",
            "--features",
            "-F",
            "--target",
            "--profile",
            "--index",
            "--registry",
            "-j",
            "--jobs",
            "--bin",
        ];
        let Some(("install" | "binstall", words)) = step.subcommand(&valued) else { continue };
        let pinned = step.program.has_option(&["--version", "--vers", "--path", "--rev", "--tag"]);
        let git = step.program.option(&["--git"]);
        let loose = words.into_iter().find(|word| !word.text.contains('@') && !word.expands);
        let place = if pinned { None } else { loose.or(git) };
        if let Some(word) = place {
            report.finding(word.span, "the newest version is built and run here; name one, and add --locked");
        }
    }
}
