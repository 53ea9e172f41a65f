//! Services in the process, IPC, user or cgroup namespace of the host.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/host-namespace-shared",
        title: "service shares a namespace of the host",
        page: include_str!("host_namespace_shared.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-653"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (key, severity, message) in [
        (
            "pid",
            Severity::High,
            "it sees every process of the host with its arguments and environment, and may signal them",
        ),
        ("ipc", Severity::Medium, "it reads and writes the shared memory of the host's processes"),
        ("uts", Severity::Low, "it may change the host's name"),
        ("userns_mode", Severity::Medium, "root in it is root on the host, although the engine maps users"),
        ("cgroup", Severity::Medium, "it sees the control groups of the whole host"),
    ] {
        for (_, node) in compose.stating(key) {
            if node.as_str() == Some("host") {
                report.finding(node.span(), message).severity(severity);
            }
        }
    }
}
