//! Service account tokens in every container.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/mounted-service-account-token",
        title: "pod carries a token that it may not need",
        page: include_str!("mounted_service_account_token.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.6", "CWE-522"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if !workload.is_complete() || workload.setting(&["automountServiceAccountToken"]).is_some() {
        return;
    }
    let account = workload.setting(&["serviceAccountName"]).or_else(|| workload.setting(&["serviceAccount"]));
    if let Some(account) = account.filter(|account| account.as_str() != Some("default")) {
        report
            .finding(account.span(), "every container here holds a token for the API server; say whether it needs one");
    }
}
