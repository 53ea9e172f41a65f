//! Containers in the root group.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/root-group",
        title: "container runs with the root group",
        page: include_str!("root_group.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    let groups = workload.contexts(&["runAsGroup"]).chain(workload.context(&["fsGroup"]));
    let more = workload.context(&["supplementalGroups"]).into_iter().flat_map(Node::items);
    for group in groups.chain(more) {
        if group.as_i64() == Some(0) {
            report.finding(group.span(), "this puts the program into the root group");
        }
    }
}
