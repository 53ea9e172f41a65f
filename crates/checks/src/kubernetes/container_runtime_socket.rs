//! Volumes that reach the container runtime.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::path;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/container-runtime-socket",
        title: "pod can command the container runtime of its node",
        page: include_str!("container_runtime_socket.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.12", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for volume in path::host_paths(workload) {
        if path::danger(volume.path) == path::Danger::Runtime {
            report.finding(volume.place, "who reaches this socket can start privileged containers on the node");
        }
    }
}
