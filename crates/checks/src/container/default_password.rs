//! Well-known default passwords of services.

use palisade_inventory::compose::{Compose, variables};
use palisade_model::{Confidence, Meta, Severity};

use super::secrets::{Literal, is_secret_name, literal};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/default-password",
        title: "service starts with a password that everybody tries first",
        page: include_str!("default_password.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CWE-1392", "CWE-521"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("environment") {
        for variable in variables(node) {
            let value = variable.value.unwrap_or("");
            // `${PASSWORD:-postgres}` starts with the default where nobody sets it.
            let inner =
                value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).and_then(|rest| rest.split_once(":-"));
            let shown = inner.map_or(value, |(_, default)| default);
            if is_secret_name(variable.name) && literal(shown) == Literal::WellKnown {
                let finding = report.finding(
                    variable.span,
                    format!("{} has a value that everybody tries first; let it be set from outside", variable.name),
                );
                if inner.is_some() {
                    finding.severity(Severity::Low);
                }
            }
        }
    }
}
