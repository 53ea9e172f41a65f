//! Volume types that a restricted pod may not use.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/restricted-volume",
        title: "pod mounts a volume that binds it to other systems",
        page: include_str!("restricted_volume.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:restricted", "CWE-668"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for volume in workload.setting(&["volumes"]).into_iter().flat_map(Node::items) {
        let given = |key: &&str| volume.get(key).is_some_and(|node| !node.is_null());
        // `emptyDir:` with nothing after it is what a volume without a source becomes.
        let bare = volume.get("emptyDir").is_some()
            && volume.entries().all(|entry| entry.value.is_null() || entry.key.as_str() == Some("name"));
        let allowed = bare || ALLOWED.iter().any(given);
        let sourced = volume.entries().any(|entry| entry.key.as_str() != Some("name"));
        if !allowed && !given(&"hostPath") && (sourced || workload.is_complete()) {
            let place = volume.get("name").unwrap_or(volume).span();
            report.finding(place, "this type of volume goes around storage claims; use a persistentVolumeClaim or csi");
        }
    }
}

const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];
