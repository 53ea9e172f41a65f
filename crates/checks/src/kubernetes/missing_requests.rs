//! Containers with neither a request nor a limit for memory.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::resources::without;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-requests",
        title: "container says nothing about what it needs",
        page: include_str!("missing_requests.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-770", "NSA-K8S:resource-policies"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in without(workload, &[["requests", "memory"], ["limits", "memory"]]) {
        report.finding(
            container.place,
            "without requests the scheduler packs this container anywhere and evicts it first",
        );
    }
}
