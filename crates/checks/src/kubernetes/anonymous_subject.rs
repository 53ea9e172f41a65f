//! Bindings with `system:anonymous` or `system:unauthenticated` as a subject.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/anonymous-subject",
        title: "binding gives rights to anybody",
        page: include_str!("anonymous_subject.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["NSA-K8S:authorization", "CWE-306"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for subject in rule::subjects(object) {
        if matches!(subject.name, "system:anonymous" | "system:unauthenticated") {
            report.finding(subject.place, "anybody who reaches the API server has these rights, without logging in");
        }
    }
}
