//! Network policies without ports.

use palisade_inventory::kubernetes::{Isolation, Object};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/portless-network-policy",
        title: "network policy opens every port",
        page: include_str!("portless_network_policy.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E6-T1", "T-024.4"],
        maps: &["NSA-K8S:network", "CWE-923"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("networking.k8s.io", "NetworkPolicy") {
        return;
    }
    for rule in object.at(&["spec", "ingress"]).into_iter().flat_map(Node::items) {
        let ports = rule.get("ports").is_some_and(|ports| ports.items().next().is_some());
        let Some(from) = rule.entry("from").filter(|from| !ports && from.value.items().next().is_some()) else {
            continue;
        };
        // What holds for every pod of a namespace cannot name the ports of each.
        let peers = from.value.items();
        if Isolation::of(*object).is_some() && peers.into_iter().all(is_own_namespace) {
            continue;
        }
        report.finding(from.key.span(), "these peers reach every port of the pods; name the ports");
    }
}

/// Whether a peer is every pod of the policy's own namespace.
fn is_own_namespace(peer: Node<'_>) -> bool {
    peer.entries().count() == 1
        && peer.get("podSelector").is_some_and(|selector| selector.is_mapping() && selector.entries().next().is_none())
}
