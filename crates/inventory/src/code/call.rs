//! Calls: what they are given, and what they give.

use std::rc::Rc;

use tree_sitter::Node;

use super::evaluate::is_type;
use super::grammar::{Language, Role, Slot};
use super::read::{Call, Reading};
use super::value::{MEMBERS_MAX, Origin, Value, What, joined_path, marked_path};
use super::vocabulary::last_of;

/// Methods that give the same thing in another guise.
const TRANSPARENT: &[&str] = &[
    "unwrap",
    "expect",
    "clone",
    "to_string",
    "to_owned",
    "as_str",
    "as_ref",
    "into",
    "as_bytes",
    "unwrap_or_default",
    "toString",
    "String",
    "intern",
    "borrow",
    "to_vec",
    "as_deref",
    "encode",
    "decode",
    "strip",
    "trim",
    "lower",
    "upper",
    "toLowerCase",
    "toUpperCase",
    "lstrip",
    "rstrip",
    "getBytes",
    "toCharArray",
    "build",
];

/// Methods whose result is a number, a truth or the like.
const MEASURES: &[&str] = &[
    "length",
    "size",
    "len",
    "count",
    "equals",
    "equalsIgnoreCase",
    "contains",
    "isEmpty",
    "startsWith",
    "endsWith",
    "startswith",
    "endswith",
    "indexOf",
    "hashCode",
    "is_empty",
    "starts_with",
    "isdigit",
    "isalnum",
    "test",
    "includes",
    "intValue",
    "longValue",
    "getTime",
    "isPresent",
    "find",
    "index",
];
impl<'t> Reading<'t, '_> {
    /// The arguments of a call.
    pub(super) fn arguments(&mut self, node: Option<Node<'t>>) -> Vec<(Option<Rc<str>>, Value)> {
        let mut arguments = Vec::new();
        let Some(node) = node else { return arguments };
        if self.role(node) == Role::Text {
            // JavaScript: a tagged template.
            return vec![(Some(Rc::from("`")), self.evaluate(node))];
        }
        if node.kind() == "generator_expression" {
            return vec![(None, self.evaluate(node))];
        }
        for child in self.children(node) {
            let name = match self.role(child) {
                Role::Keyword => self.get(child, Slot::Name).map(|name| Rc::from(self.text(name))),
                _ if child.kind() == "dictionary_splat" => Some(Rc::from("**")),
                _ => None,
            };
            // Type arguments come first in Go's `make` and `new`.
            let value = if is_type(child) { Value::unknown(Self::span(child)) } else { self.evaluate(child) };
            if arguments.len() < MEMBERS_MAX {
                arguments.push((name, value));
            }
        }
        arguments
    }

    pub(super) fn make(&mut self, node: Node<'t>) -> Value {
        let callee = self.get(node, Slot::Callee).or_else(|| self.get(node, Slot::Type));
        let Some(callee) = callee else { return Value::unknown(Self::span(node)) };
        let path = if self.language == Language::Java {
            let name = self.text(callee);
            let name = name.split('<').next().unwrap_or(name);
            Rc::from(last_of(name))
        } else {
            self.evaluate(callee).path
        };
        let arguments = self.arguments(self.get(node, Slot::Arguments));
        for child in self.children(node) {
            if child.kind() == "class_body" {
                self.body(child);
            }
        }
        self.listener.call(&Call { path: &path, span: Self::span(callee), receiver: None, arguments: &arguments });
        self.result(node, &path, None, &arguments)
    }

    pub(super) fn call(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let (path, at, receiver, name): (Rc<str>, _, _, _) = if self.language == Language::Java {
            let name = self.get(node, Slot::Name);
            let text = name.map_or("", |name| self.text(name));
            match node.child_by_field_name("object") {
                Some(object) => {
                    let receiver = self.evaluate(object);
                    let path = match &*receiver.path {
                        "" => Rc::from(format!("?.{text}")),
                        path => joined_path(path, text),
                    };
                    (path, name, Some((receiver, object)), text)
                }
                None => (Rc::from(text), name, None, text),
            }
        } else {
            let Some(mut callee) = self.get(node, Slot::Callee) else { return Value::unknown(span) };
            if callee.kind() == "generic_function" {
                callee = self.get(callee, Slot::Callee).unwrap_or(callee);
            }
            match self.role(callee) {
                Role::Member if callee.kind() != "scoped_identifier" => {
                    let name = self.member_name(callee);
                    match self.get(callee, Slot::Object) {
                        Some(object) => {
                            let receiver = self.evaluate(object);
                            let path = if receiver.path.is_empty() {
                                Rc::from(format!("?.{name}"))
                            } else {
                                joined_path(&receiver.path, name)
                            };
                            (path, Some(callee), Some((receiver, object)), name)
                        }
                        None => (Rc::from(""), Some(callee), None, name),
                    }
                }
                _ => (self.evaluate(callee).path, Some(callee), None, ""),
            }
        };
        let arguments = self.arguments(self.get(node, Slot::Arguments));
        let at = at.map_or(span, Self::span);
        let given = receiver.as_ref().map(|(value, _)| value);
        self.listener.call(&Call { path: &path, span: at, receiver: given, arguments: &arguments });
        if is_verdict(last_of(&path)) {
            self.judge_arguments(node);
        }
        let result = self.result(node, &path, given, &arguments);
        if let Some((receiver, object)) = &receiver {
            self.mutate(name, *object, receiver, &arguments);
        }
        result
    }

    /// `sb.append(x)` changes what `sb` stands for.
    fn mutate(&mut self, name: &str, object: Node<'t>, receiver: &Value, arguments: &[(Option<Rc<str>>, Value)]) {
        if self.role(object) != Role::Name || !matches!(name, "append" | "WriteString" | "push_str" | "push" | "add") {
            return;
        }
        let Some((_, added)) = arguments.first() else { return };
        let span = receiver.span;
        let mut value = match &receiver.what {
            What::Text(_) => Value::joined(span, &[receiver.clone(), added.clone()]),
            What::List(items) if items.len() < MEMBERS_MAX => {
                let mut items = items.to_vec();
                items.push(added.clone());
                Self::list_of(span, items)
            }
            _ => return,
        };
        value.path = Rc::clone(&receiver.path);
        self.assign_anywhere(self.text(object), value);
    }

    /// What a call gives.
    pub(super) fn result(
        &mut self,
        node: Node<'t>,
        path: &Rc<str>,
        receiver: Option<&Value>,
        arguments: &[(Option<Rc<str>>, Value)],
    ) -> Value {
        let span = Self::span(node);
        let last = last_of(path).to_owned();
        let mut value = Value::named(span, marked_path(path, "()"));
        self.mark_outside(&mut value);
        if matches!(value.origin, Origin::Outside(_)) {
            return value;
        }
        if self.language.is_script()
            && &**path == "require"
            && let Some(module) = arguments.first().and_then(|(_, module)| module.as_text())
        {
            return Value::named(span, super::import::module_path(module).into());
        }
        if self.language == Language::Rust
            && &**path == "Command.new"
            && arguments.first().and_then(|(_, program)| program.as_text()).is_some_and(is_shell)
        {
            // What it is told next is read by a shell.
            return Value::named(span, Rc::from("Shell.new()"));
        }
        let vocabulary = self.listener.vocabulary();
        let cleans = vocabulary.cleans.find(path).copied().fold(0, |all, bits| all | bits);
        let keeps = vocabulary.keeps.has(path);
        if let Some(formatted) = super::text::formatted(self.language, span, path, receiver, arguments) {
            return Value { cleaned: formatted.cleaned | cleans, ..formatted };
        }
        if let Some(receiver) = receiver
            && TRANSPARENT.contains(&last.as_str())
        {
            return Value { span, ..receiver.clone() };
        }
        let given = arguments.iter().map(|(_, value)| value);
        if cleans != 0 || keeps {
            let first = arguments.first().map(|(_, value)| value);
            let mut kept = match first {
                Some(first) if arguments.len() == 1 => Value { path: value.path.clone(), ..first.clone() },
                _ => Value { cleaned: u32::MAX, origin: Origin::Constant, ..value.clone() },
            };
            for one in given.chain(receiver.filter(|receiver| !is_library(receiver))) {
                if one.origin > kept.origin
                    && arguments.len() > 1
                    && matches!(one.origin, Origin::Outside(_) | Origin::Parameter(_))
                {
                    kept.path = Rc::clone(&one.path);
                }
                kept.origin = kept.origin.max(one.origin);
                if !one.is_constant() {
                    kept.cleaned &= one.cleaned;
                }
            }
            kept.span = span;
            kept.cleaned |= cleans;
            if cleans == super::ANY {
                return Value { path: value.path, ..Value::constant(span, What::Unknown) };
            }
            return kept;
        }
        let Some(receiver) = receiver else { return value };
        if MEASURES.contains(&last.as_str()) && !matches!(receiver.what, What::Function) {
            return Value { path: value.path, ..Value::constant(span, What::Unknown) };
        }
        let written = receiver.as_text().is_some() || matches!(receiver.what, What::List(_) | What::Fields(_));
        value.origin = match receiver.origin {
            Origin::Constant if written && given.clone().all(Value::is_constant) => Origin::Constant,
            // `TABLES.get(name)`
            Origin::Constant if matches!(receiver.what, What::Fields(_)) => Origin::Constant,
            Origin::Outside(from) => Origin::Outside(from),
            _ => Origin::Unknown,
        };
        value.cleaned = receiver.cleaned;
        value
    }
}

/// Whether a value is a module or a class, and no data.
fn is_library(value: &Value) -> bool {
    matches!(value.what, What::Unknown) && value.origin == Origin::Unknown
}

/// Whether a program reads commands.
fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    matches!(name, "sh" | "bash" | "zsh" | "dash" | "cmd" | "cmd.exe" | "powershell" | "pwsh")
}

/// Names of functions that judge what they are given.
pub(super) fn is_verdict(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    const WORDS: [&str; 14] = [
        "valid",
        "check",
        "allow",
        "sanit",
        "safe",
        "verify",
        "escape",
        "whitelist",
        "permitted",
        "assert",
        "ensure",
        "inside",
        "islocal",
        "relative",
    ];
    WORDS.iter().any(|word| lower.contains(word))
        && !lower.contains("unsafe")
        && !lower.contains("unescape")
        && !lower.starts_with("mark")
}
