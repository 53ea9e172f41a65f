//! Debuggers on every interface.

use palisade_inventory::compose::{Compose, scalars, variables};
use palisade_model::{Confidence, Meta, Severity};

use super::debugger_exposed::is_open;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/service-debugger-exposed",
        title: "service starts with an open debugger",
        page: include_str!("service_debugger_exposed.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E7-T1"],
        maps: &["CWE-489", "CWE-306"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    let message = "whoever reaches this port runs code in the container; bind it to 127.0.0.1 or leave it out";
    for (_, node) in compose.stating("command").chain(compose.stating("entrypoint")) {
        for (item, text) in scalars(node) {
            if is_open(text) {
                report.finding(item.span(), message);
            }
        }
    }
    for (_, node) in compose.stating("environment") {
        for variable in variables(node) {
            if variable.value.is_some_and(is_open) {
                report.finding(variable.span, message);
            }
        }
    }
}
