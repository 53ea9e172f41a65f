//! The value of an assignment: in quotes, bare, behind a type or a wrapper.
//!
//! It refuses values beyond [`VALUE_BYTES_MAX`] and values that go over the end of a line.

use palisade_model::Span;

use super::assignment::{Join, Quote};
use super::file_kind::Syntax;

/// Longer values are not typed into source by hand.
const VALUE_BYTES_MAX: usize = 256;
/// White space between key, operator and value.
const GAP_MAX: usize = 40;

/// Join, quote, place, and the byte after.
pub(super) type Value = (Join, Quote, Span, u8);

/// A place in the bytes.
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn takes(&mut self, text: &[u8]) -> bool {
        let there = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text));
        if there {
            self.at += text.len();
        }
        there
    }

    pub(super) fn skip_blanks(&mut self) -> usize {
        let start = self.at;
        while self.at - start < GAP_MAX && matches!(self.peek(0), b' ' | b'\t') {
            self.at += 1;
        }
        self.at - start
    }

    /// Blanks and at most two line ends.
    pub(super) fn skip_space(&mut self) {
        let start = self.at;
        let mut lines = 0;
        while self.at - start < GAP_MAX {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' if lines < 2 => {
                    lines += 1;
                    self.at += 1;
                }
                _ => break,
            }
        }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// `: string = "v"`, `: str = "v"`: steps over the type.
pub(super) fn typed(cursor: &mut Cursor<'_>, join: Join, syntax: Syntax) {
    if join != Join::Assign || !matches!(syntax, Syntax::Code | Syntax::Prose | Syntax::Unknown) {
        return;
    }
    let rest = cursor.rest();
    let name = rest
        .iter()
        .take(32)
        .take_while(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'[' | b']' | b'<' | b'>' | b'?' | b'.' | b'&' | b'_' | b'\'')
        })
        .count();
    if name == 0 || is_quote(rest.first().copied().unwrap_or(0)) {
        return;
    }
    let after = rest.get(name..).unwrap_or(&[]);
    let blanks = after.iter().take(4).take_while(|byte| **byte == b' ').count();
    if after.get(blanks) == Some(&b'=') && after.get(blanks + 1) != Some(&b'=') {
        cursor.at += name + blanks + 1;
        cursor.skip_blanks();
    }
}

/// Steps over what wraps a literal without changing it: `Some(`, `String::from(`, `b`, `@`.
pub(super) fn wrapped(cursor: &mut Cursor<'_>) {
    for wrapper in [
        b"Some(".as_slice(),
        b"String::from(",
        b"new String(",
        b"String(",
        b"bytes(",
        b"[]byte(",
        b"Buffer.from(",
        b"str(",
        b"StringUtils.trim(",
        b"ptr.To(",
        b"pointer.String(",
        b"aws.String(",
        b"Optional.of(",
        b"to_string(",
    ] {
        if cursor.takes(wrapper) {
            break;
        }
    }
    if matches!(cursor.peek(0), b'b' | b'r' | b'u' | b'@' | b'L' | b'N') && is_quote(cursor.peek(1)) {
        cursor.at += 1;
    }
}

pub(super) fn quoted(cursor: &mut Cursor<'_>, join: Join) -> Option<Value> {
    let escaped = cursor.peek(0) == b'\\';
    if escaped {
        cursor.at += 1;
    }
    let quote = cursor.peek(0);
    if !is_quote(quote) || cursor.peek(1) == quote && cursor.peek(2) == quote {
        return None;
    }
    cursor.at += 1;
    let start = cursor.at;
    while cursor.at - start <= VALUE_BYTES_MAX {
        let byte = cursor.peek(0);
        match byte {
            0 | b'\n' | b'\r' => return None,
            b'\\' if escaped && cursor.peek(1) == quote => {
                return (cursor.at > start)
                    .then(|| (join, Quote::By(quote), Span::new(start, cursor.at), after(cursor, 2)));
            }
            b'\\' => cursor.at += 2,
            _ if byte == quote => {
                return (cursor.at > start)
                    .then(|| (join, Quote::By(quote), Span::new(start, cursor.at), after(cursor, 1)));
            }
            _ => cursor.at += 1,
        }
    }
    None
}

