//! API services without verification.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/unverified-api-service",
        title: "API server trusts any certificate of an extension",
        page: include_str!("unverified_api_service.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-295"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(skip) = object.at(&["spec", "insecureSkipTLSVerify"]).filter(|_| object.kind() == "APIService") else {
        return;
    };
    if skip.as_bool() == Some(true) {
        report.finding(skip.span(), "who can answer in place of this extension sees requests and makes up answers");
    }
}
