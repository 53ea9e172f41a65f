//! Texts: literals, what is put into them, and the functions that format.

use std::rc::Rc;

use palisade_model::Span;
use tree_sitter::Node;

use super::grammar::Language;
use super::read::Reading;
use super::value::{Origin, Value, What};
use super::vocabulary::last_of;

/// Macros of Rust that take names inside of their text, and give nothing.
const LOG_MACROS: [&str; 7] = ["trace", "debug", "info", "warn", "error", "log", "eprintln"];

impl<'t> Reading<'t, '_> {
    /// A literal with escapes, and perhaps with expressions in it.
    pub(super) fn literal(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        if node.kind() == "concatenated_string" {
            let parts: Vec<Value> = self.children(node).into_iter().map(|part| self.evaluate(part)).collect();
            return Value::joined(span, &parts);
        }
        let mut parts: Vec<Value> = Vec::new();
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        let mut plain = true;
        for child in children {
            match child.kind() {
                "interpolation" | "template_substitution" => {
                    plain = false;
                    if let Some(inner) = self.first(child) {
                        parts.push(self.evaluate(inner));
                    }
                }
                "escape_sequence" => parts.push(Value::text(Self::span(child), unescaped(self.text(child)))),
                "string_content" => {
                    // Python keeps escapes inside of the content.
                    parts.push(Value::text(Self::span(child), self.text(child)));
                }
                "string_fragment" | "interpreted_string_literal_content" | "multiline_string_fragment" => {
                    parts.push(Value::text(Self::span(child), self.text(child)));
                }
                _ => {}
            }
        }
        match parts.as_slice() {
            [] => Value::text(span, ""),
            [one] if plain => Value { span, ..one.clone() },
            parts => Value::joined(span, parts),
        }
    }

    pub(super) fn raw_literal(&mut self, node: Node<'t>) -> Value {
        let text = self.text(node).trim_start_matches(['r', 'b', '#']).trim_end_matches('#');
        Value::text(Self::span(node), text.trim_matches(['`', '"']))
    }

    /// A macro of Rust: its arguments are tokens, read as far as names and literals go.
    pub(super) fn expand(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let name = node.child_by_field_name("macro").map_or("", |name| self.text(name));
        let tokens = self.children(node).into_iter().find(|child| child.kind() == "token_tree");
        let mut arguments: Vec<(Option<Rc<str>>, Value)> = Vec::new();
        let mut fresh = true;
        let mut cursor = tokens.unwrap_or(node).walk();
        let children: Vec<_> = tokens.map(|tokens| tokens.children(&mut cursor).collect()).unwrap_or_default();
        for token in children {
            match token.kind() {
                "," | ";" => fresh = true,
                _ if !token.is_named() => {}
                "token_tree" if !fresh => {
                    // Arguments of what came before: unknown what it gives.
                    if let Some((_, last)) = arguments.last_mut()
                        && !matches!(last.origin, Origin::Outside(_))
                    {
                        *last = Value::unknown(last.span);
                    }
                }
                _ if fresh => {
                    fresh = false;
                    let value = self.evaluate(token);
                    if arguments.len() < super::value::MEMBERS_MAX {
                        arguments.push((None, value));
                    }
                }
                "identifier" | "field_identifier" => {
                    if let Some((_, last)) = arguments.last_mut() {
                        let (path, name) = (last.clone(), self.text(token));
                        *last = self.member(&path, name, Self::span(token));
                    }
                }
                _ => {}
            }
        }
        let path: Rc<str> = format!("{}!", name.rsplit("::").next().unwrap_or(name)).into();
        if let Some((_, first)) = arguments.first()
            && matches!(&*path, "format!" | "format_args!" | "println!" | "write!" | "concat!")
            && let Some(text) = first.as_pieces()
        {
            let given: Vec<Value> = arguments.iter().skip(1).map(|(_, value)| value.clone()).collect();
            return self.braces(span, text, &given, true);
        }
        if LOG_MACROS.contains(&path.trim_end_matches('!')) {
            for (_, text) in &mut arguments {
                if let Some(pieces) = text.as_text().filter(|pieces| pieces.contains('{')) {
                    *text = self.braces(text.span, pieces, &[], true);
                }
            }
        }
        let at = node.child_by_field_name("macro").map_or(span, Self::span);
        self.listener.call(&super::read::Call { path: &path, span: at, receiver: None, arguments: &arguments });
        Value::named(span, path)
    }

    /// `{}` and `{name}` in a text.
    fn braces(&self, span: Span, text: &str, given: &[Value], inline: bool) -> Value {
        // A name inside of the text stands where it is written.
        let placed = |name: &str, value: Value| {
            let at = span.of(self.source).find(&format!("{{{name}")).map(|at| span.start as usize + at + 1);
            Value { span: at.map_or(value.span, |at| Span::new(at, at + name.len())), ..value }
        };
        let named = |name: &str| self.lookup(name).filter(|_| inline).map(|value| placed(name, value.clone()));
        fill_braces(span, text, given, &[], &named)
    }
}

