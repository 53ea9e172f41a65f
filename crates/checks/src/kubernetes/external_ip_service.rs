//! Services that claim addresses.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/external-ip-service",
        title: "Service takes over an address",
        page: include_str!("external_ip_service.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-441"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(entry) =
        object.at(&["spec"]).filter(|_| object.is("", "Service")).and_then(|spec| spec.entry("externalIPs"))
    else {
        return;
    };
    if entry.value.items().next().is_some() {
        report.finding(entry.key.span(), "traffic from the cluster to these addresses is sent here, whoever owns them");
    }
}
