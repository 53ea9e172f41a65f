//! Variables of services that switch certificate checks off.

use palisade_inventory::compose::{Compose, variables};
use palisade_model::{Confidence, Meta, Severity};

use super::tls_checks_off::switches_off;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/service-checks-off",
        title: "service does not check certificates",
        page: include_str!("service_checks_off.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-295"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("environment") {
        for variable in variables(node) {
            if variable.value.is_some_and(|value| switches_off(variable.name, value)) {
                report.finding(
                    variable.span,
                    format!("{} makes the service accept any certificate; give it the CA instead", variable.name),
                );
            }
        }
    }
}
