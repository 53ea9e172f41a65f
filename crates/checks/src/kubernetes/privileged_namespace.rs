//! Namespaces that let pods do everything.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/privileged-namespace",
        title: "namespace lets pods do everything",
        page: include_str!("privileged_namespace.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CIS-K8S:5.2.1", "NSA-K8S:pod-security", "CWE-1188"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("", "Namespace") {
        return;
    }
    let Some(level) = object.label("pod-security.kubernetes.io/enforce") else { return };
    if level.as_str() == Some("privileged") {
        report.finding(level.span(), "no pod is refused in this namespace, whatever it asks of its node");
    }
}
