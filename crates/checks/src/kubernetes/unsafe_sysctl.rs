//! Kernel parameters outside the safe list.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/unsafe-sysctl",
        title: "pod sets a kernel parameter that concerns more than itself",
        page: include_str!("unsafe_sysctl.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:baseline", "CWE-668"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let version = report.settings().kubernetes.version;
    for sysctl in workload.context(&["sysctls"]).into_iter().flat_map(Node::items) {
        let name = sysctl.get("name");
        let text = name.and_then(Node::as_str).unwrap_or("");
        if !SAFE.iter().any(|(since, safe)| version.is_at_least(*since) && *safe == text) {
            report.finding(name.unwrap_or(sysctl).span(), "this kernel parameter is not confined to the pod");
        }
    }
}

/// Since which minor version a parameter is called safe.
const SAFE: [(u32, &str); 14] = [
    (0, "kernel.shm_rmid_forced"),
    (0, "net.ipv4.ip_local_port_range"),
    (0, "net.ipv4.ip_unprivileged_port_start"),
    (0, "net.ipv4.ping_group_range"),
    (0, "net.ipv4.tcp_syncookies"),
    (27, "net.ipv4.ip_local_reserved_ports"),
    (29, "net.ipv4.tcp_fin_timeout"),
    (29, "net.ipv4.tcp_keepalive_intvl"),
    (29, "net.ipv4.tcp_keepalive_probes"),
    (29, "net.ipv4.tcp_keepalive_time"),
    (32, "net.ipv4.tcp_rmem"),
    (32, "net.ipv4.tcp_wmem"),
    (37, "net.ipv4.tcp_notsent_lowat"),
    (37, "net.ipv4.tcp_slow_start_after_idle"),
];
