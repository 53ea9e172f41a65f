//! The ways in which arguments are divided: quoted words, plain words, flags.

use std::ops::Range;

/// Divides at white space outside quotes; quotes and escapes stay in the words.
pub(super) fn quoted_words(text: &str, within: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let Some(rest) = text.get(within.clone()) else { return words };
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        let at = within.start + at;
        if start.is_none() {
            if character.is_whitespace() {
                continue;
            }
            start = Some(at);
        }
        match quote {
            None if character.is_whitespace() => {
                words.extend(start.take().map(|start| start..at));
            }
            None if character == '\'' || character == '"' => quote = Some(character),
            None if character == escape => {
                characters.next();
            }
            Some(open) if character == open => quote = None,
            Some('"') if character == escape => {
                characters.next();
            }
            _ => {}
        }
    }
    words.extend(start.map(|start| start..within.end));
    words
}

/// Divides at white space; quotes mean nothing here.
pub(super) fn plain_words(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let Some(rest) = text.get(within.clone()) else { return words };
    for (at, byte) in rest.bytes().enumerate() {
        if matches!(byte, b'\t' | 0x0b | 0x0c | b'\r' | b' ') {
            words.extend(start.take().map(|start| start..within.start + at));
        } else if start.is_none() {
            start = Some(within.start + at);
        }
    }
    words.extend(start.map(|start| start..within.end));
    words
}

/// A flag as it is read: quotes and escapes removed.
pub(super) struct RawFlag {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// Reads the flags at the start of the arguments; returns them and where the rest starts.
pub(super) fn flags(text: &str, within: Range<usize>, escape: char) -> (Vec<RawFlag>, usize) {
    let mut flags = Vec::new();
    let mut at = within.start;
    loop {
        let rest = text.get(at..within.end).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        let start = at + blank;
        let rest = rest.get(blank..).unwrap_or("");
        if !rest.starts_with("--") {
            return (flags, start);
        }
        let mut word = String::new();
        let mut quote = None;
        let mut end = within.end;
        let mut characters = rest.char_indices();
        while let Some((offset, character)) = characters.next() {
            match quote {
                None if character.is_whitespace() => {
                    end = start + offset;
                    break;
                }
                None if character == '\'' || character == '"' => quote = Some(character),
                Some(open) if character == open => quote = None,
                _ if character == escape => word.extend(characters.next().map(|(_, escaped)| escaped)),
                _ => word.push(character),
            }
        }
        at = end;
        if word == "--" {
            return (flags, at);
        }
        flags.push(RawFlag { text: word, range: start..end });
    }
}

/// The range without white space at its ends.
pub(super) fn trimmed(text: &str, within: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(within.clone()) else { return within };
    let start = within.start + (part.len() - part.trim_start().len());
    start..start.max(within.start + part.trim_end().len())
}
