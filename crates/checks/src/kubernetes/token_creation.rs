//! Roles that may create tokens for service accounts in general.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/token-creation",
        title: "role issues service account tokens",
        page: include_str!("token_creation.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.13", "CWE-269"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("", "serviceaccounts/token")],
    verbs: &["create"],
    severity: (Severity::Medium, Severity::Medium),
    message: "who issues tokens can act as every service account in its reach",
};
