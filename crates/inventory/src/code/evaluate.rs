//! What expressions stand for.

use std::rc::Rc;

use palisade_model::Span;
use tree_sitter::Node;

use super::grammar::{Language, Role, Slot};
use super::read::{Call, Comparison, Reading, Setting};
use super::value::{MEMBERS_MAX, Origin, SPREAD, Value, What, joined_path, marked_path};

impl<'t> Reading<'t, '_> {
    /// Reads an expression, tells of what is in it, and says what it stands for.
    pub(super) fn evaluate(&mut self, node: Node<'t>) -> Value {
        if !self.enter(node) {
            return Value::unknown(Self::span(node));
        }
        let value = self.expression(node);
        self.leave();
        value
    }

    fn expression(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        match self.role(node) {
            Role::Name => self.name(node),
            Role::Text => self.literal(node),
            Role::RawText => self.raw_literal(node),
            Role::Number => match number(self.text(node)) {
                Some(number) => Value::constant(span, What::Number(number)),
                None => Value::constant(span, What::Unknown),
            },
            Role::True => Value::constant(span, What::Bool(true)),
            Role::False => Value::constant(span, What::Bool(false)),
            Role::Null => Value::constant(span, What::Null),
            Role::Member | Role::Index => {
                let mut value = match self.role(node) {
                    Role::Index => self.element(node),
                    _ => self.member_of(node),
                };
                if self.was_judged(self.text(node)) {
                    value.cleaned |= super::CHECKED;
                }
                value
            }
            Role::Call => self.call(node),
            Role::New => self.make(node),
            Role::Macro => self.expand(node),
            Role::Struct => self.structure(node),
            Role::List => self.list(node),
            Role::Fields => self.fields(node),
            Role::Binary => self.binary(node),
            Role::Compare => self.compare_all(node),
            Role::Choice => self.choice(node),
            Role::Wrap => match self.first(node) {
                Some(inner) => Value { span, ..self.evaluate(inner) },
                None => Value::unknown(span),
            },
            Role::Cast => match self.get(node, Slot::Object) {
                Some(inner) => {
                    let mut value = self.evaluate(inner);
                    let numeric = self.get(node, Slot::Type).is_some_and(|kind| is_numeric(self.text(kind)));
                    if numeric {
                        value = Value::constant(span, value.what);
                    }
                    Value { span, ..value }
                }
                None => Value::unknown(span),
            },
            Role::Assign | Role::Augmented | Role::Declare | Role::Bind => self.assignment(node),
            Role::Comprehension => self.comprehension(node),
            Role::Keyword => match self.get(node, Slot::Value) {
                Some(value) => self.evaluate(value),
                None => Value::unknown(span),
            },
            Role::Markup => self.markup(node),
            Role::Function => {
                self.function(node, &[]);
                let body = self.get(node, Slot::Body).filter(|body| self.is_always_true(*body));
                let path = Rc::from(if body.is_some() { "=> true" } else { "" });
                Value { span, what: What::Function, path, ..Value::default() }
            }
            Role::Skip => Value::unknown(span),
            Role::Other if node.kind() == "boolean_literal" => {
                Value::constant(span, What::Bool(self.text(node) == "true"))
            }
            Role::Other if node.kind() == "expression_list" => {
                let children = self.children(node);
                let mut values: Vec<Value> = children.into_iter().map(|child| self.evaluate(child)).collect();
                match (values.len(), values.pop()) {
                    (1, Some(value)) => value,
                    (_, Some(last)) => {
                        values.push(last);
                        Self::list_of(span, values)
                    }
                    _ => Value::unknown(span),
                }
            }
            Role::Other => {
                let mut only = None;
                let children = self.children(node);
                let count = children.len();
                for child in children {
                    if is_statement(child) {
                        self.statement(child);
                    } else {
                        let value = self.evaluate(child);
                        only = (count == 1).then_some(value);
                    }
                }
                // `unary`, `block` with one expression: as unknown as a choice of it.
                match only {
                    Some(value) if matches!(node.kind(), "block" | "type_arguments") => value,
                    Some(value) if node.kind() == "list_splat" => value,
                    Some(value) if value.is_constant() && node.child_count() <= 2 => {
                        Value::constant(span, What::Unknown)
                    }
                    _ => Value::unknown(span),
                }
            }
            Role::Class | Role::Decorated | Role::If | Role::Branch | Role::Loop | Role::Import => {
                self.depth_of_statement(node);
                Value::unknown(span)
            }
        }
    }

    /// `true`, `{ return true }`
    fn is_always_true(&self, body: Node<'t>) -> bool {
        let inside = self.text(body).trim().trim_start_matches('{').trim_end_matches('}').trim();
        let given = inside.strip_prefix("return").unwrap_or(inside).trim().trim_end_matches(';').trim_end();
        given == "true"
    }

    fn depth_of_statement(&mut self, node: Node<'t>) {
        self.statement(node);
    }

    fn name(&mut self, node: Node<'t>) -> Value {
        let (name, span) = (self.text(node), Self::span(node));
        match name {
            // Grammars of some languages have no kinds for these.
            "true" | "True" => return Value::constant(span, What::Bool(true)),
            "false" | "False" => return Value::constant(span, What::Bool(false)),
            "None" | "undefined" => return Value::constant(span, What::Null),
            _ => {}
        }
        match self.lookup(name) {
            Some(value) => Value { span, ..value.clone() },
            None => self.foreign(name, span),
        }
    }

    fn member_of(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let name = self.member_name(node);
        if self.language == Language::Rust && node.kind() == "scoped_identifier" {
            // Modules come in many spellings: the last two names are what people know.
            let holder = self.get(node, Slot::Object).map_or("", |path| self.text(path));
            let holder = holder.rsplit("::").next().unwrap_or(holder);
            let holder = holder.split('<').next().unwrap_or(holder);
            let holder = self.imports.get(holder).map_or_else(|| Rc::from(holder), Rc::clone);
            let holder = holder.rsplit('.').next().unwrap_or(&holder);
            return Value::named(span, joined_path(if holder.is_empty() { "crate" } else { holder }, name));
        }
        let Some(object) = self.get(node, Slot::Object) else { return Value::unknown(span) };
        let object = self.evaluate(object);
        self.member(&object, name, span)
    }

    pub(super) fn member_name(&self, node: Node<'t>) -> &'t str {
        let member = node.child_by_field_name("attribute").or_else(|| node.child_by_field_name("property"));
        let member = member.or_else(|| node.child_by_field_name("field")).or_else(|| node.child_by_field_name("name"));
        member.map_or("", |member| self.text(member))
    }

    fn element(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let children = self.children(node);
        let (Some(object), rest) = (children.first(), children.get(1..).unwrap_or(&[])) else {
            return Value::unknown(span);
        };
        let object = self.evaluate(*object);
        let index = rest.first().map(|index| self.evaluate(*index));
        let key = index.as_ref().and_then(Value::as_text);
        if let Some(value) = key.and_then(|key| object.field(key)) {
            return Value { span, ..value.clone() };
        }
        if let Some(number) = index.as_ref().and_then(Value::as_number)
            && let Some(value) = object.items().get(number as usize)
        {
            return Value { span, ..value.clone() };
        }
        if let Some(value) = object.chosen(span).filter(Value::is_constant) {
            return value;
        }
        let path = match key.filter(|key| is_word(key)) {
            Some(key) => joined_path(&object.path, key),
            None => marked_path(&object.path, "[]"),
        };
        let mut value = Value::named(span, path);
        value.origin = if object.is_constant() { Origin::Unknown } else { object.origin };
        if object.is_constant() && matches!(object.what, What::Unknown | What::Text(_)) {
            value.origin = Origin::Constant;
        }
        value.cleaned = object.cleaned;
        self.mark_outside(&mut value);
        value
    }

    fn list(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let mut items = Vec::new();
        for child in self.children(node) {
            if is_type(child) {
                continue;
            }
            let value = self.evaluate(child);
            if items.len() < MEMBERS_MAX {
                items.push(value);
            }
        }
        Self::list_of(span, items)
    }

    pub(super) fn list_of(span: Span, items: Vec<Value>) -> Value {
        let origin = items.iter().map(|item| item.origin).max().unwrap_or(Origin::Constant);
        let cleaned =
            items.iter().fold(u32::MAX, |all, item| if item.is_constant() { all } else { all & item.cleaned });
        let path =
            items.first().map(|first| Rc::clone(&first.path)).filter(|path| path.ends_with("()")).unwrap_or_default();
        Value { span, what: What::List(items.into()), origin, cleaned, path, ..Value::default() }
    }

    fn fields(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let mut fields: Vec<(Rc<str>, Value)> = Vec::new();
        let mut origin = Origin::Constant;
        let mut cleaned = u32::MAX;
        for child in self.children(node) {
            let (name, at, value) = match child.kind() {
                "pair" => {
                    let (Some(key), Some(value)) = (self.get(child, Slot::Key), self.get(child, Slot::Value)) else {
                        continue;
                    };
                    let name = match self.role(key) {
                        Role::Name if self.language.is_script() => self.text(key).to_owned(),
                        _ => self.evaluate(key).as_text().unwrap_or("").to_owned(),
                    };
                    (name, Self::span(key), self.evaluate(value))
                }
                "shorthand_property_identifier" => {
                    (self.text(child).to_owned(), Self::span(child), self.evaluate(child))
                }
                "method_definition" => {
                    self.function(child, &[]);
                    continue;
                }
                _ => {
                    let value = self.evaluate(child);
                    origin = origin.max(value.origin);
                    match &value.what {
                        What::Fields(spread) => fields.extend(spread.iter().cloned()),
                        _ => fields.push((Rc::from(SPREAD), value)),
                    }
                    continue;
                }
            };
            origin = origin.max(value.origin);
            if !value.is_constant() {
                cleaned &= value.cleaned;
            }
            self.listener.set(&Setting { path: &format!(".{name}"), span: at, value: &value });
            if fields.len() < MEMBERS_MAX {
                fields.push((name.into(), value));
            }
        }
        Value { span, what: What::Fields(fields.into()), origin, cleaned, ..Value::default() }
    }

    /// `tls.Config{InsecureSkipVerify: true}`: a call with named arguments.
    fn structure(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let named = self.get(node, Slot::Type).or_else(|| self.get(node, Slot::Name));
        let (path, at) = match named {
            Some(kind) if self.role(kind) == Role::Member => (self.evaluate(kind).path, Self::span(kind)),
            Some(kind) => (Rc::from(self.text(kind)), Self::span(kind)),
            None => (Rc::from(""), span),
        };
        let mut arguments: Vec<(Option<Rc<str>>, Value)> = Vec::new();
        let body = self.get(node, Slot::Body);
        for child in body.map(|body| self.children(body)).unwrap_or_default() {
            let (key, value) = (self.get(child, Slot::Key), self.get(child, Slot::Value));
            let keyed = matches!(child.kind(), "keyed_element" | "field_initializer");
            let (name, value) = match (key.filter(|_| keyed), value.filter(|_| keyed)) {
                (Some(key), Some(value)) => (Some(self.text(key)), self.evaluate(value)),
                _ => (None, self.evaluate(child)),
            };
            if arguments.len() < MEMBERS_MAX {
                arguments.push((name.map(|name| Rc::from(name.trim_matches('"'))), value));
            }
        }
        let listed = arguments.iter().all(|(name, _)| name.is_none());
        self.listener.call(&Call { path: &path, span: at, receiver: None, arguments: &arguments });
        let mut value = if listed {
            Self::list_of(span, arguments.into_iter().map(|(_, value)| value).collect())
        } else {
            let origin = arguments.iter().map(|(_, value)| value.origin).max().unwrap_or(Origin::Constant);
            let fields: Vec<_> = arguments.into_iter().filter_map(|(name, value)| Some((name?, value))).collect();
            Value { span, what: What::Fields(fields.into()), origin, ..Value::default() }
        };
        value.path = path;
        value
    }

    fn choice(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let children = self.children(node);
        let (test, one, two) = match (self.language, children.as_slice()) {
            (Language::Python, [one, test, two]) | (_, [test, one, two]) => (*test, *one, *two),
            _ => return Value::unknown(span),
        };
        self.evaluate(test);
        self.guard(test);
        let (one, two) = (self.evaluate(one), self.evaluate(two));
        Value { span, ..one.or(&two) }
    }

    fn binary(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let (Some(left), Some(right)) = (self.get(node, Slot::Left), self.get(node, Slot::Right)) else {
            return Value::unknown(span);
        };
        let operator = node.child_by_field_name("operator");
        let operator = operator.map(|operator| self.text(operator).to_owned()).unwrap_or_default();
        let (left, right) = (self.evaluate(left), self.evaluate(right));
        match operator.as_str() {
            "+" => add(span, left, right),
            "%" if left.as_pieces().is_some() => super::text::percent(span, &left, &right),
            "/" if self.language == Language::Python => {
                // `Path(a) / b`
                Value {
                    span,
                    origin: left.origin.max(right.origin),
                    cleaned: left.cleaned & right.cleaned,
                    path: left.path,
                    ..Value::default()
                }
            }
            "||" | "or" | "??" | "&&" | "and" => Value { span, ..left.or(&right) },
            "==" | "===" | "!=" | "!==" => {
                self.listener.compare(&Comparison { span, left: &left, right: &right });
                Value::constant(span, What::Unknown)
            }
            "*" if matches!(left.what, What::List(_) | What::Text(_)) && left.is_constant() => {
                Value::constant(span, What::Unknown)
            }
            "|" => {
                // Flags: known together when each is.
                let origin = left.origin.max(right.origin);
                Value { span, origin, what: What::List([left, right].into()), ..Value::default() }
            }
            "<" | ">" | "<=" | ">=" | "in" | "not in" | "instanceof" => Value::constant(span, What::Unknown),
            _ => {
                let what = match (left.as_number(), right.as_number(), operator.as_str()) {
                    (Some(one), Some(two), "*") => What::Number(one * two),
                    (Some(one), Some(two), "-") => What::Number(one - two),
                    (Some(one), Some(two), "/") => What::Number(one / two),
                    (Some(one), Some(two), "<<") if two < 32.0 => What::Number(one * two.exp2()),
                    _ => What::Unknown,
                };
                // Arithmetic gives numbers, which break out of nothing.
                Value::constant(span, what)
            }
        }
    }

    fn compare_all(&mut self, node: Node<'t>) -> Value {
        let span = Self::span(node);
        let values: Vec<Value> = self.children(node).into_iter().map(|child| self.evaluate(child)).collect();
        let mut cursor = node.walk();
        let equal = node.children(&mut cursor).any(|child| matches!(child.kind(), "==" | "!="));
        if let ([left, right], true) = (values.as_slice(), equal) {
            self.listener.compare(&Comparison { span, left, right });
        }
        Value::constant(span, What::Unknown)
    }

    fn comprehension(&mut self, node: Node<'t>) -> Value {
        let body = self.get(node, Slot::Body);
        for child in self.children(node) {
            if Some(child) == body {
                continue;
            }
            match (child.kind(), self.get(child, Slot::Left), self.get(child, Slot::Right)) {
                ("for_in_clause", Some(left), Some(right)) => {
                    let from = self.evaluate(right);
                    self.bind_element(left, &from);
                }
                _ => {
                    self.evaluate(child);
                    self.guard(child);
                }
            }
        }
        let element = body.map(|body| self.evaluate(body)).unwrap_or_default();
        Self::list_of(Self::span(node), vec![element])
    }

    /// `<a dangerouslySetInnerHTML={…}>`
    fn markup(&mut self, node: Node<'t>) -> Value {
        let children = self.children(node);
        let (Some(name), value) = (children.first(), children.get(1)) else {
            return Value::unknown(Self::span(node));
        };
        let path = format!(".{}", self.text(*name));
        let at = Self::span(*name);
        if let Some(value) = value {
            let value = self.evaluate(*value);
            self.listener.set(&Setting { path: &path, span: at, value: &value });
        }
        Value::unknown(Self::span(node))
    }
}

