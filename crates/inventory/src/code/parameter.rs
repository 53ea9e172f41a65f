//! Parameters of functions: where their values come from.

use std::rc::Rc;

use tree_sitter::Node;

use super::grammar::{Language, Role, Slot};
use super::read::Reading;
use super::value::{Origin, Value, What};

/// Types whose values break out of nothing.
pub(super) fn is_harmless_type(kind: &str) -> bool {
    let kind = kind.trim_start_matches([':', ' ', '&', '*']).trim_end();
    let inner = kind.strip_prefix("Optional[").or_else(|| kind.strip_prefix("Option<")).unwrap_or(kind);
    let inner = inner.trim_end_matches([']', '>', '?']).split('|').next().unwrap_or(inner).trim();
    matches!(
        inner,
        "int"
            | "float"
            | "bool"
            | "number"
            | "boolean"
            | "long"
            | "short"
            | "double"
            | "byte"
            | "char"
            | "Integer"
            | "Long"
            | "Short"
            | "Double"
            | "Float"
            | "Boolean"
            | "Byte"
            | "BigDecimal"
            | "BigInteger"
            | "UUID"
            | "LocalDate"
            | "LocalDateTime"
            | "Instant"
            | "Date"
            | "datetime"
            | "date"
            | "Decimal"
            | "Uuid"
            | "uuid.UUID"
            | "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "float32"
            | "float64"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "isize"
            | "f32"
            | "f64"
            | "bigint"
            | "time.Time"
            | "time.Duration"
            | "error"
            | "Duration"
    )
}

impl<'t> Reading<'t, '_> {
    /// Gives each parameter of a function a value; `handles` when the function is called from outside.
    pub(super) fn parameters(&mut self, list: Node<'t>, handles: bool) {
        if self.role(list) == Role::Name {
            let span = Self::span(list);
            let mut value = self.parameter_named(self.text(list), list, handles);
            value.span = span;
            return self.bind(list, value);
        }
        for parameter in self.children(list) {
            let kind = self.get(parameter, Slot::Type);
            match self.language {
                Language::Go => self.go_parameter(parameter),
                _ => {
                    let target = match parameter.kind() {
                        "typed_parameter" => self.first(parameter),
                        _ => parameter
                            .child_by_field_name("pattern")
                            .or_else(|| parameter.child_by_field_name("name"))
                            .or_else(|| parameter.child_by_field_name("left"))
                            .or(Some(parameter)),
                    };
                    let Some(target) = target else { continue };
                    if let Some(default) = parameter.child_by_field_name("value") {
                        self.evaluate(default);
                    }
                    let name = self.text(target);
                    let marked = handles || self.is_marked(parameter, kind);
                    let mut value = self.parameter_named(name, target, marked && !self.is_injected(parameter));
                    if let Some(kind) = kind {
                        let text = self.text(kind);
                        if is_harmless_type(text) {
                            value = Value { path: value.path, ..Value::constant(value.span, What::Unknown) };
                        } else if matches!(self.language, Language::Java | Language::Rust) {
                            let path = self.type_path(kind);
                            if !matches!(&*path, "String" | "str") {
                                value.path = path;
                            }
                            self.mark_outside(&mut value);
                        }
                    }
                    self.bind_quietly(target, value);
                }
            }
        }
    }

    fn go_parameter(&mut self, parameter: Node<'t>) {
        let kind = self.get(parameter, Slot::Type);
        let path = kind.map(|kind| self.type_path(kind)).unwrap_or_default();
        for name in self.children(parameter).into_iter().filter(|child| child.kind() == "identifier") {
            let span = Self::span(name);
            let value = if kind.is_some_and(|kind| is_harmless_type(self.text(kind))) {
                Value::constant(span, What::Unknown)
            } else {
                let path = if &*path == "string" { Rc::from(self.text(name)) } else { Rc::clone(&path) };
                Value { origin: Origin::Parameter(span), ..Value::named(span, path) }
            };
            self.bind_quietly(name, value);
        }
    }

    fn parameter_named(&self, name: &str, node: Node<'t>, outside: bool) -> Value {
        let span = Self::span(node);
        let mut value = Value::named(span, Rc::from(name));
        let own =
            matches!(name, "self" | "cls" | "this" | "request" | "req" | "res" | "response" | "ctx" | "db" | "session");
        value.origin = if outside && !own { Origin::Outside(span) } else { Origin::Parameter(span) };
        self.mark_outside(&mut value);
        value
    }

    /// Whether an annotation or the type says that the value comes from outside.
    fn is_marked(&self, parameter: Node<'t>, kind: Option<Node<'t>>) -> bool {
        let handlers = self.listener.vocabulary().handlers;
        let named = |text: &str| {
            let name = text.trim_start_matches(['@', '&', ':', ' ']);
            let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != ':');
            let name = name.get(..end.unwrap_or(name.len())).unwrap_or("");
            handlers.contains(&name.rsplit("::").next().unwrap_or(name))
        };
        match self.language {
            Language::Java => {
                let mut cursor = parameter.walk();
                let modifiers = parameter.children(&mut cursor).find(|child| child.kind() == "modifiers");
                modifiers.is_some_and(|modifiers| self.text(modifiers).split('@').skip(1).any(named))
            }
            Language::Rust => kind.is_some_and(|kind| named(self.text(kind))),
            _ if self.language.is_script() => {
                let mut cursor = parameter.walk();
                let mut marks = parameter.children(&mut cursor).filter(|child| child.kind() == "decorator");
                marks.any(|mark| named(self.text(mark)))
            }
            _ => false,
        }
    }

    /// `db = Depends(get_db)`: made by the program itself.
    fn is_injected(&self, parameter: Node<'t>) -> bool {
        if self.language != Language::Python {
            return false;
        }
        let text = self.text(parameter);
        ["Depends(", "Security(", "Session", "Request", "BackgroundTasks", "Annotated["]
            .iter()
            .any(|word| text.contains(word))
    }

    fn bind_quietly(&mut self, target: Node<'t>, value: Value) {
        match target.kind() {
            "identifier" => self.assign(self.text(target), value),
            _ => self.bind(target, value),
        }
    }
}
