//! Build arguments that hold secrets.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::secrets::{Literal, is_secret_name, literal};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/secret-in-build-argument",
        title: "secret is passed as a build argument",
        page: include_str!("secret_in_build_argument.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-522"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for instruction in &file.instructions {
        let Kind::Arg(pairs) = &instruction.kind else { continue };
        for pair in pairs.iter().filter(|pair| is_secret_name(&pair.name)) {
            let value = pair.value.as_ref().filter(|value| !value.raw.contains('$'));
            match value.map_or(Literal::Harmless, |value| literal(&value.resolved)) {
                Literal::Secret => {
                    let span = value.map_or(pair.name_span, |value| value.span);
                    let message =
                        format!("{} stands in the Dockerfile for everybody to read; use a secret mount", pair.name);
                    report.finding(span, message).severity(Severity::High);
                }
                // Declared in every stage that needs it: one fault.
                _ if seen.insert(pair.name.as_str()) => {
                    let message = format!("the image's history keeps the value of {}; use a secret mount", pair.name);
                    report.finding(pair.name_span, message);
                }
                _ => {}
            }
        }
    }
}
