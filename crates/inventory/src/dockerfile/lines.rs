//! Logical lines: continuations joined, comments between them left out, offsets kept.

use std::ops::Range;

use palisade_model::Span;

/// The text of one instruction and where each part of it stands in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Logical {
    pub(super) text: String,
    /// (offset in `text`, offset in the file), ascending.
    pieces: Vec<(u32, u32)>,
}

impl Logical {
    pub(super) fn push(&mut self, source: &str, from: usize, to: usize) {
        let Some(part) = source.get(from..to) else { return };
        if !part.is_empty() {
            self.pieces.push((Span::new(self.text.len(), 0).start, Span::new(from, from).start));
            self.text.push_str(part);
        }
    }

    /// Adds a part of another line, each piece with its place.
    pub(super) fn push_from(&mut self, other: &Logical, range: Range<usize>) {
        let base = self.text.len();
        let part = other.text.get(range.clone()).unwrap_or("");
        self.pieces.push((Span::new(base, 0).start, Span::new(other.source(range.start), 0).start));
        for (text, source) in &other.pieces {
            let at = *text as usize;
            if range.start < at && at < range.end {
                self.pieces.push((Span::new(base + at - range.start, 0).start, *source));
            }
        }
        self.text.push_str(part);
    }

    /// Adds bytes that do not stand in the file; they map to the end of what came before.
    pub(super) fn push_made(&mut self, made: &str) {
        self.text.push_str(made);
    }

    /// The bytes of the file under a range of the text.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        let start = self.source(from);
        if to <= from { Span::new(start, start) } else { Span::new(start, self.source(to - 1) + 1) }
    }

    pub(super) fn map(&self, span: Span) -> Span {
        self.span(span.start as usize, span.end as usize)
    }

    fn source(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|(text, _)| *text as usize <= offset);
        match after.checked_sub(1).and_then(|at| self.pieces.get(at)) {
            Some((text, source)) => *source as usize + (offset - *text as usize),
            None => self.pieces.first().map_or(0, |(_, source)| *source as usize),
        }
    }
}

/// Physical lines of a text, with their endings.
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
}

/// One physical line: where it starts and ends, its ending left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to the start of a line already read.
    pub(super) fn rewind(&mut self, to: usize) {
        self.at = to;
    }

    pub(super) fn next(&mut self) -> Option<Line> {
        let rest = self.text.get(self.at..)?;
        if rest.is_empty() {
            return None;
        }
        let start = self.at;
        let next = rest.find('\n').map_or(self.text.len(), |at| start + at + 1);
        self.at = next;
        let end = start + self.text.get(start..next)?.trim_end_matches(['\r', '\n']).len();
        Some(Line { start, end })
    }
}

pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The line without its continuation character, when it ends in one that is not itself escaped.
pub(super) fn without_continuation(line: &str, escape: char) -> Option<&str> {
    let rest = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!rest.ends_with(escape)).then_some(rest)
}
