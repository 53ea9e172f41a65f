//! The tokens of GraphQL: names, signs, texts and numbers; comments, commas and white space fall away.

use palisade_model::Span;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a number.
    Name,
    /// A text, also one over several lines.
    Text,
    /// Anything else, one character.
    Sign(char),
}

/// The tokens of a document, one after the other.
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// The end of the token that was taken last.
    end: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, end: 0 }
    }

    /// Where the token that was taken last ends.
    pub(super) fn offset(&self) -> usize {
        self.end
    }

    pub(super) fn word(&self, span: Span) -> &'t str {
        span.of(self.text)
    }

    /// Whether a place is the first of its line.
    pub(super) fn begins_line(&self, span: Span) -> bool {
        let before = self.text.get(..span.start as usize).unwrap_or("");
        before.is_empty() || before.ends_with('\n')
    }

    /// Takes a sign when it comes next.
    pub(super) fn take(&mut self, sign: char) -> bool {
        let here = matches!(self.peek(), Some((Token::Sign(next), _)) if next == sign);
        if here {
            self.next();
        }
        here
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Option<(Token, Span)> {
        self.skip_blanks();
        let rest = self.text.get(self.at..)?;
        let first = rest.chars().next()?;
        let (token, length) = if first == '"' {
            (Token::Text, text_length(rest))
        } else if is_name(first) {
            (Token::Name, rest.find(|letter| !is_name(letter)).unwrap_or(rest.len()))
        } else {
            (Token::Sign(first), first.len_utf8())
        };
        Some((token, Span::new(self.at, self.at + length)))
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Option<(Token, Span)> {
        let next = self.peek()?;
        self.at = next.1.end as usize;
        self.end = self.at;
        Some(next)
    }

    fn skip_blanks(&mut self) {
        while let Some(rest) = self.text.get(self.at..) {
            let blank = rest.find(|letter: char| !letter.is_whitespace() && letter != ',' && letter != '\u{feff}');
            self.at += blank.unwrap_or(rest.len());
            let rest = self.text.get(self.at..).unwrap_or("");
            if !rest.starts_with('#') {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// The length of the text that begins here; one that never ends goes to the end of its line, or of the document.
fn text_length(rest: &str) -> usize {
    if let Some(block) = rest.strip_prefix("\"\"\"") {
        let mut from = 0;
        while let Some(at) = block.get(from..).and_then(|part| part.find("\"\"\"")) {
            let end = from + at;
            if !block.get(..end).unwrap_or("").ends_with('\\') {
                return end + 6;
            }
            from = end + 3;
        }
        return rest.len();
    }
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            '"' if !escaped => return at + 1,
            _ => escaped = letter == '\\' && !escaped,
        }
    }
    rest.len()
}
