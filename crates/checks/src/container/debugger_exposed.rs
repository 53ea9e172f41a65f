//! Images that start with a remote debugger.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::started;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/debugger-exposed",
        title: "debugger listens on every interface",
        page: include_str!("debugger_exposed.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E7-T1"],
        maps: &["CWE-489", "CWE-306"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let message = "whoever reaches this port runs code in the container; bind it to 127.0.0.1 or leave it out";
    for step in started(file) {
        for word in step.command.words.iter().filter(|word| is_open(&word.text)) {
            report.finding(word.span, message);
        }
    }
    for instruction in &file.instructions {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        for value in pairs.iter().filter_map(|pair| pair.value.as_ref()).filter(|value| is_open(&value.resolved)) {
            report.finding(value.span, message);
        }
    }
}

pub(super) fn is_open(text: &str) -> bool {
    let java = text.contains("-agentlib:jdwp") || text.contains("-Xrunjdwp");
    let node = text.contains("--inspect=0.0.0.0") || text.contains("--inspect-brk=0.0.0.0");
    let address = text.split_once("address=").map_or("", |(_, rest)| rest);
    let jmx = text.contains("-Dcom.sun.management.jmxremote.authenticate=false");
    java && (address.starts_with('*') || address.starts_with("0.0.0.0")) || node || jmx
}
