//! Choices whose first value counts as false, so that the second always wins.

use super::place::ExpressionAt;
use palisade_inventory::expression::Kind;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/unsound-ternary",
        title: "choice never yields its first value",
        page: include_str!("unsound_ternary.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-670"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let Ok(expression) = &at.located.parsed else { return };
    let mut spans = Vec::new();
    expression.each(&mut |inner| {
        let Kind::Any(parts) = &inner.kind else { return };
        // The last part is what is chosen in the end; it may well be empty.
        for part in parts.iter().rev().skip(1) {
            let Kind::All(conditions) = &part.kind else { continue };
            let Some(chosen) = conditions.last() else { continue };
            if chosen.constant().is_some_and(|value| !value.truth()) {
                spans.push(chosen.span);
            }
        }
    });
    for span in spans {
        let message =
            "this counts as false, so what stands after `||` is taken in every case; turn the condition round";
        report.finding(at.located.span_of(span), message);
    }
}
