//! Pods that switch seccomp off.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/seccomp-unconfined",
        title: "seccomp is switched off",
        page: include_str!("seccomp_unconfined.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:baseline", "PSS:restricted", "CIS-K8S:5.7.2", "NSA-K8S:pod-security", "CWE-693"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    const MESSAGE: &str = "this container may make every system call, also those through which kernels are attacked";
    if report.settings().kubernetes.version.is_at_least(19) {
        for profile in workload.contexts(&["seccompProfile"]) {
            let kind = profile.get("type");
            if !matches!(kind.and_then(Node::as_str), Some("RuntimeDefault" | "Localhost")) {
                let edit = kind.and_then(|kind| kind.replace_with("RuntimeDefault"));
                let fix = edit.map(|edit| Fix::new("filter system calls", Safety::Unsafe, vec![edit]));
                report.finding(kind.unwrap_or(profile).span(), MESSAGE).maybe_fix(fix);
            }
        }
        return;
    }
    for annotation in workload.annotations() {
        let key = annotation.key.as_str().unwrap_or("");
        let container = key.strip_prefix("container.seccomp.security.alpha.kubernetes.io/");
        let known = container.is_some_and(|name| workload.containers.iter().any(|container| container.name == name));
        let value = annotation.value.as_str().unwrap_or("");
        let allowed = matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/");
        if (known || key == "seccomp.security.alpha.kubernetes.io/pod") && !allowed {
            report.finding(annotation.value.span(), MESSAGE);
        }
    }
}
