//! curl | sh and its relatives.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use crate::piped::piped;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/download-piped-to-shell",
        title: "downloaded script is run unseen",
        page: include_str!("download_piped_to_shell.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-494", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (_, invocation) in file.runs() {
        for piped in piped(&invocation.script) {
            report.finding(
                piped.span,
                "the server decides on each build what runs here as root; download, check a checksum, then run",
            );
        }
    }
}
