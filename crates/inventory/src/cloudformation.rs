//! CloudFormation and SAM templates: resources with their properties, evaluated as far as a template alone allows.
//!
//! [`elements`] gives the same [`Element`]s as Terraform does, with kinds such as
//! `AWS::S3::Bucket`, so that checks of both see the same values. Parameters
//! count with their defaults, conditions with what follows from them; what only
//! a stack knows (accounts, regions, imports) is unknown. Nothing is transformed:
//! macros and includes stay unknown, and of SAM only `Globals` are spread.

mod intrinsics;
mod provider;

use std::rc::Rc;

use palisade_model::Span;

use crate::terraform::{Element, Entry, Key, Origin, Value};
use crate::yaml::Node;
use intrinsics::Evaluator;
pub use provider::as_terraform;

/// Resources of one template beyond this are not read; a stack holds 500.
const RESOURCES_MAX: usize = 2_000;

/// Attributes of a resource, beside its properties, that its body keeps.
const ATTRIBUTES: [&str; 2] = ["DeletionPolicy", "UpdateReplacePolicy"];

/// Whether a document is a template: it has resources with types.
#[must_use]
pub fn is_template(root: Node<'_>) -> bool {
    root.get("Resources").is_some_and(|resources| {
        resources.entries().any(|entry| entry.value.get_str("Type").is_some_and(|kind| kind.contains("::")))
    })
}

/// The resources of a template as elements of one instance. `source` is the number of its file in origins. The body
/// of each holds its properties, and its deletion policies.
#[must_use]
pub fn elements(root: Node<'_>, source: u32, instance: u32) -> Vec<Element> {
    let Some(resources) = root.get("Resources") else { return Vec::new() };
    let mut evaluator = Evaluator::new(root, source, instance);
    let mut elements = Vec::new();
    for entry in resources.entries().take(RESOURCES_MAX) {
        let (Some(name), Some(kind)) = (entry.key.as_str(), entry.value.get_str("Type")) else { continue };
        let made = entry.value.get_str("Condition").map_or(Some(true), |name| evaluator.condition(name));
        if made == Some(false) {
            continue;
        }
        let properties = entry.value.get("Properties");
        let mut entries = match properties.map(|properties| evaluator.value(properties)) {
            Some(value) => value.as_object().map(<[Entry]>::to_vec).unwrap_or_default(),
            None => Vec::new(),
        };
        if let Some(globals) = kind.strip_prefix("AWS::Serverless::").and_then(|kind| root.at(&["Globals", kind])) {
            let globals = evaluator.value(globals);
            let missing = globals
                .as_object()
                .unwrap_or(&[])
                .iter()
                .filter(|global| properties.is_none_or(|properties| properties.entry(&global.key).is_none()));
            entries.extend(missing.cloned());
        }
        for attribute in ATTRIBUTES {
            if let Some(found) = entry.value.entry(attribute) {
                let key_origin = Origin { source, span: found.key.span() };
                entries.push(Entry { key: attribute.into(), key_origin, value: evaluator.value(found.value) });
            }
        }
        let head = Origin { source, span: entry.key.span() };
        let whole = Origin { source, span: entry.key.span().to(entry.value.span()) };
        elements.push(Element {
            kind: kind.into(),
            name: name.into(),
            key: Key { instance, address: name.into() },
            value: Value::object(entries, Origin { source, span: properties.map_or(entry.key.span(), Node::span) }),
            head,
            whole,
            maybe: made.is_none(),
        });
    }
    elements
}

/// A policy that is a file of its own, as an element of the kind `policy`, named after its file.
#[must_use]
pub fn document(root: Node<'_>, path: &str, source: u32, instance: u32) -> Element {
    let name: Rc<str> = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(path).into();
    let whole = Origin { source, span: root.span() };
    Element {
        kind: "policy".into(),
        name: Rc::clone(&name),
        key: Key { instance, address: name },
        value: plain(root, source),
        head: Origin { source, span: root.entries().next().map_or(root.span(), |entry| entry.key.span()) },
        whole,
        maybe: false,
    }
}

/// A JSON or YAML document, or a part of one, as a value, without functions.
#[must_use]
pub(crate) fn plain(node: Node<'_>, source: u32) -> Value {
    Evaluator::plain(node, source).value(node)
}

/// Values that no excerpt may show: literals under names for which `is_secret` holds, and defaults of parameters that
/// are not echoed.
#[must_use]
pub fn secrets(root: Node<'_>, is_secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
    let mut spans = Vec::new();
    for parameter in root.get("Parameters").into_iter().flat_map(Node::entries) {
        let hidden = parameter.value.get("NoEcho").and_then(Node::as_bool) == Some(true)
            || parameter.key.as_str().is_some_and(is_secret);
        spans.extend(parameter.value.get("Default").filter(|_| hidden).map(Node::span));
    }
    let nodes = root.yaml().nodes().filter(|node| node.is_mapping());
    for entry in nodes.flat_map(Node::entries) {
        let text = entry.value.is_scalar() && entry.value.tag().is_none() && !entry.value.is_null();
        if text && entry.key.as_str().is_some_and(is_secret) && entry.value.as_bool().is_none() {
            spans.push(entry.value.span());
        }
    }
    spans
}

/// A name as shared text.
fn shared(text: &str) -> Rc<str> {
    text.into()
}

#[cfg(test)]
mod tests;
