//! Roles that may create persistent volumes.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/persistent-volume-creation",
        title: "role creates persistent volumes",
        page: include_str!("persistent_volume_creation.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.9", "CWE-668"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "persistentvolumes")],
    verbs: &["create"],
    severity: (Severity::Low, Severity::Low),
    message: "who creates persistent volumes can mount any directory of a node",
};
