//! Bindings to cluster-admin.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use super::rule;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/cluster-admin-binding",
        title: "binding gives cluster-admin",
        page: include_str!("cluster_admin_binding.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.1", "NSA-K8S:authorization", "CWE-250"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(role) = rule::role(object) else { return };
    if role.as_str() == Some("cluster-admin") && object.at(&["roleRef", "kind"]).and_then(Node::as_str) != Some("Role")
    {
        let finding =
            report.finding(role.span(), "who takes over a subject of this binding owns everything in its reach");
        if object.kind() == "RoleBinding" {
            finding.severity(Severity::Medium);
        }
    }
}
