//! Strings: quoted, and as heredocs, with parts to fill in.

use palisade_model::Span;

use super::parser::{Parser, Read};
use super::{DEPTH_MAX, Expression, Node, Part};

/// What closes a run of parts.
enum Close {
    End,
    Else,
    EndIf,
    EndFor,
}

impl Parser<'_> {
    /// A string in quotes.
    pub(super) fn quoted(&mut self) -> Read<Expression> {
        let start = self.at;
        self.at += 1;
        let (parts, _) = self.bracketed(true, |parser| parser.parts(true))?;
        if !self.take("\"") {
            return self.astray("this string is never closed");
        }
        Ok(Expression { node: joined(parts), span: Span::new(start, self.at) })
    }

    /// `<<EOT` and `<<-EOT`.
    pub(super) fn heredoc(&mut self) -> Read<Expression> {
        let start = self.at;
        self.at += "<<".len();
        let flush = self.take("-");
        let (marker, _) = self.name()?;
        if !self.take("\n") && !self.take("\r\n") {
            return self.astray("a line ends after the name of a heredoc");
        }
        let (from, mut at) = (self.at, self.at);
        let end = loop {
            let rest = self.text.get(at..self.end).unwrap_or("");
            if rest.is_empty() {
                return self.astray("this heredoc is never closed");
            }
            let line = rest.split('\n').next().unwrap_or("");
            if line.trim() == marker {
                self.at = at + line.trim_end().len();
                break at;
            }
            at += line.len() + 1;
        };
        let indent = if flush { indent_of(self.text.get(from..end).unwrap_or("")) } else { 0 };
        let (after, outer_end) = (self.at, self.end);
        (self.at, self.end) = (from, end);
        let parts = self.bracketed(true, |parser| parser.parts(false));
        self.end = outer_end;
        let (mut parts, _) = parts?;
        self.at = after;
        if indent > 0 {
            outdent(&mut parts, indent, &mut true);
        }
        Ok(Expression { node: joined(parts), span: Span::new(start, after) })
    }

    /// Parts up to the closing quote, the end of the heredoc, or a closing directive.
    fn parts(&mut self, quoted: bool) -> Read<(Vec<Part>, Close)> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.astray("templates stand too deep inside each other");
        }
        let mut parts = Vec::new();
        let mut text = String::new();
        let close = loop {
            let rest = self.rest();
            let Some(next) = rest.find(|c: char| matches!(c, '$' | '%') || quoted && matches!(c, '"' | '\\' | '\n'))
            else {
                text.push_str(rest);
                self.at = self.end;
                break Close::End;
            };
            text.push_str(rest.get(..next).unwrap_or(""));
            self.at += next;
            let rest = self.rest();
            if quoted && rest.starts_with(['"', '\n']) {
                break Close::End;
            } else if quoted && rest.starts_with('\\') {
                self.escape(&mut text);
            } else if rest.starts_with("$${") || rest.starts_with("%%{") {
                text.push_str(rest.get(1..3).unwrap_or(""));
                self.at += 3;
            } else if rest.starts_with("${") {
                push_text(&mut parts, &mut text);
                self.at += 2;
                self.take("~");
                let hole = self.expression()?;
                self.close_hole()?;
                parts.push(Part::Hole(hole));
            } else if rest.starts_with("%{") {
                push_text(&mut parts, &mut text);
                self.at += 2;
                self.take("~");
                if let Some(close) = self.directive(quoted, &mut parts)? {
                    break close;
                }
            } else {
                text.push_str(rest.get(..1).unwrap_or(""));
                self.at += 1;
            }
        };
        push_text(&mut parts, &mut text);
        self.depth = self.depth.saturating_sub(1);
        Ok((parts, close))
    }

    fn close_hole(&mut self) -> Read<()> {
        self.skip(true);
        self.take("~");
        if self.take("}") { Ok(()) } else { self.astray("`}` is missing") }
    }

    /// What follows `%{`: adds its part, or says what it closes.
    fn directive(&mut self, quoted: bool, parts: &mut Vec<Part>) -> Read<Option<Close>> {
        self.skip(true);
        match self.name()?.0 {
            "if" => {
                let condition = self.expression()?;
                self.close_hole()?;
                let (yes, close) = self.parts(quoted)?;
                let (no, close) = if matches!(close, Close::Else) { self.parts(quoted)? } else { (Vec::new(), close) };
                if !matches!(close, Close::EndIf) {
                    return self.astray("`%{ endif }` is missing");
                }
                parts.push(Part::If(condition, yes, no));
                Ok(None)
            }
            "for" => {
                self.skip(true);
                let mut item = self.name()?.0;
                let mut key = None;
                self.skip(true);
                if self.take(",") {
                    self.skip(true);
                    key = Some(item.into());
                    item = self.name()?.0;
                    self.skip(true);
                }
                if !self.take("in") {
                    return self.astray("`in` is missing after `for`");
                }
                let over = self.expression()?;
                self.close_hole()?;
                let (repeated, close) = self.parts(quoted)?;
                if !matches!(close, Close::EndFor) {
                    return self.astray("`%{ endfor }` is missing");
                }
                parts.push(Part::For(key, item.into(), over, repeated));
                Ok(None)
            }
            "else" => self.close_hole().map(|()| Some(Close::Else)),
            "endif" => self.close_hole().map(|()| Some(Close::EndIf)),
            "endfor" => self.close_hole().map(|()| Some(Close::EndFor)),
            _ => self.astray("no template says this"),
        }
    }

    fn escape(&mut self, text: &mut String) {
        let rest = self.rest();
        let code = rest.get(1..2).unwrap_or("");
        let digits = match code {
            "u" => 4,
            "U" => 8,
            _ => 0,
        };
        if digits > 0 {
            let value = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            if let Some(character) = value.and_then(char::from_u32) {
                text.push(character);
                self.at += 2 + digits;
                return;
            }
        }
        let plain = match code {
            "n" => "\n",
            "r" => "\r",
            "t" => "\t",
            "\"" => "\"",
            "\\" => "\\",
            _ => "\\",
        };
        text.push_str(plain);
        self.at += if matches!(code, "n" | "r" | "t" | "\"" | "\\") { 2 } else { 1 };
    }
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text).into()));
    }
}