/// The first byte after the value that is no blank.
fn after(cursor: &Cursor<'_>, skip: usize) -> u8 {
    let rest = cursor.rest().get(skip..).unwrap_or(&[]);
    rest.iter().take(8).copied().find(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(b'\n')
}

pub(super) fn until(cursor: &mut Cursor<'_>, join: Join, stops: impl Fn(u8) -> bool) -> Option<Value> {
    let start = cursor.at;
    let length = cursor.rest().iter().take(VALUE_BYTES_MAX + 1).take_while(|byte| !stops(**byte)).count();
    cursor.at += length;
    (length > 0 && length <= VALUE_BYTES_MAX)
        .then(|| (join, Quote::None, Span::new(start, start + length), after(cursor, 0)))
}

/// A value without quotes, where the language has such.
pub(super) fn bare(cursor: &mut Cursor<'_>, join: Join, closed: u8, before: u8, syntax: Syntax) -> Option<Value> {
    let line_end = |byte: u8| matches!(byte, b'\n' | b'\r');
    match syntax {
        Syntax::Yaml => {
            // Flow style ends at , or }; comments at " #".
            let start = cursor.at;
            if matches!(cursor.peek(0), b'{' | b'[' | b'|' | b'>' | b'&' | b'*' | b'!' | b'#') {
                return None;
            }
            let (_, quote, span, _) = until(cursor, join, line_end)?;
            let text = span.of_bytes(cursor.bytes);
            // KEY=value in a command or a list of variables ends at white space.
            let glued = start.checked_sub(1).and_then(|at| cursor.bytes.get(at)) == Some(&b'=');
            let stop = if glued { memchr::memchr3(b' ', b'"', b'\'', text) } else { memchr::memmem::find(text, b" #") };
            let text = text.get(..stop.unwrap_or(text.len()))?.trim_ascii_end();
            // KEY=value in a list of environment variables ends where the item does.
            let text = if matches!(before, b'"' | b'\'') && closed == 0 {
                text.get(..text.iter().position(|byte| *byte == before).unwrap_or(text.len()))?
            } else {
                text
            };
            (!text.is_empty()).then(|| (join, quote, Span::new(start, start + text.len()), b'\n'))
        }
        Syntax::Plain | Syntax::Prose | Syntax::Unknown => {
            if closed != 0 && closed != b']' {
                return None;
            }
            let spaced = matches!(cursor.bytes.get(cursor.at.wrapping_sub(1)), Some(b' ' | b'\t'));
            if syntax != Syntax::Plain && spaced {
                // Prose: `the key: value` is a sentence more often than not; the judge asks more of it.
            }
            until(cursor, join, |byte| {
                matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b';' | b',' | b'<' | b'|' | b'\\')
                    || byte == b')' && syntax != Syntax::Plain
            })
        }
        Syntax::Code | Syntax::Json => {
            // Within a string: `Server=…;Password=v;`, `KEY=v`, `key: v`, ended by the quote.
            if closed != 0 || !matches!(before, b';' | b'"' | b'\'' | b' ' | b'`' | b'&' | b'?' | b',') {
                return None;
            }
            let glued = cursor.bytes.get(cursor.at.wrapping_sub(1)) == Some(&b'=');
            if !glued || matches!(before, b' ' | b',') {
                return None;
            }
            let (join, quote, span, after) = until(cursor, Join::Parameter, |byte| {
                matches!(
                    byte,
                    b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b';' | b',' | b'<' | b'\\' | b'&' | b')'
                )
            })?;
            let ended = matches!(cursor.peek(0), b'"' | b'\'' | b'`' | b';' | b'\\');
            ended.then_some((join, quote, span, after))
        }
    }
}
