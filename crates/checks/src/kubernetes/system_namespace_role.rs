//! Roles in system namespaces.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/system-namespace-role",
        title: "role in a namespace of the cluster itself",
        page: include_str!("system_namespace_role.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CWE-732"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !matches!(object.kind(), "Role" | "RoleBinding") || object.group() != "rbac.authorization.k8s.io" {
        return;
    }
    let Some(namespace) = object.at(&["metadata", "namespace"]) else { return };
    if matches!(namespace.as_str(), Some("kube-system" | "kube-public")) {
        report.finding(namespace.span(), "rights in this namespace touch the cluster's own configuration");
    }
}
