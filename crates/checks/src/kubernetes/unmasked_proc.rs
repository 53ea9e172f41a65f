//! Containers that unmask `/proc`.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/unmasked-proc",
        title: "container sees all of /proc",
        page: include_str!("unmasked_proc.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:baseline", "PSS:restricted", "CWE-668"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let relaxed = report.settings().kubernetes.version.is_at_least(35) && workload.has_user_namespace();
    for container in &workload.containers {
        let Some(mount) = container.context(&["procMount"]) else { continue };
        if mount.as_str() != Some("Default") {
            let edit = mount.replace_with("Default").filter(|_| !relaxed);
            let fix = edit.map(|edit| Fix::new("mask what concerns the node", Safety::Unsafe, vec![edit]));
            let finding =
                report.finding(mount.span(), "this container sees the parts of /proc that concern the whole node");
            finding.maybe_fix(fix);
            if relaxed {
                finding.severity(Severity::Low);
            }
        }
    }
}
