//! Persistent volumes on a node's own directory.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/host-path-persistent-volume",
        title: "persistent volume is a directory of a node",
        page: include_str!("host_path_persistent_volume.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(spec) = object.at(&["spec"]).filter(|_| object.is("", "PersistentVolume")) else { return };
    if let Some(entry) = spec.entry("hostPath") {
        report.finding(entry.key.span(), "a claim bound to this reaches the node around Pod Security admission");
    }
}
