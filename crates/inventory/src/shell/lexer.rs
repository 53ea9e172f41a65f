//! Words: quotes, escapes and expansions, and the scripts nested in them.

use palisade_model::Span;

use super::parser::Parser;
use super::{DEPTH_MAX, Dialect, Nesting, Word};

impl Parser<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        let at = self.at.checked_add(ahead)?;
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn looking_at(&self, expected: &str) -> bool {
        self.text.as_bytes().get(self.at..self.end).is_some_and(|rest| rest.starts_with(expected.as_bytes()))
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to.min(self.end)).unwrap_or("")
    }

    fn escape(&self) -> u8 {
        match self.dialect {
            Dialect::Posix => b'\\',
            Dialect::PowerShell => b'`',
            Dialect::Cmd => b'^',
        }
    }

    /// Whether the two bytes ahead continue the line; how many bytes to skip.
    pub(super) fn continuation(&self) -> Option<usize> {
        if self.peek() != Some(self.escape()) {
            return None;
        }
        match (self.peek_at(1), self.peek_at(2)) {
            (Some(b'\n'), _) => Some(2),
            (Some(b'\r'), Some(b'\n')) => Some(3),
            _ => None,
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | 0x0b | 0x0c) => self.at += 1,
                _ => match self.continuation() {
                    Some(length) => self.at += length,
                    None => return,
                },
            }
        }
    }

    pub(super) fn skip_line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    /// Reads one word. The caller has made sure that one starts here; always moves on.
    pub(super) fn word(&mut self, owner: Option<u32>) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c | b';' | b'&' | b'|' | b'(' | b')' => break,
                b'<' | b'>' => {
                    if self.peek_at(1) != Some(b'(') {
                        break;
                    }
                    let from = self.at;
                    self.at += 2;
                    self.nested_list(owner, Nesting::ProcessSubstitution);
                    word.text.push_str(self.slice(from, self.at));
                    word.expands = true;
                }
                b'\'' if self.dialect != Dialect::Cmd => self.single_quoted(&mut word),
                b'"' => self.double_quoted(&mut word, owner),
                b'$' => self.dollar(&mut word, owner, true),
                b'`' if self.dialect == Dialect::Posix => self.backticks(&mut word, owner),
                _ if byte == self.escape() => {
                    if let Some(length) = self.continuation() {
                        self.at += length;
                    } else {
                        self.at += 1;
                        word.quoted = true;
                        self.push_char(&mut word.text);
                    }
                }
                _ => self.push_run(&mut word.text, b" \t\r\n\x0b\x0c;&|()<>'\"$`\\^"),
            }
        }
        if self.at == start {
            self.push_char(&mut word.text);
        }
        word.span = Span::new(start, self.at);
        word
    }

    fn push_char(&mut self, text: &mut String) {
        let Some(character) = self.text.get(self.at..self.end).and_then(|rest| rest.chars().next()) else {
            // Past the end, or inside a character, which no caller brings about: move on all the same.
            self.at = (self.at + 1).min(self.end);
            return;
        };
        text.push(character);
        self.at += character.len_utf8();
    }

    /// At least one character, and those after it up to one of the bytes `special`, which are ASCII.
    fn push_run(&mut self, text: &mut String, special: &[u8]) {
        self.push_char(text);
        let from = self.at;
        while self.peek().is_some_and(|byte| !special.contains(&byte)) {
            self.at += 1;
        }
        text.push_str(self.slice(from, self.at));
    }

    fn single_quoted(&mut self, word: &mut Word) {
        self.at += 1;
        word.quoted = true;
        loop {
            let from = self.at;
            while self.peek().is_some_and(|byte| byte != b'\'') {
                self.at += 1;
            }
            word.text.push_str(self.slice(from, self.at));
            if self.peek().is_none() {
                self.complete = false;
                return;
            }
            self.at += 1;
            if self.dialect == Dialect::PowerShell && self.peek() == Some(b'\'') {
                word.text.push('\'');
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word, owner: Option<u32>) {
        self.at += 1;
        word.quoted = true;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'$' => self.dollar(word, owner, false),
                b'`' if self.dialect == Dialect::Posix => self.backticks(word, owner),
                _ if byte == self.escape() => match self.peek_at(1) {
                    Some(b'\n') => self.at += 2,
                    Some(b'$' | b'`' | b'"' | b'\\') => {
                        self.at += 1;
                        self.push_char(&mut word.text);
                    }
                    _ => self.push_char(&mut word.text),
                },
                _ => self.push_run(&mut word.text, b"\"$`\\^"),
            }
        }
        self.complete = false;
    }

    fn dollar(&mut self, word: &mut Word, owner: Option<u32>, bare: bool) {
        let from = self.at;
        match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') && self.arithmetic() => {}
            Some(b'(') => {
                self.at += 2;
                self.nested_list(owner, Nesting::Substitution);
            }
            Some(b'{') => self.braces(),
            Some(b'\'') if bare && self.dialect == Dialect::Posix => return self.ansi_quoted(word),
            Some(b'"') if bare => {
                self.at += 1;
                return self.double_quoted(word, owner);
            }
            Some(next) if next.is_ascii_alphabetic() || next == b'_' => {
                self.at += 2;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    self.at += 1;
                }
            }
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => self.at += 2,
            _ => {
                word.text.push('$');
                self.at += 1;
                return;
            }
        }
        word.expands = true;
        word.text.push_str(self.slice(from, self.at));
    }

    /// `$((…))`: skipped when its brackets balance; otherwise it is a subshell in a substitution.
    fn arithmetic(&mut self) -> bool {
        let mut open = 0_usize;
        for at in self.at + 1..self.end {
            match self.text.as_bytes().get(at) {
                Some(b'(') => open += 1,
                Some(b')') => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        let double = self.text.as_bytes().get(at - 1) == Some(&b')');
                        if double {
                            self.at = at + 1;
                        }
                        return double;
                    }
                }
                Some(b'\n' | b'"' | b'\'') | None => return false,
                _ => {}
            }
        }
        false
    }

    /// `${…}`, and `${{ … }}` of workflow files, with what is quoted inside.
    fn braces(&mut self) {
        self.at += 2;
        let mut open = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'{' => open += 1,
                b'}' => {
                    open -= 1;
                    if open == 0 {
                        return;
                    }
                }
                b'\\' if self.dialect == Dialect::Posix => self.at = (self.at + 1).min(self.end),
                b'\n' if open == 1 => {
                    // No expansion spans lines in practice: a stray `${` must not swallow the script.
                    self.complete = false;
                    return;
                }
                _ => {}
            }
        }
        self.complete = false;
    }

    fn ansi_quoted(&mut self, word: &mut Word) {
        self.at += 2;
        word.quoted = true;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' => {
                    self.at += 1;
                    return;
                }
                b'\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'n') => {
                            word.text.push('\n');
                            self.at += 1;
                        }
                        Some(b't') => {
                            word.text.push('\t');
                            self.at += 1;
                        }
                        _ => self.push_char(&mut word.text),
                    }
                }
                _ => self.push_char(&mut word.text),
            }
        }
        self.complete = false;
    }

    fn backticks(&mut self, word: &mut Word, owner: Option<u32>) {
        let from = self.at;
        self.at += 1;
        let inner = self.at;
        let mut close = self.end;
        while let Some(byte) = self.peek() {
            match byte {
                b'`' => {
                    close = self.at;
                    break;
                }
                b'\\' => self.at = (self.at + 2).min(self.end),
                _ => self.at += 1,
            }
        }
        if close == self.end {
            self.complete = false;
        }
        let end = std::mem::replace(&mut self.end, close);
        self.at = inner;
        if self.depth < DEPTH_MAX {
            self.depth += 1;
            let mark = self.commands.len();
            self.list(None, owner, Nesting::Substitution, (0, 0));
            if self.substituted {
                self.commands.truncate(mark);
            }
            self.depth -= 1;
        } else {
            self.complete = false;
        }
        self.end = end;
        self.at = (close + 1).min(self.end);
        word.expands = true;
        word.text.push_str(self.slice(from, self.at));
    }

    /// The commands up to the closing bracket, whose opening one has just been read.
    fn nested_list(&mut self, owner: Option<u32>, nesting: Nesting) {
        if self.depth >= DEPTH_MAX {
            self.complete = false;
            self.at = self.end;
            return;
        }
        self.depth += 1;
        let before = std::mem::take(&mut self.here_documents);
        let mark = self.commands.len();
        self.list(Some(b')'), owner, nesting, (0, 0));
        if self.substituted && nesting == Nesting::Substitution {
            self.commands.truncate(mark);
        }
        self.here_documents = before;
        self.depth -= 1;
    }
}
