//! Conditions that hold text beside `${{ }}` and are therefore never false.

use super::place::ExpressionAt;
use palisade_inventory::workflow::Slot;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/unsound-condition",
        title: "condition is always true",
        page: include_str!("unsound_condition.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-670", "CWE-571", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let located = at.located;
    if located.slot != Slot::If || !located.fenced {
        return;
    }
    let value = located.node.as_str().unwrap_or("");
    // Each `${{ }}` of the value comes by once: judge the value at the first.
    let first = value.find("${{").is_some_and(|at| at + 3 == located.offset);
    let (before, after) =
        (value.get(..located.offset.saturating_sub(3)), value.get(located.offset + located.text.len() + 2..));
    let (before, after) = (before.unwrap_or(""), after.unwrap_or(""));
    if !first || before.is_empty() && after.is_empty() {
        return;
    }
    let message = if before.trim().is_empty() && after.trim().is_empty() {
        "the line break after `}}` makes this a text, and a text is always true; drop the braces, or write `|-` or `>-`"
    } else {
        "with something outside the braces this is a text, and a text is always true; put everything inside, or drop the braces"
    };
    report.finding(located.node.span_within(0, value.trim_end().len()), message);
}
