//! Images of services named by tag.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use super::images::{Pinning, pinning};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/unpinned-service-image",
        title: "service image is not pinned by digest",
        page: include_str!("unpinned_service_image.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["T-024.3"],
        maps: &["CWE-494"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (service, node) in compose.stating("image") {
        let Some(name) = node.as_str() else { continue };
        if service.get("build").is_none() && !name.contains('$') && pinning(name) == Pinning::Version {
            let fix = report.settings().lock.pin_image(name, node.span_within(0, name.len()));
            let message = format!("the tag of {name} can be moved to other content; add its digest");
            report.finding(node.span(), message).maybe_fix(fix);
        }
    }
}
