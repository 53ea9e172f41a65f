//! ADD of plain local files.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Fix, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/add-instead-of-copy",
        title: "ADD where COPY serves",
        page: include_str!("add_instead_of_copy.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CIS-DOCKER:4.9"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let Kind::Add(transfer) = &instruction.kind else { continue };
        let plain = |source: &palisade_inventory::dockerfile::Value| {
            source.known
                && !is_archive(&source.resolved)
                && !source.resolved.contains("://")
                && !source.resolved.starts_with("git@")
        };
        let flags = instruction.flag("checksum").is_some() || instruction.flag("unpack").is_some();
        if !flags && !transfer.sources.is_empty() && transfer.sources.iter().all(plain) {
            report
                .finding(instruction.keyword_span, "ADD also unpacks and downloads; COPY only copies")
                .fix(Fix::safe("copy instead", instruction.keyword_span, "COPY"));
        }
    }
}

/// Whether ADD may unpack it; a pattern or a folder may hold anything, but folders are not unpacked.
fn is_archive(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst", ".lz", ".lzma"]
        .iter()
        .any(|end| lower.ends_with(end))
        || lower.contains('*')
}
