//! Roles with the verb `impersonate` on users, groups or service accounts in general.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/impersonation",
        title: "role acts as other users",
        page: include_str!("impersonation.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.8", "CWE-269"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right_with(object, report, &RIGHT, false);
}

const RIGHT: Right = Right {
    resources: &[
        ("", "users"),
        ("", "groups"),
        ("", "serviceaccounts"),
        ("authentication.k8s.io", "userextras"),
        ("authentication.k8s.io", "uids"),
    ],
    verbs: &["impersonate"],
    severity: (Severity::High, Severity::High),
    message: "who holds this role can act as anybody, administrators included",
};
