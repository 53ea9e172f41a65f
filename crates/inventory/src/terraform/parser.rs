//! Bodies, blocks and attributes. After a fault it goes on at the next block that starts a line.

use std::sync::Arc;

use palisade_model::Span;

use super::{Attribute, Block, Body, DEPTH_MAX, Expression, File, NODES_MAX, Node, PROBLEMS_MAX};
use crate::Problem;

/// What stands at the start of a line when a file goes on after a fault.
const TOP: [&str; 14] = [
    "resource",
    "data",
    "variable",
    "output",
    "locals",
    "module",
    "provider",
    "terraform",
    "moved",
    "import",
    "check",
    "removed",
    "ephemeral",
    "run",
];

/// Reading went astray; the problem is noted.
pub(super) struct Astray;

/// A result whose fault is noted already.
pub(super) type Read<T> = Result<T, Astray>;

/// A cursor over the text.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// Reading ends here: the end of the text, or of the heredoc at hand.
    pub(super) end: usize,
    pub(super) depth: usize,
    pub(super) nodes: usize,
    /// Whether line ends are white space, as within brackets.
    pub(super) lines_open: bool,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn parse(path: Arc<str>, text: &str) -> File {
    let mut parser = Parser::new(text);
    if text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    let mut body = Body::default();
    loop {
        let done = parser.body(&mut body, true);
        if done.is_ok() || parser.nodes >= NODES_MAX || parser.problems.len() >= PROBLEMS_MAX || !parser.resume() {
            break;
        }
    }
    File { path, body, problems: parser.problems }
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, end: text.len(), depth: 0, nodes: 0, lines_open: false, problems: Vec::new() }
    }

    /// Goes to the next line that starts with a word of [`TOP`].
    fn resume(&mut self) -> bool {
        (self.depth, self.lines_open, self.end) = (0, false, self.text.len());
        while let Some(next) = self.text.get(self.at..).and_then(|rest| rest.find('\n')) {
            self.at += next + 1;
            let line = self.text.get(self.at..).unwrap_or("");
            let word = line.split(|c: char| !is_name(c)).next().unwrap_or("");
            if TOP.contains(&word) {
                return true;
            }
        }
        false
    }

    /// What stands up to the closing brace, or for the file up to its end.
    fn body(&mut self, body: &mut Body, is_file: bool) -> Read<()> {
        loop {
            self.skip(true);
            match self.peek() {
                None if is_file => return Ok(()),
                None => return self.astray("this block is never closed"),
                Some('}') if !is_file => return Ok(()),
                Some(c) if is_name_start(c) => self.item(body)?,
                Some(_) => return self.astray("neither a block nor an attribute starts like this"),
            }
        }
    }

    fn item(&mut self, body: &mut Body) -> Read<()> {
        self.count()?;
        let start = self.at;
        let (name, name_span) = self.name()?;
        self.skip(false);
        if self.peek() == Some('=') && !self.rest().starts_with("==") {
            self.at += 1;
            let before = self.problems.len();
            let value = self.expression();
            let broken = || Expression { node: Node::Broken, span: Span::new(start, start) };
            let failed = value.is_err();
            body.attributes.push(Attribute { name: name.into(), name_span, value: value.unwrap_or_else(|_| broken()) });
            if failed || self.problems.len() > before {
                return Err(Astray);
            }
            self.skip(false);
            return match self.peek() {
                None | Some('\n' | '\r' | '}') => Ok(()),
                Some(_) => self.astray("a line ends after the value of an attribute"),
            };
        }
        let mut labels: Vec<Box<str>> = Vec::new();
        let mut head_end = name_span.end as usize;
        loop {
            self.skip(false);
            match self.peek() {
                Some('{') => break,
                Some('"') => labels.push(self.label()?),
                Some(c) if is_name_start(c) => labels.push(self.name()?.0.into()),
                _ => return self.astray("a block has `{` after its labels, an attribute `=` after its name"),
            }
            head_end = self.at;
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.astray("blocks stand too deep inside each other");
        }
        let mut inner = Body::default();
        let read = self.body(&mut inner, false);
        self.depth = self.depth.saturating_sub(1);
        if read.is_ok() {
            self.at += 1;
        }
        body.blocks.push(Block {
            kind: name.into(),
            labels,
            head: Span::new(start, head_end),
            span: Span::new(start, self.at),
            body: inner,
        });
        read
    }

    /// A label in quotes.
    fn label(&mut self) -> Read<Box<str>> {
        let rest = self.text.get(self.at + 1..self.end).unwrap_or("");
        let Some(length) = rest.find(['"', '\n']).filter(|at| rest.as_bytes().get(*at) == Some(&b'"')) else {
            return self.astray("this label is never closed");
        };
        self.at += length + 2;
        Ok(rest.get(..length).unwrap_or("").into())
    }

    /// A name, and where it stands.
    pub(super) fn name(&mut self) -> Read<(&'t str, Span)> {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        if length == 0 || !rest.starts_with(is_name_start) {
            return self.astray("a name is expected here");
        }
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        Ok((rest.get(..length).unwrap_or(""), span))
    }

    /// Skips blanks and comments, and line ends when `lines`.
    pub(super) fn skip(&mut self, lines: bool) {
        while let Some(c) = self.peek() {
            let rest = self.rest();
            match c {
                ' ' | '\t' => self.at += 1,
                '\r' if lines || rest.starts_with("\r\n") => self.at += 1,
                '\n' if lines => self.at += 1,
                '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => self.at += rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ => return,
            }
        }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes `word` when it comes next.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let comes = self.rest().starts_with(word);
        if comes {
            self.at += word.len();
        }
        comes
    }

    pub(super) fn count(&mut self) -> Read<()> {
        self.nodes += 1;
        if self.nodes > NODES_MAX { self.astray("the file is too large to be read further") } else { Ok(()) }
    }

    /// Notes a problem here.
    pub(super) fn astray<T>(&mut self, message: &str) -> Read<T> {
        let at = self.at.min(self.text.len());
        let rest = self.text.get(at..).unwrap_or("");
        let length = rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        self.problems.push(Problem { span: Span::new(at, at + length), message: message.to_owned() });
        Err(Astray)
    }
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}
