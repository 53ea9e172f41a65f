//! Images without tag, or with a tag that moves by design.

use palisade_inventory::dockerfile::{Dockerfile, ImageName};
use palisade_model::{Confidence, Meta, Severity};

use super::images::{Pinning, is_local, pinning, pulled};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/moving-base-image",
        title: "base image is whatever was pushed last",
        page: include_str!("moving_base_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["T-024.3", "E1-T4"],
        maps: &["CIS-DOCKER:4.2", "CWE-1357"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for image in pulled(file) {
        if pinning(&image.name) != Pinning::Moving || is_local(&image.name) {
            continue;
        }
        match ImageName::parse(&image.name).tag {
            Some(tag) => {
                report.finding(image.span, format!("`{tag}` means another image with every release; name a version"))
            }
            None => {
                report.finding(image.span, "no tag means `latest`, another image with every release; name a version")
            }
        };
    }
}
