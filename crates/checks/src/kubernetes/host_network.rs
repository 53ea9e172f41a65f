//! Pods that share the network of its node.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/host-network",
        title: "pod shares the network of its node",
        page: include_str!("host_network.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.5", "NSA-K8S:pod-security", "CWE-653"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let Some(shared) = workload.setting(&["hostNetwork"]) else { return };
    if shared.as_bool() == Some(true) {
        report.finding(shared.span(), "this pod shares the network of its node, so a break-in is not confined to it");
    }
}
