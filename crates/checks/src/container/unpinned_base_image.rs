//! Images taken by a version tag, which their owner can move.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::images::{Pinning, pinning, pulled};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-base-image",
        title: "base image is not pinned by digest",
        page: include_str!("unpinned_base_image.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["T-024.3", "E1-T4"],
        maps: &["CIS-DOCKER:4.2", "CWE-494"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for image in pulled(file) {
        let placeholder = image.name.bytes().any(|byte| byte.is_ascii_uppercase());
        if image.known && !placeholder && pinning(&image.name) == Pinning::Version {
            // What is written may be quoted, or come from an ARG.
            let written = image.span.of(report.text()).ends_with(&image.name);
            let fix = written.then(|| report.settings().lock.pin_image(&image.name, image.span)).flatten();
            let message = format!("the tag of {} can be moved to other content; add its digest", image.name);
            report.finding(image.span, message).maybe_fix(fix);
        }
    }
}
