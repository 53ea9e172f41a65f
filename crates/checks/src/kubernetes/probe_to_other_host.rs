//! Probes and hooks that call another host.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/probe-to-other-host",
        title: "probe makes the kubelet call another host",
        page: include_str!("probe_to_other_host.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:baseline", "CWE-918"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if !report.settings().kubernetes.version.is_at_least(34) {
        return;
    }
    for container in &workload.containers {
        for handler in HANDLERS {
            for way in ["httpGet", "tcpSocket"] {
                let keys = [handler, &[way, "host"][..]].concat();
                let Some(host) = container.setting(&keys) else { continue };
                if host.as_str() != Some("") {
                    // On the node's network a server may listen on that address alone.
                    let own = workload.setting(&["hostNetwork"]).and_then(Node::as_bool) != Some(true);
                    let edit = host.parent().filter(|_| own).and_then(|way| way.drop_entry("host"));
                    let fix = edit.map(|edit| Fix::new("probe the pod itself", Safety::Unsafe, vec![edit]));
                    report
                        .finding(host.span(), "the kubelet makes this call from the node's network; leave `host` out")
                        .maybe_fix(fix);
                }
            }
        }
    }
}

const HANDLERS: [&[&str]; 5] = [
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];
