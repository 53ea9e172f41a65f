//! Images of services of versions whose support has ended.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use super::end_of_life_base_image::ended;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/end-of-life-service-image",
        title: "service image gets no more security fixes",
        page: include_str!("end_of_life_service_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1104"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (service, node) in compose.stating("image") {
        let Some(name) = node.as_str() else { continue };
        let resolved = super::compose_values::with_defaults(name);
        if service.get("build").is_some() {
            continue;
        }
        if let Some((what, ended)) = ended(&resolved) {
            report.finding(node.span(), format!("{what} got its last fixes on {ended}; take a supported version"));
        }
    }
}
