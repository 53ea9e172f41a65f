//! The JSON form of a configuration: keys are block kinds and labels, strings are templates.

use std::sync::Arc;

use palisade_model::Span;

use super::{Attribute, Block, Body, DEPTH_MAX, Expression, File, Node, template};
use crate::yaml::{self, Yaml};

pub(super) fn parse(path: Arc<str>, text: &str) -> File {
    let yaml = Yaml::parse(text);
    let variables = path.ends_with(".tfvars.json");
    let mut body = Body::default();
    if let Some(root) = yaml.root() {
        for entry in root.entries() {
            let name = entry.key.as_str().unwrap_or("");
            let depth = match name {
                _ if variables => None,
                "resource" | "data" | "ephemeral" => Some(2),
                "variable" | "output" | "module" | "provider" => Some(1),
                "locals" | "terraform" => Some(0),
                _ => continue,
            };
            match depth {
                None => body.attributes.push(attribute(entry, false, DEPTH_MAX)),
                Some(depth) => blocks(name, &mut Vec::new(), depth, entry.key.span(), entry.value, &mut body),
            }
        }
    }
    File { path, body, problems: yaml.problems().to_vec() }
}

/// Adds the blocks under a key; `depth` labels are still to come.
fn blocks(kind: &str, labels: &mut Vec<Box<str>>, depth: usize, head: Span, node: yaml::Node<'_>, into: &mut Body) {
    if node.is_sequence() {
        node.items().filter(|item| item.is_mapping()).for_each(|item| blocks(kind, labels, depth, head, item, into));
        return;
    }
    if depth > 0 {
        for entry in node.entries() {
            labels.push(entry.key.as_str().unwrap_or("").into());
            blocks(kind, labels, depth - 1, entry.key.span(), entry.value, into);
            labels.pop();
        }
        return;
    }
    let mut body = Body::default();
    for entry in node.entries() {
        if kind == "terraform" && entry.key.as_str() == Some("backend") {
            blocks("backend", &mut Vec::new(), 1, entry.key.span(), entry.value, &mut body);
        } else {
            body.attributes.push(attribute(entry, true, DEPTH_MAX));
        }
    }
    let span = head.to(node.span());
    into.blocks.push(Block { kind: kind.into(), labels: labels.clone(), head, span, body });
}

fn attribute(entry: yaml::Entry<'_>, templates: bool, depth: usize) -> Attribute {
    let name = entry.key.as_str().unwrap_or("").into();
    Attribute { name, name_span: entry.key.span(), value: expression(entry.value, templates, depth) }
}

fn expression(node: yaml::Node<'_>, templates: bool, depth: usize) -> Expression {
    let span = node.span();
    let node = if depth == 0 {
        Node::Broken
    } else if node.is_mapping() {
        let entries = node.entries().map(|entry| {
            let key = Node::Text(entry.key.as_str().unwrap_or("").into());
            (Expression { node: key, span: entry.key.span() }, expression(entry.value, templates, depth - 1))
        });
        Node::Object(entries.collect())
    } else if node.is_sequence() {
        Node::List(node.items().map(|item| expression(item, templates, depth - 1)).collect())
    } else if node.is_null() {
        Node::Null
    } else {
        let text = node.as_str().unwrap_or("");
        match (node.is_plain(), text) {
            (true, "true") => Node::Bool(true),
            (true, "false") => Node::Bool(false),
            (true, number) => number.parse().map_or(Node::Broken, Node::Number),
            (false, text) if templates => return template::of_text(text, span),
            (false, text) => Node::Text(text.into()),
        }
    };
    Expression { node, span }
}
