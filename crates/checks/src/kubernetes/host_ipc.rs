//! Pods that share the shared memory of its node.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/host-ipc",
        title: "pod shares the shared memory of its node",
        page: include_str!("host_ipc.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.4", "NSA-K8S:pod-security", "CWE-653"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let Some(shared) = workload.setting(&["hostIPC"]) else { return };
    if shared.as_bool() == Some(true) {
        report.finding(
            shared.span(),
            "this pod shares the shared memory of its node, so a break-in is not confined to it",
        );
    }
}
