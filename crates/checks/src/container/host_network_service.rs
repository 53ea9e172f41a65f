//! Services in the network of the host.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/host-network-service",
        title: "service uses the host's network",
        page: include_str!("host_network_service.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1", "E5-T2"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for key in ["network_mode", "net"] {
        for (_, node) in compose.stating(key) {
            if node.as_str() == Some("host") {
                report.finding(node.span(), "every port it opens is open on the host, and it reaches what listens on loopback; publish ports instead");
            }
        }
    }
}
