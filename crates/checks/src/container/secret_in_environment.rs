//! Literal secrets in ENV.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::secrets::{Literal, environment};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/secret-in-environment",
        title: "secret is baked into the image",
        page: include_str!("secret_in_environment.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-798", "CWE-526"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (name, value, kind) in environment(file) {
        match kind {
            Literal::WellKnown => {
                let message =
                    format!("every container starts with this well-known value of {name}; pass it at run time");
                report.finding(value.span, message).severity(Severity::Medium);
            }
            _ => {
                report.finding(value.span, format!("whoever can pull the image can read {name}; pass it at run time"));
            }
        }
    }
}
