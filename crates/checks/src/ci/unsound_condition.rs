//! Conditions that hold text beside `${{ }}` and are therefore never false.

use super::place::ExpressionAt;
use palisade_inventory::expression;
use palisade_inventory::workflow::Slot;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity};

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
    report.finding(located.node.span_within(0, value.trim_end().len()), message).maybe_fix(fix(located.node, value));
}

/// Drops the braces, where what is left is one expression that YAML reads as one plain text.
fn fix(node: Node<'_>, value: &str) -> Option<Fix> {
    let fences = expression::fences(value);
    let alone = fences.first().is_some_and(|fence| fence.outer.of(value) == value.trim());
    let (mut bare, mut edits, mut from) = (String::new(), Vec::new(), 0);
    for fence in &fences {
        let inner = fence.inner.of(value).trim();
        let text = if alone || !inner.contains("||") { inner.to_owned() } else { format!("({inner})") };
        bare.push_str(value.get(from..fence.outer.start as usize)?);
        bare.push_str(&text);
        from = fence.outer.end as usize;
        let span = node.span_within(fence.outer.start as usize, from);
        edits.push(Edit { path: None, span, replacement: text });
    }
    bare.push_str(value.get(from..)?);
    let bare = bare.trim();
    let plain = node.is_plain() || value.ends_with('\n');
    let special = bare.starts_with(['!', '&', '*', '\'', '"', '[', '{', '|', '>', '%', '@', '`', '#']);
    let parsed = expression::parse(bare).is_ok() && !bare.contains('\n');
    if !plain || special || !parsed || bare.contains(": ") || bare.contains(" #") {
        return None;
    }
    Some(Fix::new("make it one expression, which can be false", Safety::Unsafe, edits))
}
