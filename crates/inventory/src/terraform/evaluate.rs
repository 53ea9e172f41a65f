//! Expressions become values. What cannot be known becomes [`Kind::Unknown`], never a guess.

use std::rc::Rc;

use palisade_model::Span;

use super::budget::{ITEMS_MAX, TEXT_BYTES_MAX};
use super::estate::World;
use super::instance::Scope;
use super::value::{Entry, HOLE, Kind, Origin, Reference, Value};
use super::{Expression, For, Node, Operator, Part, Step};

impl<'f> World<'f> {
    /// The value of an expression. Within bounds: deeper or longer ones are unknown.
    pub(super) fn value(&mut self, expression: &Expression, scope: &mut Scope) -> Value {
        let origin = Origin { source: scope.file, span: expression.span };
        if self.budget.nesting == 0 || !self.budget.spend(1) {
            return Value::unknown(origin);
        }
        self.budget.nesting -= 1;
        let value = self.value_of(&expression.node, origin, scope);
        self.budget.nesting += 1;
        value
    }

    fn value_of(&mut self, node: &Node, origin: Origin, scope: &mut Scope) -> Value {
        match node {
            Node::Broken => Value::unknown(origin),
            Node::Null => Value::new(Kind::Null, origin),
            Node::Bool(truth) => Value::new(Kind::Bool(*truth), origin),
            Node::Number(number) => Value::new(Kind::Number(*number), origin),
            Node::Text(text) => Value::new(Kind::Text((&**text).into()), origin),
            Node::Template(parts) => self.template(parts, origin, scope),
            Node::List(items) => {
                let items = items.iter().take(ITEMS_MAX).map(|item| self.value(item, scope)).collect();
                Value::list(items, origin)
            }
            Node::Object(entries) => self.object(entries, origin, scope),
            Node::Traversal(root, steps) => self.traversal(root, steps, origin, scope),
            Node::Access(base, steps) => {
                let base = self.value(base, scope);
                self.follow(base, steps, origin, scope)
            }
            Node::Call(name, arguments, spread) => self.call(name, arguments, *spread, origin, scope),
            Node::Unary(operator, inner) => {
                let inner = self.value(inner, scope);
                let kind = match operator {
                    Operator::Not => inner.as_bool().map(|truth| Kind::Bool(!truth)),
                    _ => inner.as_number().map(|number| Kind::Number(-number)),
                };
                Value::new(kind.unwrap_or(Kind::Unknown), origin)
            }
            Node::Binary(operator, left, right) => self.binary(*operator, left, right, origin, scope),
            Node::Conditional(condition, yes, no) => match self.value(condition, scope).as_bool() {
                Some(true) => self.value(yes, scope),
                Some(false) => self.value(no, scope),
                None => {
                    let (yes, no) = (self.value(yes, scope), self.value(no, scope));
                    if self.equal(&yes, &no) == Some(true) { yes } else { Value::unknown(origin) }
                }
            },
            Node::For(inner) => self.for_loop(inner, origin, scope),
        }
    }

    fn object(&mut self, parts: &[(Expression, Expression)], origin: Origin, scope: &mut Scope) -> Value {
        let mut entries: Vec<Entry> = Vec::new();
        for (key, value) in parts.iter().take(ITEMS_MAX) {
            let key_origin = Origin { source: scope.file, span: key.span };
            let key = self.value(key, scope);
            let value = self.value(value, scope);
            // An entry under an unknown key might be any: what is looked up by name stays what it is.
            let key: Rc<str> = match key.as_str() {
                Some(key) => key.into(),
                None => key.to_text().into(),
            };
            entries.retain(|entry| entry.key != key);
            entries.push(Entry { key, key_origin, value });
        }
        Value::object(entries, origin)
    }

