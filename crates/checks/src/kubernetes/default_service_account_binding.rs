//! Bindings with the service account `default` as a subject.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/default-service-account-binding",
        title: "binding gives rights to a default service account",
        page: include_str!("default_service_account_binding.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.5", "CWE-250"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for subject in rule::subjects(object) {
        if subject.kind == "ServiceAccount" && subject.name == "default" {
            report
                .finding(subject.place, "every pod of the namespace that names no account of its own has these rights");
        }
    }
}
