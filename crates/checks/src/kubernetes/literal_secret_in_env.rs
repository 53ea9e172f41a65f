//! Secrets written into manifests.

use palisade_inventory::kubernetes::Workload;
use palisade_model::{Confidence, Meta, Severity};

use super::literal;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/literal-secret-in-env",
        title: "secret stands in the manifest",
        page: include_str!("literal_secret_in_env.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T1"],
        maps: &["CIS-K8S:5.4.1", "CWE-798", "NSA-K8S:secrets"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for variable in literal::secrets(workload) {
        report.finding(
            variable.span(),
            "who reads this manifest has the secret; refer to a Secret and replace the value",
        );
    }
}
