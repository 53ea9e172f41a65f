//! Capabilities that a restricted pod may not add.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/extra-capability",
        title: "container adds a capability that a restricted pod may not have",
        page: include_str!("extra_capability.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:restricted", "CIS-K8S:5.2.10", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let version = report.settings().kubernetes.version;
    if !version.is_at_least(22) || (version.is_at_least(25) && workload.is_windows()) {
        return;
    }
    for container in &workload.containers {
        for capability in container.context(&["capabilities", "add"]).into_iter().flat_map(Node::items) {
            let name = capability.as_str().unwrap_or("");
            if name != "NET_BIND_SERVICE" && super::dangerous_capability::BASELINE.contains(&name) {
                report.finding(capability.span(), "a restricted pod may add only NET_BIND_SERVICE");
            }
        }
    }
}
