//! Containers whose root file system is writable.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/writable-root-filesystem",
        title: "container can change its own programs",
        page: include_str!("writable_root_filesystem.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CIS-K8S:5.7.3", "NSA-K8S:pod-security", "CWE-732"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if workload.runs_on_windows() {
        return;
    }
    for container in &workload.containers {
        match container.context(&["readOnlyRootFilesystem"]) {
            Some(set) if set.as_bool() == Some(true) => {}
            // Somebody found that it must write.
            Some(set) => {
                report.finding(set.span(), "an intruder can change the programs of this container");
            }
            None if workload.is_complete() => {
                let edit = container.add_context(&[], "readOnlyRootFilesystem: true");
                let fix = edit
                    .filter(|_| !image::starts_as_root(container))
                    .map(|edit| Fix::new("make the root file system read-only", Safety::Unsafe, vec![edit]));
                report
                    .finding(container.place, "the root file system is writable; mount an emptyDir where it must write")
                    .maybe_fix(fix);
            }
            None => {}
        }
    }
}
