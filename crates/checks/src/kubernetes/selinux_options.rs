//! SELinux labels of the pod's own choice.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/selinux-options",
        title: "SELinux label is changed to one that confines less",
        page: include_str!("selinux_options.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:baseline", "CWE-693"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let engine = report.settings().kubernetes.version.is_at_least(31);
    for options in workload.contexts(&["seLinuxOptions"]) {
        for key in ["type", "user", "role"] {
            let Some(node) = options.get(key) else { continue };
            let allowed = match node.as_str() {
                None | Some("") => true,
                Some("container_t" | "container_init_t" | "container_kvm_t") => key == "type",
                Some("container_engine_t") => key == "type" && engine,
                Some(_) => false,
            };
            if !allowed {
                report.finding(node.span(), format!("this SELinux {key} may confine the container less than its own"));
            }
        }
    }
}
