//! Network policies that allow everything.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/allow-all-network-policy",
        title: "network policy allows all traffic",
        page: include_str!("allow_all_network_policy.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["NSA-K8S:network", "CWE-923"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("networking.k8s.io", "NetworkPolicy") {
        return;
    }
    for (direction, severity) in [("ingress", Severity::Medium), ("egress", Severity::Low)] {
        for rule in object.at(&["spec", direction]).into_iter().flat_map(Node::items) {
            let given = |key: &str| rule.get(key).is_some_and(|list| list.items().next().is_some());
            if !given("from") && !given("to") && !given("ports") {
                let message =
                    format!("this allows all {direction} for the selected pods, whatever other policies deny");
                report.finding(rule.span(), message).severity(severity);
            }
        }
    }
}
