//! ADD of a URL without --checksum.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::has_scheme;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/add-from-url",
        title: "download is taken without a checksum",
        page: include_str!("add_from_url.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CIS-DOCKER:4.9", "CWE-494"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let Kind::Add(transfer) = &instruction.kind else { continue };
        if instruction.flag("checksum").is_some() {
            continue;
        }
        for source in &transfer.sources {
            let git = source.resolved.split(['#', '?']).next().is_some_and(|url| url.ends_with(".git"));
            if has_scheme(&source.resolved, &["https"]) && !git {
                report.finding(source.span, "whatever the server sends goes into the image; add --checksum=sha256:…");
            }
        }
    }
}
