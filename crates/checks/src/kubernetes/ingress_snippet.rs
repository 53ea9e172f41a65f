//! Snippets in Ingress annotations.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/ingress-snippet",
        title: "Ingress writes into the configuration of nginx",
        page: include_str!("ingress_snippet.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-94"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for annotation in object.annotations() {
        let key = annotation.key.as_str().unwrap_or("");
        if key.starts_with("nginx.ingress.kubernetes.io/") && key.ends_with("-snippet") {
            report.finding(annotation.key.span(), "a snippet can read every secret that the shared controller can");
        }
    }
}
