//! Namespaces that leave pod security to the cluster's default.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/unlabelled-namespace",
        title: "namespace enforces no pod security level",
        page: include_str!("unlabelled_namespace.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CIS-K8S:5.2.1", "CWE-1188"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let asked = object.is("", "Namespace") && report.settings().kubernetes.version.is_at_least(23);
    if asked && object.label("pod-security.kubernetes.io/enforce").is_none() {
        let message = "this namespace enforces no pod security level; label it `baseline` or `restricted`";
        report.finding(object.place(), message).maybe_fix(label(object));
    }
}

/// The level that all but system pods keep to; not beside pods that need more, and not for system namespaces.
fn label(object: &Object<'_>) -> Option<Fix> {
    let text = object.root.yaml().text();
    let more = ["hostNetwork: true", "hostPID: true", "hostIPC: true", "privileged: true", "hostPath:", "hostPort:"];
    if more.iter().any(|setting| text.contains(setting)) || object.name().is_none_or(|name| name.ends_with("-system")) {
        return None;
    }
    let line = "pod-security.kubernetes.io/enforce: baseline";
    let edit = object.at(&["metadata"])?.add_under("labels", "name", line)?;
    Some(Fix::new("refuse pods that take over their node", Safety::Unsafe, vec![edit]))
}
