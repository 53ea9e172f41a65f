//! Functions on texts and files. Files are read through the function that the evaluation was given, and only those of
//! the target.

use base64::Engine as _;

use super::budget::{ITEMS_MAX, TEXT_BYTES_MAX};
use super::estate::World;
use super::instance::Scope;
use super::value::{HOLE, Kind, Origin, Value};
use super::{Node, template};
use crate::kustomize::join;

/// Stands before paths that `path.module` and `path.root` give, so that they are told from relative ones.
pub(super) const IN_TARGET: &str = "/\u{1}/";

impl<'f> World<'f> {
    /// `file`, `filebase64`, `fileexists` and `templatefile`.
    pub(super) fn file(&mut self, name: &str, values: &[Value], origin: Origin, scope: &Scope) -> Option<Value> {
        let path = values.first()?.as_str()?;
        let path = match path.strip_prefix(IN_TARGET) {
            Some(path) => join("", path)?,
            None => join(self.root_directory(scope.instance), path)?,
        };
        let bytes = if self.budget.read_bytes == 0 { None } else { (self.read)(&path) };
        if name == "fileexists" {
            return bytes.map(|_| Value::new(Kind::Bool(true), origin));
        }
        let bytes = bytes.filter(|bytes| bytes.len() <= TEXT_BYTES_MAX)?;
        self.budget.read_bytes = self.budget.read_bytes.saturating_sub(bytes.len());
        let text = String::from_utf8(bytes).ok()?;
        match name {
            "file" => Some(Value::text(&text, origin)),
            "templatefile" => {
                let expression = template::of_text(&text, origin.span);
                let variables = values.get(1).and_then(Value::as_object).unwrap_or(&[]);
                let mut scope = Scope::of(scope.instance, scope.file);
                scope.names.extend(variables.iter().map(|entry| ((&*entry.key).into(), entry.value.clone())));
                match &expression.node {
                    Node::Broken => None,
                    _ => {
                        let value = self.value(&expression, &mut scope);
                        Some(Value { origin, ..value })
                    }
                }
            }
            _ => None,
        }
    }
}

/// Functions that need nothing but their arguments.
pub(super) fn call(name: &str, values: &[Value], origin: Origin) -> Option<Value> {
    let first = values.first()?;
    let text = |text: &str| (text.len() <= TEXT_BYTES_MAX).then(|| Value::text(text, origin));
    let truth = |truth: bool| Some(Value::new(Kind::Bool(truth), origin));
    let second = || values.get(1)?.as_str();
    match name {
        "lower" => text(&first.as_partial()?.to_lowercase()),
        "upper" => text(&first.as_partial()?.to_uppercase()),
        "trimspace" => text(first.as_partial()?.trim()),
        "chomp" => text(first.as_partial()?.trim_end_matches(['\n', '\r'])),
        "trim" => text(first.as_str()?.trim_matches(|c| second().is_some_and(|set| set.contains(c)))),
        "trimprefix" => text(first.as_str()?.strip_prefix(second()?).unwrap_or(first.as_str()?)),
        "trimsuffix" => text(first.as_str()?.strip_suffix(second()?).unwrap_or(first.as_str()?)),
        "startswith" => match first.as_partial()?.split(HOLE).next() {
            Some(known) if known.len() >= second()?.len() || first.as_str().is_some() => {
                truth(known.starts_with(second()?))
            }
            _ => None,
        },
        "endswith" => truth(first.as_str()?.ends_with(second()?)),
        "strcontains" => truth(first.as_str()?.contains(second()?)),
        "replace" => {
            let (from, to) = (second()?, values.get(2)?.as_partial()?);
            let pattern = from.len() > 1 && from.starts_with('/') && from.ends_with('/');
            let whole = first.as_partial()?;
            if pattern || from.is_empty() || whole.len().saturating_mul(to.len() + 1) > TEXT_BYTES_MAX * 8 {
                return None;
            }
            text(&whole.replace(from, to))
        }
        "substr" => {
            let (whole, from, length) = (first.as_str()?, values.get(1)?.as_number()?, values.get(2)?.as_number()?);
            if from < 0.0 {
                return None;
            }
            let length = if length < 0.0 { usize::MAX } else { length as usize };
            text(&whole.chars().skip(from as usize).take(length).collect::<String>())
        }
        "title" => {
            let mut start = true;
            let titled = first.as_str()?.chars().map(|c| {
                let shown = if start { c.to_ascii_uppercase() } else { c };
                start = c == ' ';
                shown
            });
            text(&titled.collect::<String>())
        }
        "join" => {
            let items = values.get(1)?.as_list()?;
            // Joining the only copy of a resource is a way to name it.
            if let [only] = items
                && only.as_partial().is_none()
            {
                return Some(only.clone());
            }
            let parts: Vec<String> = items.iter().map(Value::to_text).collect();
            let size: usize = parts.iter().map(String::len).sum();
            if size > TEXT_BYTES_MAX { None } else { text(&parts.join(first.as_str()?)) }
        }
        "split" => {
            let (whole, by) = (values.get(1)?.as_str()?, first.as_str()?);
            if by.is_empty() {
                return None;
            }
            let parts = whole.split(by).take(ITEMS_MAX).map(|part| Value::text(part, origin));
            Some(Value::list(parts.collect(), origin))
        }
        "format" => text(&format(first.as_partial()?, values.get(1..)?)?),
        "base64encode" => text(&base64::engine::general_purpose::STANDARD.encode(first.as_str()?)),
        "base64decode" | "textdecodebase64" => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(first.as_str()?).ok()?;
            text(&String::from_utf8(bytes).ok()?)
        }
        "basename" => text(first.as_str()?.rsplit('/').next()?),
        "dirname" => text(first.as_str()?.rsplit_once('/')?.0),
        "abspath" | "pathexpand" => Some(first.clone()),
        "yamldecode" => yaml(first.as_str()?, origin),
        _ => None,
    }
}