/// Parts as one node: text alone is text, a hole alone is what stands in it.
fn joined(mut parts: Vec<Part>) -> Node {
    match (parts.len(), parts.pop()) {
        (0, _) | (_, None) => Node::Text("".into()),
        (1, Some(Part::Text(text))) => Node::Text(text),
        (1, Some(Part::Hole(hole))) => match hole.node {
            // A name alone stays apart from its text: `"${a}"` is not `a` when it is used as a key.
            node @ Node::Traversal(..) => Node::Access(Box::new(Expression { node, span: hole.span }), Vec::new()),
            node => node,
        },
        (_, Some(last)) => {
            parts.push(last);
            Node::Template(parts)
        }
    }
}

fn indent_of(text: &str) -> usize {
    let indents = text.lines().filter(|line| !line.trim().is_empty());
    indents.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0)
}

/// Takes `indent` blanks off each line's start.
fn outdent(parts: &mut [Part], indent: usize, at_start: &mut bool) {
    for part in parts {
        match part {
            Part::Text(text) => {
                let mut kept = String::with_capacity(text.len());
                for line in text.split_inclusive('\n') {
                    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
                    let cut = if *at_start { blanks.min(indent) } else { 0 };
                    kept.push_str(line.get(cut..).unwrap_or(""));
                    *at_start = line.ends_with('\n');
                }
                *text = kept.into();
            }
            Part::Hole(_) => *at_start = false,
            Part::If(_, yes, no) => {
                outdent(yes, indent, at_start);
                outdent(no, indent, at_start);
            }
            Part::For(_, _, _, repeated) => outdent(repeated, indent, at_start),
        }
    }
}

/// The template in a text of its own, as JSON strings hold them; text when it does not read.
pub(super) fn of_text(text: &str, span: Span) -> Expression {
    if !text.contains("${") && !text.contains("%{") {
        return Expression { node: Node::Text(text.into()), span };
    }
    let mut parser = Parser::new(text);
    parser.lines_open = true;
    let parts = parser.parts(false);
    let node = match parts {
        Ok((mut parts, Close::End)) => {
            parts.iter_mut().for_each(|part| place(part, span));
            joined(parts)
        }
        _ => Node::Broken,
    };
    Expression { node, span }
}

/// Every expression of a part is said to stand at `span`: offsets inside JSON strings are not kept.
fn place(part: &mut Part, span: Span) {
    if let Part::Hole(hole) | Part::If(hole, _, _) | Part::For(_, _, hole, _) = part {
        hole.span = span;
    }
}
