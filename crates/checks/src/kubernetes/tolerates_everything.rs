//! Pods that tolerate every taint.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/tolerates-everything",
        title: "pod may run on any node, control plane included",
        page: include_str!("tolerates_everything.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-653"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if workload.object.kind() == "DaemonSet" {
        return;
    }
    for toleration in workload.setting(&["tolerations"]).into_iter().flat_map(Node::items) {
        let Some(operator) = toleration.get("operator") else { continue };
        let keyed = toleration.get("key").and_then(Node::as_str).is_some_and(|key| !key.is_empty());
        if operator.as_str() == Some("Exists") && !keyed {
            report.finding(operator.span(), "this tolerates every taint, so the pod may land on the control plane");
        }
    }
}
