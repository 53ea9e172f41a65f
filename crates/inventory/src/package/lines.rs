//! Reading files line by line, with the places of what stands in them.

use palisade_model::Span;

/// The place of a part of a text, which has to be a slice of it.
pub(super) fn place(text: &str, part: &str) -> Span {
    let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    if start > text.len() { Span::default() } else { Span::new(start, start + part.len()) }
}

/// The first marker of a merge that nobody finished.
pub(super) fn conflict(text: &str) -> Option<Span> {
    let marks = ["<<<<<<< ", ">>>>>>> "];
    // Most files have no such text at all, and looking for it is quicker than going through the lines.
    marks.iter().find(|mark| text.contains(**mark))?;
    let line = text.lines().find(|line| marks.iter().any(|mark| line.starts_with(mark)))?;
    Some(place(text, line.trim_end()))
}

/// The lines that are not blank, without white space at their ends.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty())
}

/// How many spaces a line begins with.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// A word without the quotes around it.
pub(super) fn unquoted(word: &str) -> &str {
    ['"', '\'', '`'].into_iter().find_map(|quote| word.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(word)
}
