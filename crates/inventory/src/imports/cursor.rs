//! A place in a source that moves forward, for readers that need no tree.

/// A source and how far it is read.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte `ahead` of here; 0 past the end.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest().starts_with(text.as_bytes())
    }

    pub(super) fn since(&self, from: usize) -> &'t str {
        self.text.get(from..self.at).unwrap_or("")
    }

    pub(super) fn skip_while(&mut self, takes: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|byte| !takes(*byte)).unwrap_or(rest.len());
    }

    /// Moves to the next of these bytes, or to the end.
    pub(super) fn skip_to(&mut self, byte: u8) {
        self.at += memchr::memchr(byte, self.rest()).unwrap_or(self.rest().len());
    }

    /// Moves past the next `text`, or to the end.
    pub(super) fn skip_past(&mut self, text: &str) {
        let found = memchr::memmem::find(self.rest(), text.as_bytes());
        self.at = found.map_or(self.text.len(), |found| self.at + found + text.len());
    }

    /// Moves past what is `blank`, and past comments as C has them.
    pub(super) fn skip_blank(&mut self, blank: impl Fn(u8) -> bool) {
        loop {
            self.skip_while(&blank);
            match (self.peek(0), self.peek(1)) {
                (b'/', b'/') => self.skip_to(b'\n'),
                (b'/', b'*') => {
                    self.at += 2;
                    self.skip_past("*/");
                }
                _ => return,
            }
        }
    }

    /// A word here: letters, digits, `_` and whatever is beyond ASCII, beginning with no digit. Empty when there is
    /// none.
    pub(super) fn word(&mut self) -> &'t str {
        let from = self.at;
        if is_word_start(self.peek(0)) {
            self.skip_while(is_word);
        }
        self.since(from)
    }

    /// What is quoted by the byte here, as it is written: escapes stay. It ends at the end of the line unless a
    /// backslash leads on. The cursor is left behind it.
    pub(super) fn quoted(&mut self) -> &'t str {
        let quote = self.peek(0);
        self.at += 1;
        let from = self.at;
        while let Some(skip) = memchr::memchr3(quote, b'\\', b'\n', self.rest()) {
            self.at += skip;
            match self.peek(0) {
                b'\\' => self.at = (self.at + 2).min(self.text.len()),
                found => {
                    let inside = self.since(from);
                    self.at += usize::from(found == quote);
                    return inside;
                }
            }
        }
        self.at = self.text.len();
        self.since(from)
    }
}

pub(super) fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

pub(super) fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}
