//! `palisade explain ID`: a check's page, set for a terminal.

use std::fmt::Write as _;
use std::io;

use palisade_model::Meta;
use serde::Serialize;

use crate::Style;
use crate::catalogue::CheckOut;
use crate::human::paragraph;
use crate::json::write_pretty;
use crate::page::sections;
use crate::style::Role;
use crate::text::{columns, visible, wrap};

/// The mark that pages put on faulty lines.
const MARK: char = '←';

#[derive(Serialize)]
struct Explanation {
    #[serde(flatten)]
    check: CheckOut,
    page: &'static str,
}

/// The page as JSON: the check's declaration and its Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_explanation_json(meta: &'static Meta, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&Explanation { check: CheckOut::new(meta), page: meta.page }, out)
}

/// The page for a terminal.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_explanation(meta: &'static Meta, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::new();
    let severity = style.paint(Role::Severity(meta.severity), meta.severity);
    let _ = writeln!(text, "{}  {severity}", style.paint(Role::Strong, meta.id));
    let _ = writeln!(text, "{}\n", meta.title);
    for (heading, body) in sections(meta.page) {
        let _ = writeln!(text, "{}\n", style.paint(Role::Strong, heading));
        push_markdown(&mut text, body, style);
        text.truncate(text.trim_end_matches('\n').len());
        text.push_str("\n\n");
    }
    let mut facts = vec![("severity", meta.severity.to_string()), ("confidence", meta.confidence.to_string())];
    facts.push(("since", meta.since.to_owned()));
    if !meta.controls.is_empty() {
        facts.push(("controls", meta.controls.join(", ")));
    }
    if !meta.maps.is_empty() {
        facts.push(("maps", meta.maps.join(", ")));
    }
    for (name, value) in facts {
        let lines = wrap(&value, style.columns().saturating_sub(12));
        for (at, line) in lines.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            let _ = writeln!(text, "{}  {line}", style.paint(Role::Faint, format_args!("{name:<10}")));
        }
    }
    out.write_all(text.as_bytes())
}

/// The small Markdown of pages: paragraphs, lists, tables as they are, fences, `code`.
fn push_markdown(out: &mut String, body: &str, style: &Style) {
    let mut pending = String::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            flush(out, &mut pending, style);
            let path = info.split_once(' ').map_or(info, |(_, path)| path);
            let path = path.strip_prefix("+ ").unwrap_or(path).trim();
            if !path.is_empty() {
                let _ = writeln!(out, "  {}", style.paint(Role::Faint, path));
            }
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                push_code(out, code, style);
            }
            out.push('\n');
        } else if line.trim().is_empty() {
            flush(out, &mut pending, style);
            if !out.ends_with("\n\n") {
                out.push('\n');
            }
        } else if line.starts_with('|') {
            flush(out, &mut pending, style);
            let _ = writeln!(out, "{line}");
        } else if line.trim_start().starts_with("- ") || line.starts_with("### ") {
            flush(out, &mut pending, style);
            pending.push_str(line.trim_start_matches("### "));
        } else {
            if !pending.is_empty() {
                pending.push(' ');
            }
            pending.push_str(line.trim());
        }
    }
    flush(out, &mut pending, style);
}

fn push_code(out: &mut String, code: &str, style: &Style) {
    let code = visible(code);
    match code.rsplit_once(MARK) {
        Some((head, _)) => {
            let _ = writeln!(out, "  {}{}", head, style.paint(Role::Severity(palisade_model::Severity::High), MARK));
        }
        None => {
            let _ = writeln!(out, "{}", format!("  {code}").trim_end());
        }
    }
}

/// Ends a paragraph or list item: wraps it, then colours its code spans.
fn flush(out: &mut String, pending: &mut String, style: &Style) {
    if pending.is_empty() {
        return;
    }
    let text = std::mem::take(pending);
    let hang = if text.trim_start().starts_with("- ") { 2 } else { 0 };
    let wrapped = if hang == 0 {
        paragraph(&text, style)
    } else {
        wrap(&text, style.columns().saturating_sub(hang)).join("\n  ")
    };
    debug_assert!(columns(&wrapped) > 0);
    out.push_str(&paint_code(&wrapped, style));
    out.push('\n');
}

fn paint_code(text: &str, style: &Style) -> String {
    if !style.color {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 32);
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str(&style.paint(Role::Code, part));
        } else {
            out.push_str(part);
        }
    }
    out
}
