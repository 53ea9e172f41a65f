//! WORKDIR with a relative path before any absolute one.

use palisade_inventory::dockerfile::{Base, Dockerfile, ImageName, Kind, Stage};
use palisade_model::{Confidence, Fix, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/relative-workdir",
        title: "working directory depends on the base image",
        page: include_str!("relative_workdir.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-426"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for stage in file.stages.iter().filter(|stage| !matches!(stage.base, Base::Stage(_))) {
        let mut first = true;
        for instruction in file.of_stage(stage) {
            let Kind::Workdir(path) = &instruction.kind else { continue };
            let text = path.resolved.as_str();
            if text.starts_with(['/', '$', '\\']) || text.get(1..2) == Some(":") || !path.known {
                break;
            }
            let message = "a relative path means another folder when the base image changes its own";
            let start = Span::new(path.span.start as usize, path.span.start as usize);
            let plain = first && starts_at_root(stage) && path.raw == path.resolved && !text.starts_with('.');
            let fix = plain.then(|| Fix::safe("name the folder that it is", start, "/"));
            report.finding(path.span, message).maybe_fix(fix);
            first = false;
        }
    }
}

/// Whether the image is known to have no working directory of its own.
fn starts_at_root(stage: &Stage) -> bool {
    let known = ["alpine", "busybox", "debian", "ubuntu", "fedora", "node", "python", "ruby", "rust", "nginx"];
    let name = ImageName::parse(&stage.image.resolved);
    stage.base == Base::Scratch || stage.image.known && name.hub_name().is_some_and(|name| known.contains(&name))
}
