//! Roles with any right on `nodes/proxy`.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/node-proxy",
        title: "role reaches kubelets",
        page: include_str!("node_proxy.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.10", "CWE-269"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "nodes/proxy")],
    verbs: &["get", "create", "update", "patch", "delete"],
    severity: (Severity::High, Severity::High),
    message: "who reaches the kubelet runs commands in every pod of the node, past admission and audit",
};
