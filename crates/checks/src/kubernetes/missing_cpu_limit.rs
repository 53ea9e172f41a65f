//! Containers without a CPU limit.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::resources::without;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-cpu-limit",
        title: "container may take all processor time of its node",
        page: include_str!("missing_cpu_limit.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-770", "NSA-K8S:resource-policies"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in without(workload, &[["limits", "cpu"]]) {
        report.finding(container.place, "without a CPU limit this container can slow its neighbours");
    }
}
