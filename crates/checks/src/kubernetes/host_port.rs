//! Container ports bound on the node.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/host-port",
        title: "container takes a port of its node",
        page: include_str!("host_port.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1", "E6-T1"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.13", "CWE-668"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        for port in container.setting(&["ports"]).into_iter().flat_map(Node::items) {
            let Some(host) = port.get("hostPort").filter(|host| !host.is_null()) else { continue };
            if host.as_i64() != Some(0) {
                report.finding(host.span(), "this port is open on every address of the node");
            }
        }
    }
}
