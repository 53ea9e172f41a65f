//! Containers without probes.

use palisade_inventory::kubernetes::{Container, Role, Workload};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-probes",
        title: "nothing tells whether the container works",
        page: include_str!("missing_probes.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-778"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if !workload.is_complete() || !matches!(workload.object.kind(), "Deployment" | "StatefulSet" | "DaemonSet") {
        return;
    }
    let probed = |container: &&Container<'_>| {
        ["livenessProbe", "readinessProbe"].iter().any(|probe| container.setting(&[probe]).is_some())
    };
    let normal = workload.containers.iter().filter(|container| container.role == Role::Normal);
    for container in normal.filter(|container| !probed(container)) {
        report.finding(container.place, "no probe tells whether this container works, so a hung one keeps its traffic");
    }
}
