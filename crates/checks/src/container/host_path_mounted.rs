//! Mounts of folders that belong to the host.

use palisade_inventory::compose::{Compose, mounts};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/host-path-mounted",
        title: "service reaches into the host's files",
        page: include_str!("host_path_mounted.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("volumes") {
        for mount in mounts(node) {
            let source = mount.source.unwrap_or("");
            let path = if source.len() > 1 { source.trim_end_matches('/') } else { source };
            let (severity, what) = match path {
                "/" => (Severity::High, "the whole host"),
                "/etc"
                | "/root"
                | "/boot"
                | "/var/lib/docker"
                | "/var/lib/kubelet"
                | "/var/lib/containerd"
                | "/lib/modules"
                | "/usr"
                | "/bin"
                | "/sbin" => (Severity::High, "files that decide what the host runs"),
                "/etc/shadow" | "/etc/passwd" | "/etc/sudoers" | "/etc/ssh" | "/etc/kubernetes" | "~/.ssh"
                | "~/.aws" | "~/.kube" | "~/.docker" | "$HOME/.ssh" | "${HOME}/.ssh" | "$HOME/.aws"
                | "${HOME}/.aws" | "$HOME/.kube" | "${HOME}/.kube" => (Severity::High, "credentials of the host"),
                "/dev" => (Severity::High, "every device of the host"),
                "/proc" | "/sys" | "/sys/fs/cgroup" => (Severity::Medium, "the kernel's view of the host"),
                "/home" | "~" | "$HOME" | "${HOME}" | "/var" | "/opt" => {
                    (Severity::Medium, "files of the host's users and services")
                }
                _ => continue,
            };
            let modules = path == "/lib/modules";
            let severity = if mount.read_only && (severity == Severity::Medium || modules) {
                Severity::Low
            } else if mount.read_only {
                Severity::Medium
            } else {
                severity
            };
            report
                .finding(mount.span, format!("this hands the container {what}; mount the one file it needs, read-only"))
                .severity(severity);
        }
    }
}
