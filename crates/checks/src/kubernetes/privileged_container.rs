//! Containers that hold every privilege of their node.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/privileged-container",
        title: "container holds every privilege of its node",
        page: include_str!("privileged_container.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.2", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let Some(privileged) = container.context(&["privileged"]) else { continue };
        if privileged.as_bool() == Some(true) {
            report.finding(privileged.span(), "an escape from this container is root on the node");
        }
    }
}
