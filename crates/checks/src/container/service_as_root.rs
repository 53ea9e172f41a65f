//! Services whose user is root.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/service-as-root",
        title: "service is told to run as root",
        page: include_str!("service_as_root.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("user") {
        let user = node.as_str().unwrap_or("").split(':').next().unwrap_or("");
        if matches!(user, "root" | "0") {
            report.finding(node.span(), "whoever breaks into the program is root in the container; use another user");
        }
    }
}
