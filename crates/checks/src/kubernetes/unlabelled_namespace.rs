//! Namespaces that leave pod security to the cluster's default.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

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
        report.finding(
            object.place(),
            "this namespace enforces no pod security level; label it `baseline` or `restricted`",
        );
    }
}
