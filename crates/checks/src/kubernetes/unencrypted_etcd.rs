//! Encryption configurations that do not encrypt.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/unencrypted-etcd",
        title: "secrets are stored in plain text",
        page: include_str!("unencrypted_etcd.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E3-T1"],
        maps: &["CIS-K8S:1.2.27", "CWE-311"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if object.kind() != "EncryptionConfiguration" {
        return;
    }
    for resource in object.at(&["resources"]).into_iter().flat_map(Node::items) {
        let first = resource.get("providers").and_then(|providers| providers.items().next());
        if let Some(entry) = first.and_then(|first| first.entry("identity")) {
            report.finding(entry.key.span(), "the first provider writes, and this one writes plain text");
        }
    }
}
