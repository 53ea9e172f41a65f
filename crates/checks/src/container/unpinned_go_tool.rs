//! go install of a moving version.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-go-tool",
        title: "Go program is built from whatever version is newest",
        page: include_str!("unpinned_go_tool.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file).filter(|step| step.program.name == "go") {
        let Some(("install" | "get" | "run", words)) =
            step.subcommand(&["-ldflags", "-tags", "-mod", "-modfile", "-C", "-gcflags", "-o"])
        else {
            continue;
        };
        for word in words {
            let moving = word
                .text
                .rsplit_once('@')
                .is_some_and(|(_, version)| matches!(version, "latest" | "upgrade" | "main" | "master" | "HEAD"));
            if moving {
                report.finding(word.span, "the newest version is built and run here; name one");
            }
        }
    }
}
