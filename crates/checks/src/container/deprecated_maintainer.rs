//! The MAINTAINER instruction.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/deprecated-maintainer",
        title: "MAINTAINER is deprecated",
        page: include_str!("deprecated_maintainer.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T1"],
        maps: &[],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        if matches!(instruction.kind, Kind::Maintainer(_)) {
            report.finding(
                instruction.keyword_span,
                "tools read LABEL org.opencontainers.image.authors; nobody reads MAINTAINER",
            );
        }
    }
}
