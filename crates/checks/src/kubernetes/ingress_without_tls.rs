//! Ingresses without TLS.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/ingress-without-tls",
        title: "Ingress serves plain HTTP",
        page: include_str!("ingress_without_tls.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E6-T1"],
        maps: &["CWE-319"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if object.kind() != "Ingress" || !matches!(object.group(), "networking.k8s.io" | "extensions") {
        return;
    }
    let certified = object.annotations().any(|annotation| {
        let key = annotation.key.as_str().unwrap_or("");
        key.contains("cert") || key.contains("ssl-redirect") || key.contains("tls")
    });
    let tls = object.at(&["spec", "tls"]).is_some_and(|tls| tls.items().next().is_some());
    if object.at(&["spec"]).is_some() && !tls && !certified {
        report.finding(object.place(), "this Ingress serves plain HTTP, so traffic can be read and changed on the way");
    }
}