    fn traversal(&mut self, root: &str, steps: &[Step], origin: Origin, scope: &mut Scope) -> Value {
        if let Some((_, value)) = scope.names.iter().rev().find(|(name, _)| **name == *root) {
            let value = value.clone();
            return self.follow(value, steps, origin, scope);
        }
        let Some((first, rest)) = steps.split_first() else { return Value::unknown(origin) };
        let Step::Name(name) = first else { return Value::unknown(origin) };
        let value = match root {
            "var" => self.variable(name, scope.instance, origin),
            "local" => self.local(name, scope.instance, origin),
            "each" => match (&**name, &scope.each) {
                ("key", Some((key, _))) => key.clone(),
                ("value", Some((_, value))) => value.clone(),
                _ => Value::unknown(origin),
            },
            "count" => scope.index.clone().unwrap_or_else(|| Value::unknown(origin)),
            "path" => {
                let directory = match &**name {
                    "module" => Some(self.directory(scope.instance)),
                    "root" => Some(self.root_directory(scope.instance)),
                    _ => None,
                };
                let text = directory.map(|directory| format!("{}{directory}", super::text_functions::IN_TARGET));
                text.map_or_else(|| Value::unknown(origin), |text| Value::text(&text, origin))
            }
            "module" => return self.module_output(name, rest, origin, scope),
            "data" => match rest.split_first() {
                Some((Step::Name(label), rest)) => {
                    let address = format!("data.{name}.{label}");
                    return self.resource(&address, rest, origin, scope);
                }
                _ => return Value::unknown(origin),
            },
            "terraform" | "self" => return Value::unknown(origin),
            kind => return self.resource(&format!("{kind}.{name}"), rest, origin, scope),
        };
        self.follow(value, rest, origin, scope)
    }

    /// Something of a resource.
    fn resource(&mut self, address: &str, steps: &[Step], origin: Origin, scope: &mut Scope) -> Value {
        let Some(copies) = self.copies_of(address, scope.instance) else { return Value::unknown(origin) };
        let reference = self.reference(scope.instance, address, "", origin);
        match (copies, steps.split_first()) {
            (Some(0), Some((Step::Each, _))) => Value::list(Vec::new(), origin),
            (Some(0), Some((Step::Index(_), _))) => Value::new(Kind::Failed, origin),
            _ => self.follow(reference, steps, origin, scope),
        }
    }

    pub(super) fn reference(&mut self, instance: u32, address: &str, attribute: &str, origin: Origin) -> Value {
        let to = super::value::Key { instance, address: address.into() };
        let known =
            if attribute.is_empty() || attribute.contains('.') { None } else { self.attribute_of(&to, attribute) };
        let known = known.filter(|known| !known.is_unknown() && !known.is_null());
        Value::new(Kind::Reference(Rc::new(Reference { to, attribute: attribute.into(), known })), origin)
    }

    /// The value at the end of steps.
    pub(super) fn follow(&mut self, value: Value, steps: &[Step], origin: Origin, scope: &mut Scope) -> Value {
        let mut value = value;
        for (at, step) in steps.iter().enumerate() {
            if !self.budget.spend(1) {
                return Value::unknown(origin);
            }
            let outcome = match step {
                Step::Name(name) => self.member(&value, name, origin),
                Step::Index(index) => {
                    let index = self.value(index, scope);
                    self.element(&value, &index, origin)
                }
                Step::Each => {
                    let rest = steps.get(at + 1..).unwrap_or(&[]);
                    let settled = if value.as_list().is_some() { value.settled() } else { &value };
                    let items: Vec<Value> = match &settled.kind {
                        Kind::Unknown | Kind::Failed => return Value::unknown(origin),
                        Kind::Null => Vec::new(),
                        Kind::List(_) => settled.as_list().unwrap_or(&[]).to_vec(),
                        _ => vec![value.clone()],
                    };
                    let items = items.into_iter().map(|item| self.follow(item, rest, origin, scope)).collect();
                    return Value::list(items, origin);
                }
            };
            value = outcome;
        }
        value
    }

    fn member(&mut self, value: &Value, name: &str, origin: Origin) -> Value {
        match &value.kind {
            Kind::Reference(reference) => {
                let known = reference.known.as_ref().and_then(|known| known.entry(name));
                if let Some(entry) = known {
                    return entry.value.clone();
                }
                let path = join(&reference.attribute, name);
                self.reference(reference.to.instance, &reference.to.address, &path, origin)
            }
            Kind::Object(_) => match value.entry(name) {
                Some(entry) => entry.value.clone(),
                // A key that is not known may be the one.
                None if value.as_object().is_some_and(|all| all.iter().any(|entry| entry.key.contains(HOLE))) => {
                    Value::unknown(origin)
                }
                None => Value::new(Kind::Failed, origin),
            },
            Kind::Unknown => Value::unknown(origin),
            _ => Value::new(Kind::Failed, origin),
        }
    }

