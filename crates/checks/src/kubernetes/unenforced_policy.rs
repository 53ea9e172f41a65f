//! Policies that only report.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/unenforced-policy",
        title: "policy reports and refuses nothing",
        page: include_str!("unenforced_policy.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-693"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let action = if object.group().ends_with("kyverno.io") {
        object.at(&["spec", "validationFailureAction"])
    } else if object.group() == "constraints.gatekeeper.sh" {
        object.at(&["spec", "enforcementAction"])
    } else {
        return;
    };
    let Some(action) = action else { return };
    if matches!(action.as_str(), Some("Audit" | "audit" | "dryrun" | "warn")) {
        report.finding(action.span(), "this policy reports and refuses nothing");
    }
}
