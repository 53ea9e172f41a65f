//! A check's page as HTML: headings, paragraphs, lists, fences and code spans.

use std::fmt::Write as _;

use super::prose;
use crate::page::sections;
use crate::xml::escape;

/// Appends every section of the page.
pub(super) fn push(out: &mut String, page: &str) {
    for (heading, body) in sections(page) {
        let _ = writeln!(out, "<h4>{}</h4>", escape(heading));
        push_body(out, body);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Paragraph,
    Item,
}

fn push_body(out: &mut String, body: &str) {
    let mut open = Open::Nothing;
    let mut text = String::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            close(out, &mut open, &mut text);
            let path = info.split_once(' ').map_or("", |(_, path)| path);
            let path = path.strip_prefix("+ ").unwrap_or(path).trim();
            if !path.is_empty() {
                let _ = writeln!(out, "<span class=\"where\">{}</span>", escape(path));
            }
            out.push_str("<pre class=\"plain\">");
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                out.push_str(&escape(&code.replace('\t', "    ")));
                out.push('\n');
            }
            out.push_str("</pre>\n");
        } else if line.trim().is_empty() {
            close(out, &mut open, &mut text);
        } else if line.starts_with("### ") || line.starts_with('|') {
            close(out, &mut open, &mut text);
            let _ = writeln!(out, "<p>{}</p>", prose(line.trim_start_matches('#').trim()));
        } else {
            let item = line.trim_start().strip_prefix("- ");
            if item.is_some() || open == Open::Nothing {
                close(out, &mut open, &mut text);
                open = if item.is_some() { Open::Item } else { Open::Paragraph };
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(item.unwrap_or(line).trim());
        }
    }
    close(out, &mut open, &mut text);
}

fn close(out: &mut String, open: &mut Open, text: &mut String) {
    let text = prose(&std::mem::take(text));
    let _ = match std::mem::replace(open, Open::Nothing) {
        Open::Nothing => Ok(()),
        Open::Paragraph => writeln!(out, "<p>{text}</p>"),
        Open::Item => writeln!(out, "<ul><li>{text}</li></ul>"),
    };
}