    pub(super) fn element(&mut self, value: &Value, index: &Value, origin: Origin) -> Value {
        let failed = || Value::new(Kind::Failed, origin);
        match &value.kind {
            Kind::Reference(reference) => match (&reference.known, reference.attribute.is_empty()) {
                (_, true) => value.clone(),
                (Some(known), false) => {
                    let known = known.clone();
                    self.element(&known, index, origin)
                }
                (None, false) => {
                    let path = join(&reference.attribute, "*");
                    self.reference(reference.to.instance, &reference.to.address, &path, origin)
                }
            },
            Kind::List(_) => {
                let items = value.as_list().unwrap_or(&[]);
                match index.as_number() {
                    Some(at) if at >= 0.0 && at.fract() == 0.0 => {
                        items.get(at as usize).cloned().unwrap_or_else(failed)
                    }
                    Some(_) => failed(),
                    None => Value::unknown(origin),
                }
            }
            Kind::Object(_) => match index.settled().kind {
                Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) => self.member(value, &index.to_text(), origin),
                _ => Value::unknown(origin),
            },
            Kind::Unknown => Value::unknown(origin),
            _ => failed(),
        }
    }

    fn template(&mut self, parts: &[Part], origin: Origin, scope: &mut Scope) -> Value {
        let mut text = String::new();
        self.fill(parts, &mut text, scope);
        Value::text(&text, origin)
    }

    /// Writes parts into a text, with a hole for what is not known.
    pub(super) fn fill(&mut self, parts: &[Part], text: &mut String, scope: &mut Scope) {
        for part in parts {
            if text.len() > TEXT_BYTES_MAX || !self.budget.spend(1) {
                text.push(HOLE);
                return;
            }
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Hole(hole) => {
                    let value = self.value(hole, scope);
                    match &value.settled().kind {
                        Kind::Encoded(inner) => {
                            let json = super::policy::to_json(inner, &mut self.budget);
                            text.push_str(&json.map_or_else(|| HOLE.to_string(), |json| json.to_string()));
                        }
                        _ => text.push_str(&value.to_text()),
                    }
                }
                Part::If(condition, yes, no) => match self.value(condition, scope).as_bool() {
                    Some(true) => self.fill(yes, text, scope),
                    Some(false) => self.fill(no, text, scope),
                    None => text.push(HOLE),
                },
                Part::For(key, item, over, repeated) => {
                    let over = self.value(over, scope);
                    let Some(pairs) = pairs_of(&over) else {
                        text.push(HOLE);
                        continue;
                    };
                    for (index, value) in pairs {
                        let names = scope.names.len();
                        scope.names.extend(key.clone().map(|key| (key, index)));
                        scope.names.push((item.clone(), value));
                        self.fill(repeated, text, scope);
                        scope.names.truncate(names);
                    }
                }
            }
        }
    }

    fn for_loop(&mut self, inner: &For, origin: Origin, scope: &mut Scope) -> Value {
        let over = self.value(&inner.over, scope);
        let Some(pairs) = pairs_of(&over) else { return Value::unknown(origin) };
        let mut items = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for (index, value) in pairs {
            if items.len() + entries.len() >= ITEMS_MAX || !self.budget.spend(1) {
                return Value::unknown(origin);
            }
            let names = scope.names.len();
            scope.names.extend(inner.key.clone().map(|key| (key, index)));
            scope.names.push((inner.item.clone(), value));
            let kept = inner.condition.as_ref().map_or(Some(true), |condition| self.value(condition, scope).as_bool());
            let done = match kept {
                Some(true) => {
                    let key = inner.result_key.as_ref().map(|key| (self.value(key, scope), key.span));
                    Some((key, self.value(&inner.result, scope)))
                }
                Some(false) => None,
                None => {
                    scope.names.truncate(names);
                    return Value::unknown(origin);
                }
            };
            scope.names.truncate(names);
            match done {
                Some((None, value)) => items.push(value),
                Some((Some((key, span)), value)) => gather(&mut entries, &key, span, value, inner.gathered, scope.file),
                None => {}
            }
        }
        if inner.result_key.is_some() { Value::object(entries, origin) } else { Value::list(items, origin) }
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
        origin: Origin,
        scope: &mut Scope,
    ) -> Value {
        let left = self.value(left, scope);
        let lazy = match (operator, left.as_bool()) {
            (Operator::And, Some(false)) => Some(false),
            (Operator::Or, Some(true)) => Some(true),
            _ => None,
        };
        if let Some(truth) = lazy {
            return Value::new(Kind::Bool(truth), origin);
        }
        let right = self.value(right, scope);
        let kind = match operator {
            Operator::And | Operator::Or => match (left.as_bool(), right.as_bool()) {
                (Some(_), Some(right)) => Some(Kind::Bool(right)),
                (None, Some(right)) if right == (operator == Operator::Or) => Some(Kind::Bool(right)),
                _ => None,
            },
            Operator::Equal => self.equal(&left, &right).map(Kind::Bool),
            Operator::NotEqual => self.equal(&left, &right).map(|truth| Kind::Bool(!truth)),
            _ => left.as_number().zip(right.as_number()).and_then(|(left, right)| computed(operator, left, right)),
        };
        Value::new(kind.unwrap_or(Kind::Unknown), origin)
    }

    /// Whether two values are the same; `None` when that is not known.
    pub(super) fn equal(&mut self, left: &Value, right: &Value) -> Option<bool> {
        if !self.budget.spend(1) {
            return None;
        }
        let (left, right) = (left.settled(), right.settled());
        if left.is_unknown() || right.is_unknown() {
            // A resource has an identity: it is never null.
            let one_null = left.is_null() || right.is_null();
            let reference = matches!(left.kind, Kind::Reference(_)) || matches!(right.kind, Kind::Reference(_));
            return (one_null && reference).then_some(false);
        }
        match (&left.kind, &right.kind) {
            (Kind::Null, Kind::Null) => Some(true),
            (Kind::Null, _) | (_, Kind::Null) => Some(false),
            (Kind::Partial(text), Kind::Text(other)) | (Kind::Text(other), Kind::Partial(text)) => {
                // Nothing but an unknown part can be empty.
                (other.is_empty() && text.chars().any(|c| c != HOLE)).then_some(false)
            }
            (Kind::Partial(_) | Kind::Encoded(_), _) | (_, Kind::Partial(_) | Kind::Encoded(_)) => None,
            (Kind::List(_), Kind::List(_)) => {
                let (left, right) = (left.as_list().unwrap_or(&[]), right.as_list().unwrap_or(&[]));
                if left.len() != right.len() {
                    return Some(false);
                }
                left.iter().zip(right).try_fold(true, |all, (left, right)| Some(all && self.equal(left, right)?))
            }
            (Kind::Object(_), Kind::Object(_)) => {
                let (left, others) = (left.as_object().unwrap_or(&[]), right);
                if left.len() != others.as_object().map_or(0, <[Entry]>::len) {
                    return Some(false);
                }
                left.iter().try_fold(true, |all, entry| match others.entry(&entry.key) {
                    Some(other) => Some(all && self.equal(&entry.value, &other.value)?),
                    None => Some(false),
                })
            }
            (Kind::List(_) | Kind::Object(_), _) | (_, Kind::List(_) | Kind::Object(_)) => Some(false),
            (Kind::Number(left), Kind::Number(right)) => Some(left == right),
            _ => Some(left.to_text() == right.to_text()),
        }
    }
}

