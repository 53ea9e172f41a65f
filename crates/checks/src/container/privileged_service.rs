//! Privileged services.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/privileged-service",
        title: "service holds every privilege of the host",
        page: include_str!("privileged_service.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("privileged") {
        if node.as_bool() == Some(true) {
            report.finding(
                node.span(),
                "an escape from this container is root on the host; grant the one device or capability it needs",
            );
        }
    }
}
