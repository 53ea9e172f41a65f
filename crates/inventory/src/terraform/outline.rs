//! The name of a place in a file: `aws_s3_bucket.logs.versioning.enabled`.

use palisade_model::Span;

use super::{Body, Expression, Node};

pub(super) fn path_of(body: &Body, span: Span) -> String {
    let mut parts = Vec::new();
    descend(body, span, &mut parts);
    parts.join(".")
}

fn descend<'b>(body: &'b Body, span: Span, parts: &mut Vec<&'b str>) {
    if let Some(block) = body.blocks.iter().find(|block| block.span.contains(span)) {
        if !matches!(&*block.kind, "resource" if !block.labels.is_empty()) {
            parts.push(&block.kind);
        }
        parts.extend(block.labels.iter().map(|label| &**label));
        return descend(&block.body, span, parts);
    }
    let within = |name: Span, value: &Expression| name.to(value.span).contains(span);
    if let Some(attribute) = body.attributes.iter().find(|one| within(one.name_span, &one.value)) {
        parts.push(&attribute.name);
        inside(&attribute.value, span, parts);
    }
}

fn inside<'b>(expression: &'b Expression, span: Span, parts: &mut Vec<&'b str>) {
    match &expression.node {
        Node::Object(entries) => {
            if let Some((key, value)) = entries.iter().find(|(key, value)| key.span.to(value.span).contains(span)) {
                if let Node::Text(name) = &key.node {
                    parts.push(name);
                }
                inside(value, span, parts);
            }
        }
        Node::List(items) | Node::Call(_, items, _) => {
            if let Some(item) = items.iter().find(|item| item.span.contains(span)) {
                inside(item, span, parts);
            }
        }
        _ => {}
    }
}
