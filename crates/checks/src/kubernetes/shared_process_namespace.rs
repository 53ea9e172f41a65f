//! Pods whose containers share processes.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/shared-process-namespace",
        title: "containers of a pod see each other's processes",
        page: include_str!("shared_process_namespace.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-653"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let Some(shared) = workload.setting(&["shareProcessNamespace"]) else { return };
    if shared.as_bool() == Some(true) {
        report
            .finding(shared.span(), "each container here reads the environment and files of the others through /proc");
    }
}
