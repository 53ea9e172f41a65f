//! Text from a target made safe to show, measured in columns and wrapped.
//!
//! Control characters, escape sequences and characters that reorder or hide text
//! never leave this module as themselves.

use std::borrow::Cow;
use std::fmt::Write as _;

use palisade_model::Uncompared;
use unicode_width::UnicodeWidthChar as _;

/// Columns from one tab stop to the next in excerpts.
const TAB_COLUMNS: usize = 4;

/// Whether a character changes how the text around it is shown: controls, bidirectional overrides,
/// invisible and tag characters, line separators.
pub(crate) fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` on one line, with what a terminal would act on spelled out: `\n`, `\u{1b}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut out, character);
    }
    Cow::Owned(out)
}

fn push_visible(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        hostile if is_hostile(hostile) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(hostile));
        }
        plain => out.push(plain),
    }
}

/// A source line as it is shown, and the column at which each of its characters stands.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Byte offset in `text` and column of each character of the source, and of the end.
    stops: Vec<(usize, usize)>,
}

impl Line {
    pub(crate) fn new(source: &str) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut stops = Vec::with_capacity(source.len() + 1);
        let mut column = 0;
        for character in source.chars() {
            stops.push((text.len(), column));
            let from = text.len();
            match character {
                '\t' => {
                    for _ in 0..TAB_COLUMNS - column % TAB_COLUMNS {
                        text.push(' ');
                    }
                }
                other => push_visible(&mut text, other),
            }
            column += columns(text.get(from..).unwrap_or(""));
        }
        stops.push((text.len(), column));
        Self { text, stops }
    }

    /// Column of a character counted from 0; past the end, `None`.
    pub(crate) fn column(&self, character: usize) -> Option<usize> {
        self.stops.get(character).map(|(_, column)| *column)
    }

    /// Column after the last character.
    pub(crate) fn width(&self) -> usize {
        self.stops.last().map_or(0, |(_, column)| *column)
    }

    /// The part between two columns, whole characters only, and the column at which it really starts.
    pub(crate) fn window(&self, from: usize, to: usize) -> (&str, usize) {
        let mut inside = self.stops.iter().filter(|(_, column)| (from..=to).contains(column));
        let (first, start) = inside.next().copied().unwrap_or((self.text.len(), from));
        let last = inside.next_back().map_or(first, |(offset, _)| *offset);
        (self.text.get(first..last).unwrap_or(""), start)
    }
}

/// How many columns `text` takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// Breaks `text` at spaces into lines of at most `width` columns; a longer word stays whole.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let word_columns = columns(word);
        if used > 0 && used + 1 + word_columns > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += word_columns;
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// At most `max` characters, the last an ellipsis when something was cut.
pub(crate) fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
            cut.push('…');
            Cow::Owned(cut)
        }
    }
}

/// `1 file`, `2 files`, `12,400 files`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// Packages of which a scan says nothing, because no advisories speak of them.
pub(crate) fn uncompared(one: &Uncompared) -> String {
    let packages = count(one.packages, "package", "packages");
    format!("{packages} of {} not compared with known vulnerabilities: {}", one.system, one.reason)
}

/// Digits in groups of three: `12,400`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A duration as people say it: `12 ms`, `1.4 s`, `3 min 2 s`.
pub(crate) fn duration(duration: std::time::Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds / 1_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_acts_on_passes() {
        let hostile = "a\u{1b}]0;x\u{7}\n\r\t\u{9b}31m\u{202e}\u{2028}\u{200b}\u{e0041}b";
        let shown = visible(hostile);
        assert!(!shown.contains(is_hostile), "{shown}");
        assert!(shown.starts_with("a\\u{1b}]0;x\\u{7}\\n\\r\\t\\u{9b}31m\\u{202e}"), "{shown}");
        assert!(!Line::new(hostile).text.contains(is_hostile));
        assert_eq!(visible("häß 日本"), "häß 日本");
    }

    #[test]
    fn columns_follow_tabs_wide_and_combining_characters() {
        let line = Line::new("\tk日e\u{301}:\u{1b}x");
        let at: Vec<_> = (0..9).map(|character| line.column(character)).collect();
        assert_eq!(
            at,
            [Some(0), Some(4), Some(5), Some(7), Some(8), Some(8), Some(9), Some(15), Some(16)],
            "{}",
            line.text
        );
        assert_eq!(line.column(9), None);
        assert_eq!(line.window(5, 9), ("日e\u{301}:", 5));
    }

    #[test]
    fn numbers_and_times_are_said_as_people_say_them() {
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(1_234_567, "file", "files"), "1,234,567 files");
        assert_eq!(duration(std::time::Duration::from_millis(182_400)), "3 min 2 s");
        assert_eq!(duration(std::time::Duration::from_millis(1_449)), "1.4 s");
    }

    #[test]
    fn wrapping_keeps_every_word() {
        assert_eq!(wrap("one two  three-and-more four", 9), ["one two", "three-and-more", "four"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
