//! Roles that may write admission webhook configurations in general.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/webhook-write",
        title: "role changes admission webhooks",
        page: include_str!("webhook_write.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T2", "E5-T3"],
        maps: &["CIS-K8S:5.1.12", "CWE-269"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ],
    verbs: &["create", "update", "patch", "delete"],
    severity: (Severity::Medium, Severity::Medium),
    message: "who writes webhooks reads and changes every object sent to the cluster, or switches policies off",
};
