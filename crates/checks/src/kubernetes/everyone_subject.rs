//! Bindings with `system:authenticated` or `system:serviceaccounts` as a subject.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/everyone-subject",
        title: "binding gives rights to every account",
        page: include_str!("everyone_subject.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["NSA-K8S:authorization", "CWE-732"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for subject in rule::subjects(object) {
        if subject.kind == "Group" && matches!(subject.name, "system:authenticated" | "system:serviceaccounts") {
            report.finding(
                subject.place,
                "every account of the cluster has these rights, also that of a pod that was broken into",
            );
        }
    }
}
