//! Capabilities beyond what runtimes grant by default.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/dangerous-capability",
        title: "container adds a capability beyond the default set",
        page: include_str!("dangerous_capability.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["PSS:baseline", "PSS:restricted", "CIS-K8S:5.2.9", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        for capability in container.context(&["capabilities", "add"]).into_iter().flat_map(Node::items) {
            let name = capability.as_str().unwrap_or("");
            if BASELINE.contains(&name) {
                continue;
            }
            let message = format!("{name} goes beyond what containers get by default");
            let finding = report.finding(capability.span(), message);
            if AS_GOOD_AS_ROOT.contains(&name.strip_prefix("CAP_").unwrap_or(name)) {
                finding.severity(Severity::High);
            }
        }
    }
}

/// What the Pod Security Standards let a baseline pod add.
pub(super) const BASELINE: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Those with which a process can leave its container or rule its node.
const AS_GOOD_AS_ROOT: [&str; 10] = [
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];
