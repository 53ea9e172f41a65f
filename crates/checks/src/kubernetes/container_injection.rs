//! Roles that may add ephemeral containers to pods.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/container-injection",
        title: "role adds containers to running pods",
        page: include_str!("container_injection.md"),
        since: "0.1.0",
        severity: Severity::Medium,
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
    resources: &[("", "pods/ephemeralcontainers")],
    verbs: &["update", "patch"],
    severity: (Severity::Medium, Severity::Medium),
    message: "who holds this role adds containers to running pods and takes over what they may",
};
