//! Images by tag instead of digest.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/undigested-image",
        title: "image is named by a tag that can be moved",
        page: include_str!("undigested_image.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["T-024.3", "E5-T4"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let Some(node) = container.image() else { continue };
        let Some(image) = node.as_str().and_then(image::parse) else { continue };
        if image.digest.is_none() && image.tag.is_some_and(|tag| tag != "latest") {
            let text = node.as_str().unwrap_or("");
            let fix = report.settings().lock.pin_image(text, node.span_within(0, text.len()));
            report.finding(node.span(), "a tag can be moved to other content; add the digest behind it").maybe_fix(fix);
        }
    }
}
