//! Ports on every node.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/node-port-service",
        title: "Service opens a port on every node",
        page: include_str!("node_port_service.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(kind) = object.at(&["spec", "type"]).filter(|_| object.is("", "Service")) else { return };
    if kind.as_str() == Some("NodePort") {
        report.finding(kind.span(), "this opens a port on every address of every node");
    }
}
