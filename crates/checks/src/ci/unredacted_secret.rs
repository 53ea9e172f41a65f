//! Secrets that hold a structure, taken apart by an expression.

use super::place::ExpressionAt;
use palisade_inventory::expression::{Kind, Root};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/unredacted-secret",
        title: "part of a secret is not masked in logs",
        page: include_str!("unredacted_secret.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-532", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let Ok(expression) = &at.located.parsed else { return };
    let mut spans = Vec::new();
    expression.each(&mut |inner| {
        let parsed = match &inner.kind {
            Kind::Access { root: Root::Value(value), .. } => value,
            _ => inner,
        };
        if let Kind::Call { function, arguments } = &parsed.kind
            && function == "fromjson"
            && arguments.iter().any(|argument| argument.path().is_some_and(|path| path.starts_with("secrets.")))
            && !spans.iter().any(|span: &palisade_model::Span| span.contains(inner.span))
        {
            spans.push(inner.span);
        }
    });
    for span in spans {
        let message = "logs mask the whole secret, not the parts of it that this takes out; store each part as a secret of its own";
        report.finding(at.located.span_of(span), message);
    }
}
