//! Istio peers without mutual TLS.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/plaintext-mesh",
        title: "mesh takes plain-text traffic",
        page: include_str!("plaintext_mesh.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-319"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("security.istio.io", "PeerAuthentication") {
        return;
    }
    let ports = object
        .at(&["spec", "portLevelMtls"])
        .into_iter()
        .flat_map(Node::entries)
        .filter_map(|port| port.value.get("mode"));
    for mode in object.at(&["spec", "mtls", "mode"]).into_iter().chain(ports) {
        match mode.as_str() {
            Some("DISABLE") => {
                report.finding(mode.span(), "traffic here is never encrypted between peers").severity(Severity::Medium);
            }
            Some("PERMISSIVE") => {
                report.finding(
                    mode.span(),
                    "callers without a certificate are let in, so the mesh knows nothing of them",
                );
            }
            _ => {}
        }
    }
}
