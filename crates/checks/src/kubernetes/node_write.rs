//! Roles that may update, patch or delete nodes.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/node-write",
        title: "role changes nodes",
        page: include_str!("node_write.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CWE-269"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "nodes"), ("", "nodes/status")],
    verbs: &["update", "patch", "delete"],
    severity: (Severity::Low, Severity::Low),
    message: "who changes nodes can draw pods with their secrets to a node under its control",
};