/// `a + b`: texts are pieced together, numbers are added.
pub(super) fn add(span: Span, left: Value, right: Value) -> Value {
    if let (Some(one), Some(two)) = (left.as_number(), right.as_number()) {
        return Value::constant(span, What::Number(one + two));
    }
    if left.as_pieces().is_some() || right.as_pieces().is_some() {
        return Value::joined(span, &[left, right]);
    }
    if let (What::List(one), What::List(two)) = (&left.what, &right.what) {
        let items = one.iter().chain(two.iter()).take(MEMBERS_MAX).cloned().collect();
        return Reading::list_of(span, items);
    }
    let cleaned = if left.is_constant() {
        right.cleaned
    } else if right.is_constant() {
        left.cleaned
    } else {
        left.cleaned & right.cleaned
    };
    Value { span, origin: left.origin.max(right.origin), cleaned, ..Value::default() }
}

pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "slice_type"
            | "map_type"
            | "array_type"
            | "channel_type"
            | "pointer_type"
            | "generic_type"
            | "integral_type"
            | "dimensions"
            | "dimensions_expr"
            | "floating_point_type"
            | "type_arguments"
            | "function_type"
    )
}

/// Whether a key reads like a name.
fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn is_statement(node: Node<'_>) -> bool {
    let kind = node.kind();
    kind.ends_with("_statement") && kind != "expression_statement" || kind.ends_with("_declaration")
}

fn is_numeric(kind: &str) -> bool {
    super::parameter::is_harmless_type(kind)
}

fn number(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|letter| *letter != '_').collect();
    let digits = text.trim_end_matches(['n', 'L', 'l']);
    let radix = |prefix: &str, radix: u32| {
        let rest = digits.strip_prefix(prefix).or_else(|| digits.strip_prefix(&prefix.to_ascii_uppercase()))?;
        u64::from_str_radix(rest, radix).ok().map(|number| number as f64)
    };
    let plain = || {
        let end = digits.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    };
    radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)).or_else(plain)
}
