//! Roles that may get, list or watch secrets in general.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/secrets-access",
        title: "role reads secrets",
        page: include_str!("secrets_access.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.2", "CWE-732"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "secrets")],
    verbs: &["get", "list", "watch"],
    severity: (Severity::Medium, Severity::Low),
    message: "who holds this role reads every secret in its reach; name the ones it needs",
};
