//! RUN --network=host.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/host-network-build-step",
        title: "build step uses the network of the build machine",
        page: include_str!("host_network_build_step.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (instruction, _) in file.runs() {
        if let Some(flag) = instruction.flag("network").filter(|flag| flag.value.as_deref() == Some("host")) {
            report.finding(
                flag.span,
                "this step reaches services on the build machine itself, metadata and caches included; drop the flag",
            );
        }
    }
}
