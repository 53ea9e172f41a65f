//! Service account tokens that never expire.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/lasting-token",
        title: "service account token never expires",
        page: include_str!("lasting_token.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E3-T3", "E5-T3"],
        maps: &["CWE-613"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(kind) = object.root.get("type").filter(|_| object.is("", "Secret")) else { return };
    if kind.as_str() == Some("kubernetes.io/service-account-token") {
        report.finding(kind.span(), "this token never expires; pods and `kubectl create token` get ones that do");
    }
}
