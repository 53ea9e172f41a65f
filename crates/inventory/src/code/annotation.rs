//! Annotations of Java on classes and methods: told as calls of their names, `@CrossOrigin`, with what they are given.

use std::rc::Rc;

use palisade_model::Span;
use tree_sitter::Node;

use super::read::{Call, Reading};
use super::value::{MEMBERS_MAX, Value};

impl<'t> Reading<'t, '_> {
    /// Tells of the annotations on a declaration.
    pub(super) fn annotations(&mut self, declaration: Node<'t>) {
        let mut cursor = declaration.walk();
        let Some(modifiers) = declaration.children(&mut cursor).find(|child| child.kind() == "modifiers") else {
            return;
        };
        let mut cursor = modifiers.walk();
        let all: Vec<_> = modifiers.named_children(&mut cursor).collect();
        for annotation in all {
            if matches!(annotation.kind(), "annotation" | "marker_annotation") {
                self.annotation(annotation);
            }
        }
    }

    fn annotation(&mut self, annotation: Node<'t>) {
        let Some(name) = annotation.child_by_field_name("name") else { return };
        let given = annotation.child_by_field_name("arguments").map(|list| self.children(list)).unwrap_or_default();
        let mut arguments: Vec<(Option<Rc<str>>, Value)> = Vec::new();
        for one in given.into_iter().take(MEMBERS_MAX) {
            let (key, value) = match one.kind() {
                "element_value_pair" => (one.child_by_field_name("key"), one.child_by_field_name("value")),
                _ => (None, Some(one)),
            };
            let key = key.map(|key| Rc::from(self.text(key)));
            let Some(value) = value else { continue };
            let value = match value.kind() {
                "element_value_array_initializer" => {
                    let items = self.children(value).into_iter().take(MEMBERS_MAX);
                    let items = items.map(|item| self.evaluate(item)).collect();
                    Self::list_of(Self::span(value), items)
                }
                _ => self.evaluate(value),
            };
            arguments.push((key, value));
        }
        let name_text = self.text(name);
        let path = format!("@{}", name_text.rsplit('.').next().unwrap_or(name_text));
        let span = Span::new(annotation.start_byte(), name.end_byte());
        self.listener.call(&Call { path: &path, span, receiver: None, arguments: &arguments });
    }
}
