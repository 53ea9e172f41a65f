//! Secrets in environment variables.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/secret-in-env",
        title: "secret is passed through the environment",
        page: include_str!("secret_in_env.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E3-T1"],
        maps: &["CIS-K8S:5.4.1", "CWE-526"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let variables = container.setting(&["env"]).into_iter().flat_map(Node::items);
        let references = variables.filter_map(|variable| variable.get("valueFrom")?.entry("secretKeyRef"));
        let whole = container.setting(&["envFrom"]).into_iter().flat_map(Node::items);
        for entry in references.chain(whole.filter_map(|source| source.entry("secretRef"))) {
            report.finding(
                entry.key.span(),
                "a mounted file would keep this secret from child processes and crash reports",
            );
        }
    }
}
