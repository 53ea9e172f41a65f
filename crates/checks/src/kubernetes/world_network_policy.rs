//! Network policies for every address.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/world-network-policy",
        title: "network policy opens pods to every address",
        page: include_str!("world_network_policy.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E6-T1", "E6-T2"],
        maps: &["NSA-K8S:network", "CWE-923"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("networking.k8s.io", "NetworkPolicy") {
        return;
    }
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        let rules = object.at(&["spec", direction]).into_iter().flat_map(Node::items);
        for block in
            rules.filter_map(|rule| rule.get(peers)).flat_map(Node::items).filter_map(|peer| peer.get("ipBlock"))
        {
            let Some(cidr) = block.get("cidr") else { continue };
            if matches!(cidr.as_str(), Some("0.0.0.0/0" | "::/0")) && block.get("except").is_none() {
                report.finding(cidr.span(), format!("this {direction} rule covers every address there is"));
            }
        }
    }
}
