//! Conditions that look a value up in a text as though it were a list.

use super::place::ExpressionAt;
use super::taint::{self, Origin};
use palisade_inventory::expression::{Kind, Value};
use palisade_inventory::workflow::Slot;
use palisade_model::{Confidence, Fix, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/unsound-contains",
        title: "`contains` on a text also matches parts of words",
        page: include_str!("unsound_contains.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-185", "CWE-697", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let (Slot::If, Ok(expression)) = (at.located.slot, &at.located.parsed) else { return };
    let mut faults = Vec::new();
    expression.each(&mut |inner| {
        if let Kind::Call { function, arguments } = &inner.kind
            && function == "contains"
            && let [list, needle] = arguments.as_slice()
            && let Kind::Literal(Value::Text(text)) = &list.kind
            && let Some(path) = needle.path()
        {
            faults.push((inner.span, path, list.span, text.clone()));
        }
    });
    for (span, path, list, text) in faults {
        let chosen = taint::of_reference(&path, &at.place, at.step) >= Origin::Writer
            || ["github.ref", "github.ref_name", "github.head_ref", "github.base_ref", "github.actor"]
                .contains(&path.as_str());
        let message = format!(
            "a part of one of these words passes as well: `{path}` = `mai` is contained in `main`; write contains(fromJSON('[…]'), …)"
        );
        let severity = if chosen { Severity::Medium } else { Severity::Info };
        let fix = as_list(&text).filter(|_| is_unquoted(at)).map(|words| {
            Fix::unsafe_("compare with whole words", at.located.span_of(list), &format!("fromJSON('{words}')"))
        });
        report.finding(at.located.span_of(span), message).severity(severity).maybe_fix(fix);
    }
}

/// The words of a text as a JSON list, where blanks or commas divide them for certain.
fn as_list(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let known = !words.is_empty() && words.iter().all(|word| word.bytes().all(plain));
    known.then(|| format!("[\"{}\"]", words.join("\", \"")))
}

/// Whether quotes may stand in the condition as they are.
fn is_unquoted(at: &ExpressionAt<'_, '_>) -> bool {
    at.located.node.is_plain()
}
