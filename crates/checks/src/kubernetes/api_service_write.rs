//! Roles that may register API services in general.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/api-service-write",
        title: "role redirects parts of the API",
        page: include_str!("api_service_write.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CWE-441"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("apiregistration.k8s.io", "apiservices")],
    verbs: &["create", "update", "patch"],
    severity: (Severity::Medium, Severity::Medium),
    message: "who registers an API service receives the requests of every user for that part of the API",
};
