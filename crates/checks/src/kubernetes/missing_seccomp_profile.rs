//! Pods without a seccomp profile.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-seccomp-profile",
        title: "pod has no seccomp profile",
        page: include_str!("missing_seccomp_profile.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:restricted", "CIS-K8S:5.7.2", "NSA-K8S:pod-security", "CWE-693"],
    },
    run,
);

const PROFILE: &str = "seccompProfile:\n  type: RuntimeDefault";

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let version = report.settings().kubernetes.version;
    let waived = version.is_at_least(25) && workload.is_windows();
    if !workload.is_complete() || !version.is_at_least(19) || waived || workload.context(&["seccompProfile"]).is_some()
    {
        return;
    }
    let lacking: Vec<_> = workload.containers.iter().filter(|one| one.context(&["seccompProfile"]).is_none()).collect();
    let fix = |edit| Fix::new("filter system calls", Safety::Unsafe, vec![edit]);
    for (place, container) in workload.places(&lacking) {
        let edit = match container {
            None => workload.add_context(PROFILE),
            // What holds every privilege of its node was not written to be filtered.
            Some(container) if container.is_privileged() => None,
            Some(container) => container.add_context(&[], PROFILE),
        };
        let shielded = workload.containers.iter().all(|one| !one.is_privileged());
        report
            .finding(
                place,
                "no seccomp profile is set, so every system call is open; RuntimeDefault suits nearly all programs",
            )
            .maybe_fix(edit.filter(|_| !workload.runs_on_windows() && (shielded || container.is_some())).map(fix));
    }
}
