//! Containers told to run as root.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/root-user",
        title: "container runs as root by order",
        page: include_str!("root_user.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1", "T-024.5"],
        maps: &["PSS:restricted", "CIS-K8S:5.2.7", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let version = report.settings().kubernetes.version;
    if !version.is_at_least(23) || (version.is_at_least(35) && workload.has_user_namespace()) {
        return;
    }
    for user in workload.contexts(&["runAsUser"]) {
        if user.as_i64() == Some(0) {
            report.finding(user.span(), "this runs the container as root");
        }
    }
}
