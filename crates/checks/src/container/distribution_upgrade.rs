//! dist-upgrade and friends.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/distribution-upgrade",
        title: "whole system is upgraded in the build",
        page: include_str!("distribution_upgrade.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let Some((verb, words)) = step.subcommand(&["-o", "-c"]) else { continue };
        let upgrades = match step.program.name {
            "apt-get" | "apt" => matches!(verb, "dist-upgrade" | "full-upgrade"),
            "yum" | "dnf" | "microdnf" => matches!(verb, "distro-sync" | "system-upgrade"),
            "do-release-upgrade" => true,
            "zypper" => matches!(verb, "dup" | "dist-upgrade"),
            _ => false,
        };
        if upgrades && words.is_empty() {
            report.finding(step.program.word.span, "this may replace half the base image; take a newer base instead");
        }
    }
}
