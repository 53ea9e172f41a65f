//! Roles that may delete events.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/event-deletion",
        title: "role deletes events",
        page: include_str!("event_deletion.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E7-T1"],
        maps: &["CWE-778"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "events"), ("events.k8s.io", "events")],
    verbs: &["delete", "deletecollection"],
    severity: (Severity::Low, Severity::Low),
    message: "who deletes events can hide what happened",
};
