//! Ingresses for every host.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/hostless-ingress",
        title: "Ingress answers for every host name",
        page: include_str!("hostless_ingress.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-923"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if object.kind() != "Ingress" || !matches!(object.group(), "networking.k8s.io" | "extensions") {
        return;
    }
    for rule in object.at(&["spec", "rules"]).into_iter().flat_map(Node::items).filter(|rule| rule.is_mapping()) {
        let host = rule.get("host");
        if matches!(host.and_then(Node::as_str), None | Some("" | "*")) {
            let place = host.or_else(|| rule.entries().next().map(|entry| entry.key)).unwrap_or(rule);
            report.finding(place.span(), "this rule answers for every host name that reaches the controller");
        }
    }
}
