//! Pod security policies.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/removed-policy",
        title: "policy of a kind that clusters ignore",
        page: include_str!("removed_policy.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-693"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let removed = report.settings().kubernetes.version.is_at_least(25);
    if removed && object.is("policy", "PodSecurityPolicy") {
        let place = object.root.get("kind").unwrap_or(object.root).span();
        report.finding(
            place,
            "clusters since 1.25 ignore this policy; label namespaces for Pod Security admission instead",
        );
    }
}
