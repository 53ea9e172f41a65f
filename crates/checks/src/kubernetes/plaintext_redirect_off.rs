//! Ingresses that do not redirect to HTTPS.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/plaintext-redirect-off",
        title: "Ingress keeps serving plain HTTP",
        page: include_str!("plaintext_redirect_off.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-319"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for (key, off) in
        [("nginx.ingress.kubernetes.io/ssl-redirect", "false"), ("kubernetes.io/ingress.allow-http", "true")]
    {
        if let Some(entry) = object.annotation(key).filter(|entry| entry.value.as_str() == Some(off)) {
            report.finding(entry.value.span(), "users who arrive over plain HTTP stay there");
        }
    }
}