fn unescaped(escape: &str) -> &str {
    match escape {
        "\\n" => "\n",
        "\\t" => "\t",
        "\\\"" => "\"",
        "\\'" => "'",
        "\\\\" => "\\",
        "\\`" => "`",
        _ => " ",
    }
}

fn fill_braces(
    span: Span,
    text: &str,
    given: &[Value],
    keyed: &[(Option<Rc<str>>, Value)],
    named: &dyn Fn(&str) -> Option<Value>,
) -> Value {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        parts.push(Value::text(span, before));
        if let Some(literal) = after.strip_prefix("{{") {
            rest = literal;
            continue;
        }
        let Some(close) = after.find('}') else {
            rest = after;
            break;
        };
        let inside = after.get(1..close).unwrap_or("");
        let name = inside.split([':', '!', '.', '[']).next().unwrap_or("");
        let value = if name.is_empty() {
            next += 1;
            given.get(next - 1).cloned()
        } else if let Ok(place) = name.parse::<usize>() {
            given.get(place).cloned()
        } else {
            let key = keyed.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value.clone());
            key.or_else(|| named(name))
        };
        parts.push(value.unwrap_or_else(|| Value::unknown(span)));
        rest = after.get(close + 1..).unwrap_or("");
    }
    parts.push(Value::text(span, rest));
    Value::joined(span, &parts)
}

/// `%s` in a text; numbers put nothing into it that breaks out.
fn fill_verbs(span: Span, text: &str, given: &[Value], missing: &Value) -> Value {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        parts.push(Value::text(span, before));
        let verb = after.char_indices().skip(1).find(|(_, letter)| letter.is_ascii_alphabetic() || *letter == '%');
        let Some((end, letter)) = verb else {
            rest = after;
            break;
        };
        // `%(name)s`
        let (end, letter) = if after[1..].starts_with('(') {
            let close = after.find(')').unwrap_or(end);
            after
                .char_indices()
                .find(|(at, letter)| *at > close && letter.is_ascii_alphabetic())
                .unwrap_or((end, letter))
        } else {
            (end, letter)
        };
        if letter == '%' {
            parts.push(Value::text(span, "%"));
        } else {
            let value = given.get(next).unwrap_or(missing);
            next += 1;
            if matches!(letter, 'd' | 'i' | 'f' | 'x' | 'X' | 't' | 'e' | 'g' | 'u' | 'b' | 'o' | 'p' | 'T') {
                parts.push(Value::text(span, "0"));
            } else {
                parts.push(value.clone());
            }
        }
        rest = after.get(end + letter.len_utf8()..).unwrap_or("");
    }
    parts.push(Value::text(span, rest));
    Value::joined(span, &parts)
}

