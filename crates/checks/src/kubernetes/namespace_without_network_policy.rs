//! Namespaces with pods and no default deny.

use std::collections::BTreeSet;

use palisade_inventory::Inventory;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "kubernetes/namespace-without-network-policy",
        title: "namespace lets every pod talk to every other",
        page: include_str!("namespace_without_network_policy.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CIS-K8S:5.3.2", "NSA-K8S:network", "CWE-923"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let objects = || inventory.files.iter().flat_map(|file| &file.objects);
    let mut isolated = BTreeSet::new();
    for policy in objects().filter(|object| object.isolates.is_some_and(|isolation| isolation.ingress)) {
        isolated.insert(policy.namespace.as_deref().unwrap_or(""));
    }
    let mut told = BTreeSet::new();
    for object in objects().filter(|object| object.workload) {
        let Some(namespace) = object.namespace.as_deref() else { continue };
        if !isolated.contains(namespace) && told.insert(namespace) {
            let message = format!(
                "no NetworkPolicy isolates namespace `{namespace}`, so every pod of the cluster reaches this one"
            );
            report.finding_at(object.location.clone(), message);
        }
    }
}
