//! Services without a memory limit.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/unlimited-service",
        title: "service may use all memory of the host",
        page: include_str!("unlimited_service.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-770"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    let lacking: Vec<_> = compose
        .services
        .iter()
        .filter(|service| compose.is_complete(**service))
        .filter(|service| {
            let limit = |key: &str| compose.inherited(**service, key).is_some();
            let deploy =
                compose.inherited(**service, "deploy").and_then(|it| it.at(&["resources", "limits", "memory"]));
            !limit("mem_limit") && deploy.is_none()
        })
        .collect();
    if let [first, ..] = lacking.as_slice() {
        let message =
            super::compose_values::many(&lacking, "may use all memory of the host; set deploy.resources.limits.memory");
        report.finding(first.name.span(), message);
    }
}
