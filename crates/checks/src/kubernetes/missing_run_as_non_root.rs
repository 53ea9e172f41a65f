//! Containers that may run as root.

use palisade_inventory::kubernetes::{Container, Nature, Workload};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-run-as-non-root",
        title: "nothing keeps the container from running as root",
        page: include_str!("missing_run_as_non_root.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1", "T-024.5"],
        maps: &["PSS:restricted", "CIS-K8S:5.2.7", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if report.settings().kubernetes.version.is_at_least(35) && workload.has_user_namespace() {
        return;
    }
    for denied in workload.contexts(&["runAsNonRoot"]).filter(|node| node.as_bool() != Some(true)) {
        report.finding(denied.span(), "this allows root inside the container");
    }
    if workload.context(&["runAsNonRoot"]).is_some() || workload.nature == Nature::Partial {
        return;
    }
    let lacking: Vec<_> = workload.containers.iter().filter(|one| one.context(&["runAsNonRoot"]).is_none()).collect();
    let user = |one: &&Container<'_>| workload.effective(one, &["runAsUser"]).and_then(Node::as_i64);
    let named = lacking.iter().all(|one| user(one).is_some_and(|user| user != 0));
    for place in workload.places(&lacking) {
        if named {
            let message = "runAsUser names an ordinary user, but runAsNonRoot does not hold others to it";
            report.finding(place, message).severity(Severity::Low);
        } else {
            report.finding(place, "the image decides whether this runs as root; set runAsNonRoot: true and runAsUser");
        }
    }
}
