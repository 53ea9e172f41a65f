//! Windows containers that run as processes of their node.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/windows-host-process",
        title: "Windows container runs as a process of its node",
        page: include_str!("windows_host_process.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "CIS-K8S:5.2.11", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for process in workload.contexts(&["windowsOptions", "hostProcess"]) {
        if process.as_bool() == Some(true) {
            report.finding(process.span(), "this container is an unconfined process of its Windows node");
        }
    }
}
