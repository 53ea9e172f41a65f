//! Names and what they are given: assignments, patterns, conditions that look at a name.

use std::rc::Rc;

use tree_sitter::Node;

use super::call::is_verdict;
use super::evaluate::add;
use super::grammar::{Language, Role, Slot};
use super::read::{Reading, Setting};
use super::value::{Origin, Value, What, joined_path, marked_path};

/// A condition is searched for names so deep.
const CONDITION_NODES_MAX: usize = 400;

impl<'t> Reading<'t, '_> {
    pub(super) fn assignment(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        match (self.role(node), self.language) {
            (Role::Bind, _) => {
                let children = self.children(node);
                let value = children.first().map(|first| self.evaluate(*first)).unwrap_or_default();
                if let Some(target) = node.child_by_field_name("alias") {
                    let target = self.first(target).unwrap_or(target);
                    self.bind(target, value.clone());
                }
                value
            }
            (Role::Declare, Language::Java) => self.declare_java(node),
            (Role::Declare, Language::Go) => self.declare_go(node),
            _ => {
                let (left, right) = (self.get(node, Slot::Left), self.get(node, Slot::Right));
                let Some(left) = left else { return Value::unknown(span) };
                let mut value = match right.filter(|right| *right != left) {
                    Some(right) => self.evaluate(right),
                    None => return Value::unknown(span),
                };
                if self.role(node) == Role::Augmented {
                    let old = self.evaluate(left);
                    value = add(span, old, value);
                    value.span = span;
                }
                if self.language == Language::Rust
                    && value.path.is_empty()
                    && let Some(kind) = self.get(node, Slot::Type)
                {
                    value.path = Rc::from(self.text(kind).trim_start_matches(['&', ' ']));
                }
                self.bind(left, value.clone());
                value
            }
        }
    }

    fn declare_java(&mut self, node: Node<'t>) -> Value {
        let kind = self.get(node, Slot::Type).map_or("", |kind| self.text(kind));
        let kind = kind.split('<').next().unwrap_or(kind);
        let declarators: Vec<_> = match node.kind() {
            "resource" => vec![node],
            _ => self.children(node).into_iter().filter(|child| child.kind() == "variable_declarator").collect(),
        };
        for declarator in declarators {
            let Some(name) = self.get(declarator, Slot::Name) else { continue };
            let mut value = match declarator.child_by_field_name("value") {
                Some(value) => self.evaluate(value),
                None => Value::unknown(Self::span(name)),
            };
            let plain = matches!(
                kind,
                "var" | "Object" | "String" | "Cipher" | "MessageDigest" | "int" | "long" | "byte[]" | "double"
            );
            if !plain {
                value.path = Rc::from(super::vocabulary::last_of(kind));
            }
            if super::parameter::is_harmless_type(kind) {
                value.origin = Origin::Constant;
            }
            self.bind(name, value);
        }
        Value::unknown(Self::span(node))
    }

    fn declare_go(&mut self, node: Node<'t>) -> Value {
        let names: Vec<_> = self.children(node).into_iter().filter(|child| child.kind() == "identifier").collect();
        let kind = self.get(node, Slot::Type).map(|kind| self.type_path(kind));
        let values = node.child_by_field_name("value").map(|list| self.evaluate_all(list)).unwrap_or_default();
        let single = node.child_by_field_name("value").is_none();
        for (at, name) in names.into_iter().enumerate() {
            let mut value = match values.get(at) {
                Some(value) => value.clone(),
                // What is only declared is empty.
                None if single && kind.as_deref() == Some("string") => Value::text(Self::span(name), ""),
                None if single
                    && kind.as_deref().is_some_and(|kind| kind.ends_with("Builder") || kind.ends_with("Buffer")) =>
                {
                    Value::text(Self::span(name), "")
                }
                None => Value::unknown(Self::span(name)),
            };
            if let Some(kind) = &kind
                && value.path.is_empty()
            {
                value.path = Rc::clone(kind);
            }
            self.bind(name, value);
        }
        Value::unknown(Self::span(node))
    }

    /// The path of a type: `*http.Request` is `net/http.Request`.
    pub(super) fn type_path(&mut self, node: Node<'t>) -> Rc<str> {
        match node.kind() {
            "pointer_type" | "reference_type" => {
                self.children(node).last().map_or("".into(), |inner| self.type_path(*inner))
            }
            "qualified_type" => self.evaluate(node).path,
            _ => {
                let text = self.text(node);
                Rc::from(text.split('<').next().unwrap_or(text))
            }
        }
    }

    /// The values of a list of expressions.
    fn evaluate_all(&mut self, list: Node<'t>) -> Vec<Value> {
        if list.kind() == "expression_list" {
            self.children(list).into_iter().map(|child| self.evaluate(child)).collect()
        } else {
            vec![self.evaluate(list)]
        }
    }

    /// Gives a value to a name, a member, or the names in a pattern.
    pub(super) fn bind(&mut self, target: Node<'t>, value: Value) {
        if !self.enter(target) {
            return;
        }
        self.bind_in(target, value);
        self.leave();
    }

    fn bind_in(&mut self, target: Node<'t>, value: Value) {
        let span = Self::span(target);
        match target.kind() {
            "identifier" | "shorthand_property_identifier_pattern" | "type_identifier" | "property_identifier" => {
                let name = self.text(target);
                self.listener.set(&Setting { path: name, span, value: &value });
                self.assign_anywhere(name, value);
            }
            "attribute" | "member_expression" | "selector_expression" | "field_access" | "field_expression" => {
                let place = self.evaluate(target);
                if !place.path.is_empty() {
                    let path = if matches!(place.what, What::Unknown) { Rc::clone(&place.path) } else { Rc::from("?") };
                    self.listener.set(&Setting { path: &path, span, value: &value });
                } else {
                    let text = self.text(target);
                    let last = text.rsplit('.').next().unwrap_or(text);
                    self.listener.set(&Setting { path: &format!("?.{last}"), span, value: &value });
                }
            }
            "subscript" | "subscript_expression" | "index_expression" | "array_access" => {
                let children = self.children(target);
                let object = children.first().map(|object| self.evaluate(*object)).unwrap_or_default();
                let key = children.get(1).map(|key| self.evaluate(*key)).unwrap_or_default();
                let path = match key.as_text() {
                    Some(key) => joined_path(&object.path, key),
                    None => marked_path(&object.path, "[]"),
                };
                self.listener.set(&Setting { path: &path, span, value: &value });
            }
            "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern" | "array_pattern" | "tuple"
            | "list" => {
                let children = self.children(target);
                if let (Language::Go, [only]) = (self.language, children.as_slice()) {
                    return self.bind(*only, value);
                }
                let items = value.items().to_vec();
                for (at, child) in children.into_iter().enumerate() {
                    let span = Self::span(child);
                    let one = match items.get(at) {
                        Some(item) => item.clone(),
                        // Go: the first of what a call gives is the thing, the rest say how it went.
                        None if at == 0 => Value { span, what: What::Unknown, ..value.clone() },
                        None if self.language == Language::Go => Value::unknown(span),
                        None => {
                            Value { span, what: What::Unknown, path: marked_path(&value.path, "[]"), ..value.clone() }
                        }
                    };
                    self.bind(child, one);
                }
            }
            "object_pattern" => {
                for child in self.children(target) {
                    let (name, to) = match child.kind() {
                        "pair_pattern" => (self.get(child, Slot::Key), self.get(child, Slot::Value)),
                        "object_assignment_pattern" => {
                            (child.child_by_field_name("left"), child.child_by_field_name("left"))
                        }
                        _ => (Some(child), Some(child)),
                    };
                    let (Some(name), Some(to)) = (name, to) else { continue };
                    let name = self.text(name);
                    let one = match child.kind() {
                        "rest_pattern" => value.clone(),
                        _ => self.member(&value, name, Self::span(child)),
                    };
                    self.bind(to, one);
                }
            }
            "assignment_pattern" => {
                if let Some(left) = target.child_by_field_name("left") {
                    self.bind(left, value);
                }
            }
            "type_annotation" | "type" | "comment" => {}
            _ => {
                // Patterns of Rust and others: every name in them holds a part of the value.
                let kind = target.child_by_field_name("type");
                for child in self.children(target) {
                    if Some(child) != kind && !matches!(child.kind(), "mutable_specifier") {
                        self.bind(child, value.clone());
                    }
                }
            }
        }
    }

    /// A condition that looks at a name against what is allowed makes its value a judged one.
    pub(super) fn guard(&mut self, condition: Node<'t>) {
        let text = self.text(condition);
        let asks = [
            " in ",
            "includes(",
            "contains(",
            ".has(",
            "startswith(",
            "startsWith(",
            "HasPrefix(",
            "match",
            "==",
            "!=",
        ];
        if !asks.iter().any(|ask| text.contains(ask)) && !is_verdict(text) {
            return;
        }
        self.judge_names(condition);
    }

    /// Marks the names among the arguments of a call as judged.
    pub(super) fn judge_arguments(&mut self, call: Node<'t>) {
        if let Some(arguments) = self.get(call, Slot::Arguments) {
            self.judge_names(arguments);
        }
    }

    /// Names count as judged by any comparison, members only by a list or a verdict: `req.query.q === 'x'` picks a default.
    fn judge_names(&mut self, node: Node<'t>) {
        let whole = self.text(node);
        let listed = !whole.contains("==") && !whole.contains("!=");
        let mut left = vec![node];
        let mut seen = 0;
        while let Some(node) = left.pop() {
            seen += 1;
            if seen > CONDITION_NODES_MAX {
                return;
            }
            if self.role(node) == Role::Name {
                self.judged(self.text(node));
                continue;
            }
            if matches!(self.role(node), Role::Member | Role::Index) && listed {
                self.judged_member(self.text(node));
            }
            // A comparison with nothing or with an empty text judges nothing.
            let idle = matches!(node.kind(), "binary_expression" | "comparison_operator") && is_idle(self.text(node));
            if !idle && !matches!(self.role(node), Role::Function) {
                left.extend(self.children(node));
            }
        }
    }
}

/// `x == null`, `err != nil`, `s === ""`
fn is_idle(comparison: &str) -> bool {
    ["null", "nil", "None", "undefined", "\"\"", "''"].iter().any(|nothing| comparison.trim_end().ends_with(nothing))
}
