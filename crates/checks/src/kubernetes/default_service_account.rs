//! Pods that share the default service account.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/default-service-account",
        title: "pod uses the default service account",
        page: include_str!("default_service_account.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.5", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if !workload.is_complete()
        || workload.setting(&["automountServiceAccountToken"]).and_then(Node::as_bool) == Some(false)
    {
        return;
    }
    let account = workload.setting(&["serviceAccountName"]).or_else(|| workload.setting(&["serviceAccount"]));
    let fix = || {
        let edit = workload.add_setting("serviceAccountName", "automountServiceAccountToken: false")?;
        Some(Fix::new("leave the token out", Safety::Unsafe, vec![edit]))
    };
    match account {
        Some(account) if account.as_str() == Some("default") => {
            let message = "every pod of the namespace shares this account; give the workload one of its own";
            report.finding(account.span(), message).maybe_fix(fix());
        }
        None => {
            let message = "no service account is named, so this pod carries the token of the shared default one";
            report.finding(workload.place, message).maybe_fix(fix());
        }
        Some(_) => {}
    }
}
