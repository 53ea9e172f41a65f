//! Images of services without tag or with a moving one.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use super::images::{Pinning, is_local, pinning};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/moving-service-image",
        title: "service runs whatever was pushed last",
        page: include_str!("moving_service_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["T-024.3"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (service, node) in compose.stating("image") {
        let Some(name) = node.as_str() else { continue };
        let resolved = super::compose_values::with_defaults(name);
        // With `build`, the name is that of what is built here.
        if service.get("build").is_none() && pinning(&resolved) == Pinning::Moving && !is_local(&resolved) {
            report.finding(node.span(), "the next pull may bring another image; name a version");
        }
    }
}
