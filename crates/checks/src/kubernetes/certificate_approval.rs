//! Roles that may approve certificate signing requests.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use super::rule::{self, Right};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/certificate-approval",
        title: "role approves certificates",
        page: include_str!("certificate_approval.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.11", "CWE-295"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    rule::report_right(object, report, &RIGHT);
}

const RIGHT: Right = Right {
    resources: &[("certificates.k8s.io", "certificatesigningrequests/approval")],
    verbs: &["update", "patch"],
    severity: (Severity::High, Severity::High),
    message: "who approves signing requests can have a certificate issued for any user of the cluster",
};
