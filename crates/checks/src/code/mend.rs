//! Mends of source code that need no understanding beyond the call at hand: a truth turned round, a loader that is safe.
//!
//! Code that relied on what was wrong breaks by them, so all are unsafe. What a person has to think about, as another
//! hash or a query with parameters, is none.

use palisade_model::{Edit, Fix, Safety, Span};

/// What a row found wrong that can be turned round: the truth, and where it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth {
    pub(super) span: Span,
    pub(super) wrong: bool,
}

/// The mend of a finding.
pub(super) fn of(check: &str, source: &str, span: Span, truth: Option<Truth>) -> Option<Fix> {
    match check {
        "code/python-unsafe-yaml" => safe_load(source, span),
        // A signature that is checked needs a key to check it by.
        _ if check.ends_with("-unverified-token") => None,
        _ => turned(source, truth?),
    }
}

/// `True` for `False`, where that is what stands there.
fn turned(source: &str, truth: Truth) -> Option<Fix> {
    let right = match (truth.span.of(source), truth.wrong) {
        ("False", false) => "True",
        ("True", true) => "False",
        ("false", false) => "true",
        ("true", true) => "false",
        _ => return None,
    };
    Some(Fix::unsafe_(&format!("say `{right}`"), truth.span, right))
}

/// `yaml.safe_load` without a loader of another kind.
fn safe_load(source: &str, span: Span) -> Option<Fix> {
    let safe = match span.of(source) {
        "yaml.load" | "yaml.unsafe_load" => "yaml.safe_load",
        "yaml.load_all" | "yaml.unsafe_load_all" => "yaml.safe_load_all",
        _ => return None,
    };
    let mut edits = vec![Edit { path: None, span, replacement: safe.to_owned() }];
    let open = span.end as usize;
    let inner = arguments(source.get(open..)?)?;
    if inner.contains("Loader") {
        let comma = inner.rfind(',')?;
        let last = inner.get(comma + 1..)?.trim();
        let loader = last.strip_prefix("Loader=").unwrap_or(last);
        let named =
            loader.ends_with("Loader") && loader.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        if !named || inner.get(..comma)?.contains("Loader") {
            return None;
        }
        let start = open + 1;
        let span = Span::new(start + comma, start + inner.len());
        edits.push(Edit { path: None, span, replacement: String::new() });
    }
    Some(Fix::new("load what is plain data only", Safety::Unsafe, edits))
}

/// Longer calls are left to people.
const CALL_BYTES_MAX: usize = 400;

/// What stands between the brackets of a call, which begin the text.
fn arguments(text: &str) -> Option<&str> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, letter) in text.char_indices().take_while(|(at, _)| *at < CALL_BYTES_MAX) {
        match (letter, quote) {
            ('\\' | '#', _) => return None,
            (letter, Some(open)) if letter == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(letter),
            ('(' | '[' | '{', None) => depth += 1,
            (')' | ']' | '}', None) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text.get(1..at);
                }
            }
            (_, None) if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
