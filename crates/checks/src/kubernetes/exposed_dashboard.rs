//! Dashboards behind a public address.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/exposed-dashboard",
        title: "dashboard of the cluster is open to the network",
        page: include_str!("exposed_dashboard.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-306"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.name().is_some_and(|name| name.contains("kubernetes-dashboard")) {
        return;
    }
    let message = "intruders look for this dashboard first; reach it through `kubectl port-forward`";
    let kind = object.at(&["spec", "type"]).filter(|_| object.is("", "Service"));
    if let Some(kind) = kind.filter(|kind| matches!(kind.as_str(), Some("LoadBalancer" | "NodePort"))) {
        report.finding(kind.span(), message);
    } else if object.is("networking.k8s.io", "Ingress") {
        report.finding(object.place(), message);
    }
}
