//! Edits of Terraform that set one attribute where it is written, or should be.
//!
//! Only what is plain is edited: a literal in the resource's own block, or a place for a new line in it. A value
//! that comes from a variable, a loop or another module is for people. New lines stand apart from their
//! neighbours, so that `terraform fmt` has nothing to align.

use palisade_inventory::terraform::{Attribute, Block, Body, File, Node};
use palisade_model::{Edit, Span};

/// The edit that makes `path` of the block with this head be `literal`.
pub(super) fn set(file: &File, text: &str, head: Span, path: &str, literal: &str) -> Option<Edit> {
    if !file.path.ends_with(".tf") {
        return None; // the other syntax is JSON
    }
    let mut block = file.body.blocks.iter().find(|block| block.head == head)?;
    let mut names = path.split('.').peekable();
    let mut missing = Vec::new();
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            if let Some(attribute) = attribute(&block.body, name).filter(|_| missing.is_empty()) {
                return is_literal(attribute).then(|| edit(attribute.value.span, literal.to_owned()));
            }
            missing.push(name);
        } else if !missing.is_empty() {
            missing.push(name);
        } else {
            let mut inner = block.body.blocks.iter().filter(|inner| *inner.kind == *name);
            match (inner.next(), inner.next()) {
                (Some(one), None) => block = one,
                (None, _) if !is_made(&block.body, name) => missing.push(name),
                _ => return None, // which of several is meant?
            }
        }
    }
    insert(text, block, &missing, literal)
}

fn attribute<'a>(body: &'a Body, name: &str) -> Option<&'a Attribute> {
    body.attributes.iter().find(|attribute| *attribute.name == *name)
}

fn is_literal(attribute: &Attribute) -> bool {
    matches!(attribute.value.node, Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Null)
}

/// Whether something else than plain blocks makes blocks of this name.
fn is_made(body: &Body, name: &str) -> bool {
    let dynamic = body.blocks.iter().any(|block| &*block.kind == "dynamic" && block.label(0) == name);
    dynamic || attribute(body, name).is_some()
}

fn edit(span: Span, replacement: String) -> Edit {
    Edit { path: None, span, replacement }
}

/// New lines at the end of a block: `last = literal`, in blocks of the other names.
fn insert(text: &str, block: &Block, names: &[&str], literal: &str) -> Option<Edit> {
    let end = (block.span.end as usize).checked_sub(1)?;
    let inside = text.get(block.head.end as usize..end)?;
    if !text.get(end..)?.starts_with('}') {
        return None;
    }
    let line_end = if inside.contains("\r\n") || text.ends_with("\r\n") { "\r\n" } else { "\n" };
    let line_start = text.get(..end)?.rfind('\n').map_or(0, |at| at + 1);
    let last_line = text.get(line_start..end)?;
    let empty = inside.trim_start().strip_prefix('{')?.trim().is_empty();
    let (indent, at) = match last_line.trim().is_empty() {
        true => (last_line, line_start),
        false if empty => {
            let first = last_line.len() - last_line.trim_start().len();
            (last_line.get(..first)?, block.head.end as usize + inside.find('{')? + 1)
        }
        false => return None, // the whole block stands on one line
    };
    let mut lines = String::new();
    let (name, outer) = names.split_last()?;
    let deeper = |depth: usize| format!("{indent}{}", "  ".repeat(depth + 1));
    for (depth, block) in outer.iter().enumerate() {
        lines.push_str(&format!("{}{block} {{{line_end}", deeper(depth)));
    }
    lines.push_str(&format!("{}{name} = {literal}{line_end}", deeper(outer.len())));
    for depth in (0..outer.len()).rev() {
        lines.push_str(&format!("{}}}{line_end}", deeper(depth)));
    }
    if last_line.trim().is_empty() {
        let apart = if empty || text.get(..line_start)?.ends_with(&line_end.repeat(2)) { "" } else { line_end };
        return Some(edit(Span::new(at, at), format!("{apart}{lines}")));
    }
    Some(edit(Span::new(at, end), format!("{line_end}{lines}{indent}")))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// The text after the edit of the first block.
    fn after(text: &str, path: &str, literal: &str) -> Option<String> {
        let file = File::parse("main.tf".into(), text);
        let edit = set(&file, text, file.body.blocks.first().unwrap().head, path, literal)?;
        let (from, to) = (edit.span.start as usize, edit.span.end as usize);
        Some(format!("{}{}{}", &text[..from], edit.replacement, &text[to..]))
    }

    #[test]
    fn literals_are_replaced_where_they_stand() {
        let text = "resource \"a\" \"b\" {\n  on   = false # why\n}\n";
        assert_eq!(after(text, "on", "true").unwrap(), text.replace("false", "true"));
        let nested = "resource \"a\" \"b\" {\n  x {\n    on = \"no\"\n  }\n}\n";
        assert_eq!(after(nested, "x.on", "\"yes\"").unwrap(), nested.replace("no", "yes"));
    }

    #[test]
    fn new_lines_stand_apart_at_the_end_of_their_block() {
        let text = "resource \"a\" \"b\" {\n  name = \"n\"\n}\n";
        assert_eq!(after(text, "on", "true").unwrap(), "resource \"a\" \"b\" {\n  name = \"n\"\n\n  on = true\n}\n");
        let nested = "resource \"a\" \"b\" {\n  name = \"n\"\n\n  x {\n    on = true\n  }\n}\n";
        assert_eq!(after(text, "x.on", "true").unwrap(), nested);
        assert_eq!(after("resource \"a\" \"b\" {}\n", "on", "1").unwrap(), "resource \"a\" \"b\" {\n  on = 1\n}\n");
        let windows = text.replace('\n', "\r\n");
        assert_eq!(after(&windows, "x.on", "true").unwrap(), nested.replace('\n', "\r\n"));
    }

    #[test]
    fn what_is_not_plain_is_left() {
        for text in [
            "resource \"a\" \"b\" {\n  on = var.on\n}\n",
            "resource \"a\" \"b\" { name = 1 }\n",
            "resource \"a\" \"b\" {\n  x { on = var.on }\n}\n",
        ] {
            assert_eq!(after(text, "on", "true").filter(|_| !text.contains("x {")), None, "{text}");
        }
        let several = "resource \"a\" \"b\" {\n  x {\n  }\n  x {\n  }\n}\n";
        assert_eq!(after(several, "x.on", "true"), None);
        let made = "resource \"a\" \"b\" {\n  dynamic \"x\" {\n    content {}\n  }\n}\n";
        assert_eq!(after(made, "x.on", "true"), None);
    }
}
