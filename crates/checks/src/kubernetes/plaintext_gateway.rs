//! Gateways without TLS.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/plaintext-gateway",
        title: "gateway listens for plain HTTP",
        page: include_str!("plaintext_gateway.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E6-T1"],
        maps: &["CWE-319"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let listed = |key: &str| object.at(&["spec", key]).into_iter().flat_map(Node::items).collect::<Vec<_>>();
    let protocols: Vec<_> = match (object.kind(), object.group()) {
        ("Gateway", "gateway.networking.k8s.io") => {
            let protocols: Vec<_> = listed("listeners").iter().filter_map(|one| one.get("protocol")).collect();
            let secured = protocols.iter().any(|one| matches!(one.as_str(), Some("HTTPS" | "TLS")));
            if secured { Vec::new() } else { protocols }
        }
        ("Gateway", "networking.istio.io") => {
            let servers = listed("servers");
            let redirects = |one: &Node<'_>| one.at(&["tls", "httpsRedirect"]).and_then(Node::as_bool) == Some(true);
            servers.iter().filter(|one| !redirects(one)).filter_map(|one| one.at(&["port", "protocol"])).collect()
        }
        _ => return,
    };
    for protocol in protocols {
        if protocol.as_str() == Some("HTTP") {
            report.finding(protocol.span(), "what passes here in plain HTTP can be read and changed on the way");
        }
    }
}
