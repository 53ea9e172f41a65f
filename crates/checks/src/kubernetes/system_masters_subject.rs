//! Bindings with the group `system:masters` as a subject.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/system-masters-subject",
        title: "binding names the group that no rule can stop",
        page: include_str!("system_masters_subject.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.7", "CWE-250"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for subject in rule::subjects(object) {
        if subject.kind == "Group" && subject.name == "system:masters" {
            report.finding(
                subject.place,
                "members of system:masters bypass every check of rights, and only new certificates take that away",
            );
        }
    }
}
