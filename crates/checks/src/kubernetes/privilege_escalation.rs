//! Containers that may gain privileges.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/privilege-escalation",
        title: "container can gain more privileges than its parent process",
        page: include_str!("privilege_escalation.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:restricted", "CIS-K8S:5.2.6", "NSA-K8S:pod-security", "CWE-269"],
    },
    run,
);

const TITLE: &str = "forbid privilege escalation";
const LINE: &str = "allowPrivilegeEscalation: false";

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let version = report.settings().kubernetes.version;
    if !version.is_at_least(8) || (version.is_at_least(25) && workload.is_windows()) {
        return;
    }
    for container in &workload.containers {
        match container.context(&["allowPrivilegeEscalation"]) {
            Some(allowed) if allowed.as_bool() == Some(false) => {}
            Some(allowed) => {
                let message = "a setuid program in this container can make an intruder root";
                let fix = (!container.is_privileged()).then(|| Fix::unsafe_(TITLE, allowed.span(), "false"));
                report.finding(allowed.span(), message).severity(Severity::Medium).maybe_fix(fix);
            }
            None if workload.is_complete() => {
                // The API server refuses the two together.
                let none = container.is_privileged() || workload.runs_on_windows();
                let edit = if none { None } else { container.add_context(&[], LINE) };
                let fix = edit.map(|edit| Fix::new(TITLE, Safety::Unsafe, vec![edit]));
                report
                    .finding(
                        container.place,
                        "allowPrivilegeEscalation is not set to false, so a setuid program can make an intruder root",
                    )
                    .maybe_fix(fix);
            }
            None => {}
        }
    }
}
