//! The MAINTAINER instruction.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Fix, Meta, Severity};

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
        if let Kind::Maintainer(name) = &instruction.kind {
            let bare = name.raw.trim();
            let inner = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(bare);
            let plain = !inner.is_empty() && !inner.contains(['"', '\\', '$', '\n', '\r']) && !instruction.on_build;
            let label = format!("LABEL org.opencontainers.image.authors=\"{inner}\"");
            let fix = plain.then(|| Fix::safe("name the authors in a label", instruction.span, &label));
            report
                .finding(
                    instruction.keyword_span,
                    "tools read LABEL org.opencontainers.image.authors; nobody reads MAINTAINER",
                )
                .maybe_fix(fix);
        }
    }
}
