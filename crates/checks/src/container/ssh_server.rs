//! SSH servers installed or exposed.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/ssh-server",
        title: "image runs an SSH server",
        page: include_str!("ssh_server.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CIS-DOCKER:4.3", "CWE-668"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let mut installed = false;
    for step in steps(file) {
        let package = super::packages::installed(&step).into_iter().find(|word| {
            matches!(super::packages::name(&word.text), "openssh-server" | "dropbear" | "openssh-sftp-server")
        });
        if let Some(word) = package {
            installed = true;
            report.finding(
                word.span,
                "an SSH server is a second way in, with keys and patches of its own; use the runtime's exec",
            );
        }
    }
    if installed {
        return;
    }
    for instruction in &file.instructions {
        let Kind::Expose(ports) = &instruction.kind else { continue };
        for port in ports.iter().filter(|port| matches!(port.resolved.as_str(), "22" | "22/tcp")) {
            report
                .finding(port.span, "port 22 offers SSH into the container; use the runtime's exec")
                .severity(Severity::Low);
        }
    }
}
