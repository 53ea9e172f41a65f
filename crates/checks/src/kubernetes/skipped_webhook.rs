//! Admission webhooks that fail open.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/skipped-webhook",
        title: "admission goes on without its webhook",
        page: include_str!("skipped_webhook.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["NSA-K8S:admission", "CWE-636"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let policies: Vec<_> = match object.kind() {
        "ValidatingWebhookConfiguration" => object
            .at(&["webhooks"])
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|hook| hook.get("failurePolicy"))
            .collect(),
        "ValidatingAdmissionPolicy" => object.at(&["spec", "failurePolicy"]).into_iter().collect(),
        _ => return,
    };
    for policy in policies {
        if policy.as_str() == Some("Ignore") {
            report.finding(policy.span(), "when this webhook fails or is made to fail, objects pass unchecked");
        }
    }
}
