//! Roles with the verbs `bind` or `escalate` on roles or cluster roles in general.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/role-escalation",
        title: "role lifts the limit on handing out rights",
        page: include_str!("role_escalation.md"),
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
    resources: &[("rbac.authorization.k8s.io", "roles"), ("rbac.authorization.k8s.io", "clusterroles")],
    verbs: &["bind", "escalate"],
    severity: (Severity::High, Severity::High),
    message: "who holds this role can give itself every right",
};
