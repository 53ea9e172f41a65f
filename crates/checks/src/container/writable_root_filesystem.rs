//! Services without a read-only root.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/writable-root-filesystem",
        title: "service may change its own program files",
        page: include_str!("writable_root_filesystem.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-732"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    let lacking: Vec<_> = compose
        .services
        .iter()
        .filter(|service| compose.is_complete(**service))
        .filter(|service| compose.inherited(**service, "read_only").and_then(|it| it.as_bool()) != Some(true))
        .collect();
    if let [first, ..] = lacking.as_slice() {
        let message = super::compose_values::many(
            &lacking,
            "may change its own program files; set read_only: true, and tmpfs for what it writes",
        );
        report.finding(first.name.span(), message);
    }
}
