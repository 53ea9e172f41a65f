//! Pods that switch AppArmor off.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/apparmor-unconfined",
        title: "AppArmor is switched off",
        page: include_str!("apparmor_unconfined.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["PSS:baseline", "CWE-693"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for profile in workload.contexts(&["appArmorProfile"]) {
        let kind = profile.get("type");
        if !matches!(kind.and_then(Node::as_str), Some("RuntimeDefault" | "Localhost")) {
            let fix = kind.and_then(|kind| kind.replace_with("RuntimeDefault")).map(confine);
            let place = kind.unwrap_or(profile).span();
            report.finding(place, "AppArmor does not confine this container").maybe_fix(fix);
        }
    }
    for annotation in workload.annotations() {
        let key = annotation.key.as_str().unwrap_or("");
        let value = annotation.value.as_str().unwrap_or("");
        let allowed = value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
        if key.starts_with("container.apparmor.security.beta.kubernetes.io/") && !allowed {
            let fix = annotation.value.replace_with("runtime/default").map(confine);
            report.finding(annotation.value.span(), "AppArmor does not confine this container").maybe_fix(fix);
        }
    }
}

fn confine(edit: Edit) -> Fix {
    Fix::new("confine it by the runtime's profile", Safety::Unsafe, vec![edit])
}
