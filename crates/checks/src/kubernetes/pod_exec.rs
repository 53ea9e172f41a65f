//! Roles that may execute commands in pods or attach to them.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/pod-exec",
        title: "role opens shells in pods",
        page: include_str!("pod_exec.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["NSA-K8S:authorization", "CWE-269"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "pods/exec"), ("", "pods/attach")],
    verbs: &["create", "get"],
    severity: (Severity::Medium, Severity::Medium),
    message: "who holds this role runs commands in other people's pods and reads what they read",
};
