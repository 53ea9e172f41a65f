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

/// Checks whose truth says too little: in Go another check may stand in the place of the certificate's, and what a
/// template makes may be no page at all. Nor are signatures of tokens turned on, for that needs a key.
const UNCERTAIN: [&str; 2] = ["code/go-tls-unverified", "code/python-autoescape-off"];

/// The mend of a finding.
pub(super) fn of(check: &str, source: &str, span: Span, truth: Option<Truth>) -> Option<Fix> {
    match check {
        "code/python-unsafe-yaml" => safe_load(source, span),
        _ if !check.starts_with("code/") => None,
        _ if check.ends_with("-unverified-token") || UNCERTAIN.contains(&check) => None,
        _ => truth.filter(|truth| !is_asked_for(source, truth.span)).and_then(|truth| turned(source, truth)),
    }
}

/// Lines above a place that are looked at for what it depends on.
const LINES_ABOVE_MAX: usize = 400;

/// Whether somebody asks for what is done here: it stands in a branch, told by how lines are indented.
fn is_asked_for(source: &str, span: Span) -> bool {
    const WORDS: [&str; 9] = ["if ", "if(", "elif ", "else", "} else", "case ", "switch ", "unless ", "except"];
    let indent = |line: &str| line.len() - line.trim_start().len();
    let starts = |line: &str| WORDS.iter().any(|word| line.trim_start().starts_with(word));
    let head = source.get(..span.start as usize).unwrap_or("");
    let mut lines = head.rsplit('\n');
    let own = lines.next().unwrap_or("");
    let mut depth = indent(own);
    let mut asked = starts(own) || own.contains('?');
    for line in lines.take(LINES_ABOVE_MAX).filter(|line| !line.trim().is_empty()) {
        if indent(line) < depth {
            depth = indent(line);
            asked |= starts(line);
        }
    }
    asked
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(check: &str, source: &str, found: &str, truth: &str) -> Option<String> {
        let span = |word: &str| source.find(word).map(|at| Span::new(at, at + word.len()));
        let truth = span(truth).map(|span| Truth { span, wrong: span.of(source).eq_ignore_ascii_case("true") });
        let mut edits = of(check, source, span(found)?, truth)?.edits;
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut out = source.to_owned();
        for edit in edits {
            out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
        }
        Some(out)
    }

    #[test]
    fn truths_are_turned_round_but_not_where_somebody_asks_for_them() {
        let flip = |source: &str| mended("code/python-tls-unverified", source, "get", "False");
        assert_eq!(
            flip("def a():\n    get(url, verify=False)\n").as_deref(),
            Some("def a():\n    get(url, verify=True)\n")
        );
        for asked in [
            "def a(insecure):\n    if insecure:\n        get(url, verify=False)\n",
            "def a(insecure):\n    if insecure:\n        with x:\n            get(url,\n                verify=False)\n",
        ] {
            assert_eq!(flip(asked), None, "{asked}");
        }
        assert_eq!(mended("code/go-tls-unverified", "c.Skip = true", "c", "true"), None);
    }

    #[test]
    fn loaders_go_when_they_are_the_last_argument() {
        let load = |source: &str| mended("code/python-unsafe-yaml", source, "yaml.load", "none");
        for (source, want) in [
            ("yaml.load(f(a, b))", Some("yaml.safe_load(f(a, b))")),
            ("yaml.load(x, yaml.Loader)", Some("yaml.safe_load(x)")),
            ("yaml.load(x, Loader=yaml.FullLoader)", Some("yaml.safe_load(x)")),
            ("yaml.load(x, Loader=make())", None),
            ("yaml.load(Loader=yaml.Loader, stream=x)", None),
            ("yaml.load(x, # why\n  Loader=yaml.Loader)", None),
        ] {
            assert_eq!(load(source).as_deref(), want, "{source}");
        }
    }
}