/// `"…%s" % x`
pub(super) fn percent(span: Span, left: &Value, right: &Value) -> Value {
    let text = left.as_pieces().unwrap_or("");
    match &right.what {
        What::List(items) => fill_verbs(span, text, items, &Value::unknown(span)),
        What::Fields(fields) => {
            let all: Vec<Value> = fields.iter().map(|(_, value)| value.clone()).collect();
            // Which is put where is not told apart: the worst of them is everywhere.
            let worst = all.iter().max_by_key(|value| value.origin).cloned().unwrap_or_default();
            fill_verbs(span, text, &[], &worst)
        }
        _ => fill_verbs(span, text, std::slice::from_ref(right), right),
    }
}

/// What functions that format give; `None` for other functions.
pub(super) fn formatted(
    language: Language,
    span: Span,
    path: &str,
    receiver: Option<&Value>,
    arguments: &[(Option<Rc<str>>, Value)],
) -> Option<Value> {
    let last = last_of(path);
    let given: Vec<Value> = arguments.iter().map(|(_, value)| value.clone()).collect();
    let unknown = Value::unknown(span);
    let text_receiver = receiver.filter(|receiver| receiver.as_pieces().is_some());
    match (language, last) {
        (Language::Python, "format") => {
            let text = text_receiver?.as_pieces()?;
            let placed: Vec<Value> =
                arguments.iter().filter(|(name, _)| name.is_none()).map(|(_, value)| value.clone()).collect();
            Some(fill_braces(span, text, &placed, arguments, &|_| None))
        }
        (Language::Go, "Sprintf") | (Language::Java, "format")
            if path.starts_with("fmt.") || path.starts_with("String.") =>
        {
            let text = given.first()?.as_pieces()?.to_owned();
            Some(fill_verbs(span, &text, given.get(1..).unwrap_or(&[]), &unknown))
        }
        (Language::Java, "formatted") => Some(fill_verbs(span, text_receiver?.as_pieces()?, &given, &unknown)),
        (Language::Go, "Errorf") => Some(unknown),
        (Language::Go, "Sprint" | "Sprintln") => Some(Value::joined(span, &given)),
        (_, "concat") if text_receiver.is_some() => {
            let mut parts = vec![receiver?.clone()];
            parts.extend(given);
            Some(Value::joined(span, &parts))
        }
        (Language::Java, "append") if text_receiver.is_some() => {
            let mut value = Value::joined(span, &[receiver?.clone(), given.first()?.clone()]);
            value.path = Rc::clone(&receiver?.path);
            Some(value)
        }
        (Language::Java, "StringBuilder" | "StringBuffer" | "StringBuilder()" | "String") if receiver.is_none() => {
            let mut value = match given.first() {
                Some(first) if first.as_number().is_none() => Value::joined(span, std::slice::from_ref(first)),
                _ => Value::text(span, ""),
            };
            value.path = Rc::from(last);
            Some(value)
        }
        (Language::Rust, "from" | "new") if path == "String.from" || path == "String.new" => {
            Some(given.first().map_or_else(|| Value::text(span, ""), Clone::clone))
        }
        // `", ".join(names)`, `names.join(", ")`, `strings.Join(names, ", ")`
        (Language::Python, "join") => {
            let list = text_receiver.and(given.first())?;
            Some(joined_list(span, list))
        }
        (Language::JavaScript | Language::TypeScript | Language::Tsx, "join") => {
            let list = receiver?;
            (matches!(list.what, What::List(_)) || !list.path.ends_with("path")).then(|| joined_list(span, list))
        }
        (Language::Go, "Join") if path == "strings.Join" => Some(joined_list(span, given.first()?)),
        (Language::Java, "join") if path == "String.join" => Some(joined_list(span, given.get(1)?)),
        (Language::Python, "replace") | (_, "replaceAll" | "ReplaceAll" | "replace") => {
            let what = receiver?;
            Some(Value { span, ..what.clone() })
        }
        _ => None,
    }
}

fn joined_list(span: Span, list: &Value) -> Value {
    match &list.what {
        What::List(items) if !items.is_empty() => Value::joined(span, items),
        _ => Value::joined(span, std::slice::from_ref(list)),
    }
}
