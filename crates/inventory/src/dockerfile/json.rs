//! JSON arrays of strings, with the span of each string: the exec form.

use std::ops::Range;

/// Nested arrays and objects that are checked; such arrays are refused anyway.
const DEPTH_MAX: usize = 32;

/// What an argument list turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Array {
    /// An array of strings: text and range (quotes included) of each.
    Strings(Vec<(String, Range<usize>)>),
    /// An array with something else than strings in it: an error.
    Mixed,
    /// No JSON array: the shell form.
    Not,
}

pub(super) fn array(text: &str, within: Range<usize>) -> Array {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: within.start, end: within.end };
    reader.array().unwrap_or(Array::Not)
}

struct Reader<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn array(&mut self) -> Option<Array> {
        self.blank();
        self.expect(b'[')?;
        let mut strings = Vec::new();
        let mut mixed = false;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                self.blank();
                if self.peek() == Some(b'"') {
                    let start = self.at;
                    let string = self.string()?;
                    strings.push((string, start..self.at));
                } else {
                    self.value(0)?;
                    mixed = true;
                }
                self.blank();
                match self.take()? {
                    b',' => {}
                    b']' => break,
                    _ => return None,
                }
            }
        }
        self.blank();
        if self.at != self.end {
            return None;
        }
        Some(if mixed { Array::Mixed } else { Array::Strings(strings) })
    }

    /// Any value, only to know that it is one.
    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.blank();
        match self.peek()? {
            b'"' => {
                self.string()?;
            }
            b'[' | b'{' => {
                let open = self.take()?;
                let close = if open == b'[' { b']' } else { b'}' };
                self.blank();
                if self.peek() == Some(close) {
                    self.at += 1;
                    return Some(());
                }
                loop {
                    if open == b'{' {
                        self.blank();
                        self.string()?;
                        self.blank();
                        self.expect(b':')?;
                    }
                    self.value(depth + 1)?;
                    self.blank();
                    match self.take()? {
                        b',' => {}
                        byte if byte == close => break,
                        _ => return None,
                    }
                }
            }
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                while self.peek().is_some_and(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
                    self.at += 1;
                }
                self.text.get(start..self.at)?.parse::<f64>().ok()?;
            }
            _ => {
                let word = ["true", "false", "null"].into_iter().find(|word| {
                    self.bytes.get(self.at..self.end).is_some_and(|rest| rest.starts_with(word.as_bytes()))
                })?;
                self.at += word.len();
            }
        }
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let from = self.at;
            while self.peek().is_some_and(|byte| byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            string.push_str(self.text.get(from..self.at)?);
            match self.take()? {
                b'"' => return Some(string),
                b'\\' => match self.take()? {
                    byte @ (b'"' | b'\\' | b'/') => string.push(char::from(byte)),
                    b'b' => string.push('\u{8}'),
                    b'f' => string.push('\u{c}'),
                    b'n' => string.push('\n'),
                    b'r' => string.push('\r'),
                    b't' => string.push('\t'),
                    b'u' => string.push(self.escaped_character()?),
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    fn escaped_character(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if (0xD800..0xDC00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            if (0xDC00..0xE000).contains(&second) {
                return char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.at = back;
        }
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..(self.at + 4).min(self.end))?;
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        if self.at < self.end { self.bytes.get(self.at).copied() } else { None }
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, expected: u8) -> Option<()> {
        (self.take()? == expected).then_some(())
    }
}
