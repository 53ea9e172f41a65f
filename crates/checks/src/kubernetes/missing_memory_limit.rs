//! Containers without a memory limit.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use super::resources::without;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-memory-limit",
        title: "container may take all memory of its node",
        page: include_str!("missing_memory_limit.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-770", "NSA-K8S:resource-policies"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in without(workload, &[["limits", "memory"]]) {
        // What it asks for is what it was measured to need; nothing else is known.
        let request = container.setting(&["resources", "requests", "memory"]).filter(|node| node.is_plain());
        let edit = request.and_then(|request| {
            let raw = request.span().of(request.yaml().text());
            container.node.add_at(&["resources", "limits"], "", &format!("memory: {raw}"))
        });
        let fix = edit.map(|edit| Fix::new("limit memory to what is requested", Safety::Unsafe, vec![edit]));
        report.finding(container.place, "without a memory limit one leak takes the whole node").maybe_fix(fix);
    }
}
