//! The whole `secrets` context as one value.

use super::place::ExpressionAt;
use palisade_inventory::expression::{Expression, Key, Kind, Root};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/overprovisioned-secrets",
        title: "every secret is handed to the job",
        page: include_str!("overprovisioned_secrets.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T1", "E3-T4"],
        maps: &["CWE-272", "CWE-522", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let Ok(expression) = &at.located.parsed else { return };
    let mut found = Vec::new();
    expression.each(&mut |inner| {
        if let Kind::Access { root: Root::Context(context), keys } = &inner.kind
            && context == "secrets"
        {
            match keys.first() {
                None | Some(Key::Any) => found.push((inner.span, None)),
                Some(Key::Computed(index)) => found.push((inner.span, Some(is_narrow(index)))),
                Some(Key::Name(_)) => {}
            }
        }
    });
    for (span, computed) in found {
        let (severity, message) = match computed {
            None => (
                Severity::Medium,
                "this hands every secret of the repository and organisation to the job; name the ones it needs",
            ),
            Some(true) => (
                Severity::Info,
                "the name of the secret is computed, so the runner is sent every secret to choose from",
            ),
            Some(false) => {
                (Severity::Low, "the name of the secret is computed, so the runner is sent every secret to choose from")
            }
        };
        report.finding(at.located.span_of(span), message).severity(severity);
    }
}

/// Whether the file itself names the choices.
fn is_narrow(index: &Expression) -> bool {
    index.references().iter().all(|reference| reference.path.starts_with("matrix."))
}
