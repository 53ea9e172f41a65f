//! Byte spans in a text and the line and column a person sees.

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets in one file. Files over 4 GiB are never parsed into spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` to `end`; an inverted pair becomes empty at `start`. Offsets saturate at 4 GiB.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Self { start, end: end.max(start) }
    }

    /// The text under the span; empty when the span does not fit the text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// The bytes under the span; empty when the span does not fit.
    #[must_use]
    pub fn of_bytes(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or(&[])
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span over both.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// This span shifted by `offset` bytes, for a slice that starts at `offset` in its file.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Span {
        Span::new((self.start as usize).saturating_add(offset), (self.end as usize).saturating_add(offset))
    }
}

/// A place as editors show it: both counted from 1, the column in Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// Bytes between two counts of characters, so that a column in a file of one line is not counted from its beginning.
const BLOCK_BYTES: usize = 1024;

/// Where the lines of a text start, to turn byte offsets into positions. Made once for each text: it reads all of it.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Characters before each block of `BLOCK_BYTES`.
    characters: Vec<u32>,
}

impl LineIndex {
    /// Reads the line starts of `bytes`.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(
            bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| Span::new(at + 1, at + 1).start),
        );
        let mut before = 0_u32;
        let counted = bytes.chunks(BLOCK_BYTES).map(|block| {
            let so_far = before;
            before = before.saturating_add(characters(block));
            so_far
        });
        Self { starts, characters: counted.collect() }
    }

    /// Characters that begin before the offset. Looks at less than one block.
    fn characters_before(&self, offset: usize, bytes: &[u8]) -> u32 {
        let offset = offset.min(bytes.len());
        let block = (offset / BLOCK_BYTES).min(self.characters.len().saturating_sub(1));
        let rest = bytes.get(block * BLOCK_BYTES..offset).unwrap_or(&[]);
        self.characters.get(block).copied().unwrap_or(0).saturating_add(characters(rest))
    }

    /// Line of the offset, from 0.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// How many lines there are; a text that ends in a newline has an empty last one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never true: the empty text has one empty line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The span of line `line` (from 0) without its line ending.
    #[must_use]
    pub fn span(&self, line: usize, bytes: &[u8]) -> Span {
        let Some(start) = self.starts.get(line) else { return Span::default() };
        let mut end = self.starts.get(line + 1).map_or(bytes.len(), |next| *next as usize - 1);
        if end > *start as usize && bytes.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        Span::new(*start as usize, end)
    }

    /// The position of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32, bytes: &[u8]) -> Position {
        let line = self.line(offset);
        let start = self.starts.get(line).copied().unwrap_or(0) as usize;
        let column =
            self.characters_before(offset as usize, bytes).saturating_sub(self.characters_before(start, bytes));
        Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column: column.saturating_add(1) }
    }
}

/// How many characters of UTF-8 begin in the bytes.
fn characters(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_same_on_both_sides_of_every_block() {
        let text = "aö€\u{1F600}".repeat(BLOCK_BYTES) + "\nö";
        let index = LineIndex::new(text.as_bytes());
        for (column, (offset, _)) in text.char_indices().enumerate().take(4 * BLOCK_BYTES) {
            let place = Position { line: 1, column: column as u32 + 1 };
            assert_eq!(index.position(offset as u32, text.as_bytes()), place);
        }
        let end = index.position(text.len() as u32, text.as_bytes());
        assert_eq!(end, Position { line: 2, column: 2 });
        assert_eq!(index.position(u32::MAX, text.as_bytes()), end, "an offset past the end is the end");
    }

    #[test]
    fn a_column_is_counted_from_its_block_not_from_the_beginning_of_the_line() {
        let mut text = vec![b'a'; 8 * BLOCK_BYTES];
        let index = LineIndex::new(&text);
        text.iter_mut().take(7 * BLOCK_BYTES).for_each(|byte| *byte = 0x80); // would not count
        let offset = 7 * BLOCK_BYTES as u32 + 9;
        assert_eq!(index.characters_before(offset as usize, &text), offset);
    }

    #[test]
    fn positions_count_characters_and_survive_carriage_returns() {
        let text = "a\r\nböc\n";
        let index = LineIndex::new(text.as_bytes());
        assert_eq!(index.position(0, text.as_bytes()), Position { line: 1, column: 1 });
        assert_eq!(index.position(6, text.as_bytes()), Position { line: 2, column: 3 });
        assert_eq!(index.span(0, text.as_bytes()).of(text), "a");
        assert_eq!(index.span(1, text.as_bytes()).of(text), "böc");
        assert_eq!(index.span(2, text.as_bytes()).of(text), "");
    }
}
