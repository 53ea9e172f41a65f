//! Volumes that hold the keys to the node.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::path;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/sensitive-host-path",
        title: "pod mounts a part of its node that controls it",
        page: include_str!("sensitive_host_path.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.12", "NSA-K8S:pod-security", "CWE-668"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for volume in path::host_paths(workload) {
        if path::danger(volume.path) == path::Danger::Node {
            let message = "with this directory a break-in to the pod is a break-in to the node";
            report.finding(volume.place, message);
        }
    }
}
