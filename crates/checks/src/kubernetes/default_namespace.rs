//! Objects in the default namespace.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/default-namespace",
        title: "object lives in the default namespace",
        page: include_str!("default_namespace.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T3", "E6-T1"],
        maps: &["CIS-K8S:5.7.4", "CWE-1189"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(namespace) = object.at(&["metadata", "namespace"]) else { return };
    if namespace.as_str() == Some("default") && (JUDGED.contains(&object.kind()) || !object.workloads().is_empty()) {
        report.finding(namespace.span(), "nothing sets this apart from whatever else lands in the default namespace");
    }
}

const JUDGED: [&str; 3] = ["Service", "Secret", "ServiceAccount"];
