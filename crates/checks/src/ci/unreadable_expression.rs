//! Expressions that are no expressions: GitHub refuses the file, and checks cannot see into them.

use super::place::ExpressionAt;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/unreadable-expression",
        title: "expression cannot be read",
        page: include_str!("unreadable_expression.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-1286"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    if let Err(fault) = &at.located.parsed {
        let message = format!("{}; GitHub refuses the file, and what stands here was not checked", fault.message);
        report.finding(at.located.span(), message);
    }
}