/// `%s`, `%d`, `%v`, `%q` and `%%`; other verbs leave a hole.
fn format(pattern: &str, values: &[Value]) -> Option<String> {
    let mut text = String::new();
    let mut values = values.iter();
    let mut rest = pattern;
    while let Some((plain, after)) = rest.split_once('%') {
        text.push_str(plain);
        let verb = after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '#' | ' '));
        let flagged = verb.len() != after.len();
        let mut letters = verb.chars();
        match letters.next()? {
            '%' => text.push('%'),
            's' | 'd' | 'v' if !flagged => text.push_str(&values.next()?.to_text()),
            'q' if !flagged => text.push_str(&format!("\"{}\"", values.next()?.to_text())),
            _ => {
                values.next();
                text.push(HOLE);
            }
        }
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        rest = letters.as_str();
    }
    text.push_str(rest);
    Some(text)
}

fn yaml(text: &str, origin: Origin) -> Option<Value> {
    let yaml = crate::yaml::Yaml::parse(text);
    if !yaml.problems().is_empty() {
        return None;
    }
    let mut budget = ITEMS_MAX * 4;
    let place = |_| origin;
    let tree = crate::tree::Tree::of(yaml.root()?, &place, &mut budget);
    Some(of_tree(&tree, origin))
}

fn of_tree(tree: &crate::tree::Tree, origin: Origin) -> Value {
    use crate::tree::Value as Held;
    match &tree.value {
        Held::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| super::value::Entry {
                key: (&*key.text).into(),
                key_origin: origin,
                value: of_tree(value, origin),
            });
            Value::object(entries.collect(), origin)
        }
        Held::List(items) => Value::list(items.iter().map(|item| of_tree(item, origin)).collect(), origin),
        Held::Scalar(text, plain) => match (plain, &**text) {
            (true, _) if tree.is_null() => Value::new(Kind::Null, origin),
            (true, "true" | "True" | "yes" | "on") => Value::new(Kind::Bool(true), origin),
            (true, "false" | "False" | "no" | "off") => Value::new(Kind::Bool(false), origin),
            (true, number) => match number.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::new(Kind::Number(number), origin),
                _ => Value::text(text, origin),
            },
            (false, text) => Value::text(text, origin),
        },
    }
}

/// The JSON form, for tests.
#[cfg(test)]
pub(super) fn json(value: &Value) -> String {
    let mut budget = super::budget::Budget::new();
    super::policy::to_json(value, &mut budget).map_or_else(String::new, |json| json.to_string())
}
