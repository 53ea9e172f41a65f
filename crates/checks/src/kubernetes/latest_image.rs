//! Images without a version.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/latest-image",
        title: "image may change under the same name",
        page: include_str!("latest_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["T-024.3", "E5-T4"],
        maps: &["CWE-829", "CWE-1357"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let Some(node) = container.image() else { continue };
        let Some(image) = node.as_str().and_then(image::parse) else { continue };
        if image.digest.is_some() {
            continue;
        }
        match image.tag {
            Some("latest") => {
                report.finding(
                    node.span(),
                    "`latest` may be another program tomorrow; name a version, or better a digest",
                );
            }
            None => {
                report.finding(node.span(), "without a tag this is `latest`, which may be another program tomorrow");
            }
            Some(_) => {}
        }
    }
}