/// Index and item, or key and value; `None` when that is not known.
pub(super) fn pairs_of(value: &Value) -> Option<Vec<(Value, Value)>> {
    let origin = value.origin;
    if let Some(items) = value.as_list() {
        let numbered = items.iter().enumerate();
        return Some(numbered.map(|(at, item)| (Value::new(Kind::Number(at as f64), origin), item.clone())).collect());
    }
    let entries = value.as_object()?;
    if entries.iter().any(|entry| entry.key.contains(HOLE)) {
        return None;
    }
    Some(entries.iter().map(|entry| (Value::text(&entry.key, entry.key_origin), entry.value.clone())).collect())
}

fn gather(entries: &mut Vec<Entry>, key: &Value, span: Span, value: Value, gathered: bool, file: u32) {
    let text: Rc<str> = key.to_text().into();
    let key_origin = Origin { source: file, span };
    match entries.iter_mut().find(|entry| entry.key == text) {
        Some(entry) if gathered => {
            let mut items = entry.value.as_list().unwrap_or(&[]).to_vec();
            items.push(value);
            entry.value = Value::list(items, entry.value.origin);
        }
        Some(entry) => entry.value = value,
        None => {
            let value = if gathered { Value::list(vec![value.clone()], value.origin) } else { value };
            entries.push(Entry { key: text, key_origin, value });
        }
    }
}

fn computed(operator: Operator, left: f64, right: f64) -> Option<Kind> {
    Some(match operator {
        Operator::Less => Kind::Bool(left < right),
        Operator::LessOrEqual => Kind::Bool(left <= right),
        Operator::Greater => Kind::Bool(left > right),
        Operator::GreaterOrEqual => Kind::Bool(left >= right),
        Operator::Add => Kind::Number(left + right),
        Operator::Subtract => Kind::Number(left - right),
        Operator::Multiply => Kind::Number(left * right),
        Operator::Divide if right != 0.0 => Kind::Number(left / right),
        Operator::Modulo if right != 0.0 => Kind::Number(left % right),
        _ => return None,
    })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
