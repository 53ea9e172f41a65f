//! Authorization policies that allow everything.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/allow-all-mesh-policy",
        title: "mesh policy allows every request",
        page: include_str!("allow_all_mesh_policy.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-862"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let action = object.at(&["spec", "action"]).and_then(Node::as_str).unwrap_or("ALLOW");
    if !object.is("security.istio.io", "AuthorizationPolicy") || action != "ALLOW" {
        return;
    }
    for rule in object.at(&["spec", "rules"]).into_iter().flat_map(Node::items) {
        if rule.is_mapping() && rule.entries().next().is_none() {
            report.finding(rule.span(), "an empty rule allows every request from everybody");
        }
    }
}
