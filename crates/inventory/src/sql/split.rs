//! A text becomes statements, each small enough for a grammar that recurses.

use palisade_model::Span;
use squawk_lexer::{TokenKind, tokenize};

/// Longer statements are not parsed: the grammar's time grows with the square of an expression.
const TOKENS_MAX: usize = 20_000;
/// Deeper brackets are not parsed: the grammar recurses, and threads have small stacks.
const DEPTH_MAX: usize = 48;
/// More words that may nest without brackets (`NOT NOT …`, `CASE CASE …`, `a + b + …`) are not parsed.
const NESTING_WORDS_MAX: usize = 400;
/// More words that may nest in a row are not parsed.
const NESTING_ROW_MAX: usize = 24;

/// A statement, or what stands in the place of one.
pub(super) struct Piece {
    pub(super) span: Span,
    /// Why it is not parsed.
    pub(super) fault: Option<String>,
    /// Whether it is rows of data, too many to be parsed.
    pub(super) is_bulk: bool,
}

/// The text in the same length, with what is not SQL taken out: commands of `psql`, data after `COPY … FROM stdin`,
/// and placeholders, which become names.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut in_data = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        if in_data {
            in_data = trimmed != "\\.";
            blank(line, &mut clean);
        } else if line.starts_with('\\') {
            blank(line, &mut clean);
        } else {
            let lower = trimmed.get(trimmed.len().saturating_sub(16)..).unwrap_or("").to_ascii_lowercase();
            in_data = line.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("copy "))
                && lower.trim_end_matches(';').trim_end().ends_with("from stdin");
            with_names(line, &mut clean);
        }
    }
    clean
}

fn blank(line: &str, into: &mut String) {
    into.extend(line.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }));
}

/// `${name}`, `{{name}}` and `%(name)s` become names of the same length.
fn with_names(line: &str, into: &mut String) {
    let mut rest = line;
    while let Some(at) = memchr::memchr3(b'$', b'{', b'%', rest.as_bytes()) {
        let (head, tail) = rest.split_at(at);
        into.push_str(head);
        let length = [("${", "}"), ("{{", "}}"), ("%(", ")s")].into_iter().find_map(|(open, close)| {
            let inner = tail.strip_prefix(open)?;
            let end = inner.find(close)?;
            let plain = inner.get(..end)?.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _.:-".contains(&byte));
            plain.then_some(open.len() + end + close.len())
        });
        let taken = length.unwrap_or(1);
        match length {
            Some(length) => into.extend(std::iter::repeat_n('p', length)),
            None => into.push_str(tail.get(..1).unwrap_or("")),
        }
        rest = tail.get(taken..).unwrap_or("");
    }
    into.push_str(rest);
}

/// The statements of a text.
pub(super) fn statements(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut current = Current::default();
    let mut at = 0;
    for token in tokenize(text) {
        let start = at;
        at += token.len as usize;
        match token.kind {
            TokenKind::Eof => break,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {}
            TokenKind::Semi if current.depth == 0 && current.blocks == 0 => {
                pieces.extend(std::mem::take(&mut current).end(text));
            }
            kind => current.take(kind, text.get(start..at).unwrap_or(""), start),
        }
    }
    pieces.extend(current.end(text));
    pieces
}

/// Words after which the grammar may recurse without a bracket.
const NESTING: [&str; 30] = [
    "all",
    "and",
    "any",
    "array",
    "as",
    "begin",
    "between",
    "by",
    "case",
    "create",
    "cross",
    "else",
    "except",
    "exists",
    "explain",
    "from",
    "in",
    "intersect",
    "is",
    "join",
    "lateral",
    "left",
    "natural",
    "not",
    "or",
    "prepare",
    "select",
    "union",
    "when",
    "with",
];

#[derive(Default)]
struct Current {
    first: Option<usize>,
    last: usize,
    tokens: usize,
    depth: usize,
    depth_max: usize,
    /// `BEGIN ATOMIC … END` of a function's body, and `CASE … END` in it.
    blocks: usize,
    begun: bool,
    nesting: usize,
    row: usize,
    row_max: usize,
}

impl Current {
    fn take(&mut self, kind: TokenKind, text: &str, start: usize) {
        self.first.get_or_insert(start);
        self.last = start + text.len();
        self.tokens += 1;
        let word = if kind == TokenKind::Ident { text.to_ascii_lowercase() } else { String::new() };
        match (kind, word.as_str()) {
            (TokenKind::OpenParen | TokenKind::OpenBracket, _) => self.depth += 1,
            (TokenKind::CloseParen | TokenKind::CloseBracket, _) => self.depth = self.depth.saturating_sub(1),
            (_, "atomic") if self.begun => self.blocks += 1,
            (_, "case") if self.blocks > 0 => self.blocks += 1,
            (_, "end") if self.blocks > 0 => self.blocks -= 1,
            _ => {}
        }
        self.depth_max = self.depth_max.max(self.depth);
        self.begun = word == "begin";
        let nests = match kind {
            TokenKind::Ident => NESTING.contains(&word.as_str()),
            TokenKind::Comma
            | TokenKind::Dot
            | TokenKind::Colon
            | TokenKind::Eq
            | TokenKind::OpenParen
            | TokenKind::CloseParen
            | TokenKind::CloseBracket
            | TokenKind::QuotedIdent { .. }
            | TokenKind::PositionalParam { .. }
            | TokenKind::Literal { .. } => false,
            _ => true,
        };
        if nests {
            self.nesting += 1;
            self.row += 1;
            self.row_max = self.row_max.max(self.row);
        } else {
            self.row = 0;
        }
    }

    fn end(self, text: &str) -> Option<Piece> {
        let start = self.first?;
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span { start: at(start), end: at(self.last) };
        let too_much = self.tokens > TOKENS_MAX
            || self.depth_max > DEPTH_MAX
            || self.nesting > NESTING_WORDS_MAX
            || self.row_max > NESTING_ROW_MAX;
        let begins =
            |word: &str| text.get(start..start + word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        let is_bulk = too_much && (begins("insert") || begins("values"));
        let fault = (too_much && !is_bulk).then(|| "too long or too deeply nested to be read".to_owned());
        Some(Piece { span, fault, is_bulk })
    }
}
