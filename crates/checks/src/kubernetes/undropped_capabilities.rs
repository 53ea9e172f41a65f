//! Containers that keep capabilities they were never asked about.

use palisade_inventory::kubernetes::{Container, Workload};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/undropped-capabilities",
        title: "container keeps the default capabilities",
        page: include_str!("undropped_capabilities.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:restricted", "CIS-K8S:5.2.8", "CIS-K8S:5.2.10", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let version = report.settings().kubernetes.version;
    let waived = version.is_at_least(25) && workload.is_windows();
    if !workload.is_complete() || !version.is_at_least(22) || waived {
        return;
    }
    for container in &workload.containers {
        let drop = container.context(&["capabilities", "drop"]);
        if !drop.is_some_and(|drop| drop.items().any(|item| item.as_str() == Some("ALL"))) {
            let fix = |edit| Fix::new("drop every capability that is not added", Safety::Unsafe, vec![edit]);
            report
                .finding(
                    container.place,
                    "this container keeps the default capabilities; drop ALL and add back what it needs",
                )
                .maybe_fix(edit(workload, container).filter(|_| !workload.runs_on_windows()).map(fix));
        }
    }
}

fn edit(workload: &Workload<'_>, container: &Container<'_>) -> Option<Edit> {
    // As root, these images change owners and users first, which needs capabilities.
    let user = workload.effective(container, &["runAsUser"]).and_then(Node::as_i64);
    let ordinary = workload.effective(container, &["runAsNonRoot"]).and_then(Node::as_bool) == Some(true);
    let as_root = image::starts_as_root(container) && !ordinary && user.is_none_or(|user| user == 0);
    if container.is_privileged() || as_root {
        return None;
    }
    let Some(drop) = container.context(&["capabilities", "drop"]) else {
        return container.add_context(&["capabilities"], "drop: [ALL]");
    };
    // What is dropped by name is dropped with all the rest.
    let mut names = drop.items();
    let (name, None) = (names.next()?, names.next()) else { return None };
    name.as_str().and_then(|_| Node::replace_with(name, "ALL"))
}
