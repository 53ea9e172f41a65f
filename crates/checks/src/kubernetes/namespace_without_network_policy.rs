//! Namespaces with pods and no default deny.

use std::collections::BTreeSet;

use palisade_inventory::Inventory;
use palisade_inventory::kubernetes::ObjectFacts;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

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
            report.finding_at(object.location.clone(), message).maybe_fix(fix(inventory, object, namespace));
        }
    }
}

/// A policy beside the first workload, which lets nothing in but what comes from the namespace itself.
fn fix(inventory: &Inventory, workload: &ObjectFacts, namespace: &str) -> Option<Fix> {
    // Every pod of the cluster asks what runs there for names and more.
    if namespace.starts_with("kube-") {
        return None;
    }
    let mut objects = inventory.files.iter().flat_map(|file| &file.objects);
    let taken = |object: &ObjectFacts| object.kind == "NetworkPolicy" && object.name.as_deref() == Some(POLICY);
    if objects.any(|object| taken(object) && object.namespace.as_deref() == Some(namespace)) {
        return None;
    }
    let file = inventory.files.iter().find(|file| file.path == workload.location.path)?;
    // A patch that brings an object of its own patches nothing.
    let mut kustomizations = inventory.files.iter().filter_map(|file| file.kustomization.as_ref());
    if kustomizations.any(|facts| facts.patches.iter().any(|patch| **patch == *file.path)) {
        return None;
    }
    let room = file.room.as_ref()?;
    // What the file does not say, its kustomization says for every object.
    let place = if room.namespaces.contains(namespace) { format!("  namespace: {namespace}\n") } else { String::new() };
    let lines = format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {POLICY}\n{place}spec:\n  podSelector: {{}}\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - podSelector: {{}}"
    );
    Some(Fix::new("let only pods of this namespace in", Safety::Unsafe, vec![room.tail.append(&lines)]))
}

const POLICY: &str = "deny-from-other-namespaces";
