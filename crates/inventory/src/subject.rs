//! One file under examination, and how a span in it becomes a location.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use palisade_model::{Excerpt, LineIndex, Location, Span, content_hash};

use crate::Structure;

/// Lines of an excerpt before and after the first line of a place.
const CONTEXT_LINES: usize = 1;
/// Longer places show their first lines only.
const EXCERPT_LINES_MAX: usize = 4;
/// Longer lines are cut in excerpts.
const EXCERPT_COLUMNS_MAX: usize = 200;

/// One file: its bytes, its structure, and the secrets that no excerpt may show.
pub struct Subject<'a> {
    path: Arc<str>,
    bytes: &'a [u8],
    structure: &'a dyn Structure,
    masks: &'a [Span],
    hidden: Option<Span>,
    lines: OnceCell<Rc<LineIndex>>,
    origins: Option<&'a dyn Origins>,
}

/// Where the parts of a rendered text came from.
pub trait Origins {
    /// The place in a file of the target that brought the part under `span`.
    fn origin(&self, span: Span) -> Option<Location>;
}

impl<'a> Subject<'a> {
    /// A file at `path`; `masks` are the spans of secrets in it.
    #[must_use]
    pub fn new(path: Arc<str>, bytes: &'a [u8], structure: &'a dyn Structure, masks: &'a [Span]) -> Self {
        Self { path, bytes, structure, masks, hidden: None, lines: OnceCell::new(), origins: None }
    }

    /// Takes the index of this very text, made before: to make one reads the whole text, too much for each finding.
    #[must_use]
    pub fn with_lines(self, lines: Rc<LineIndex>) -> Self {
        Self { lines: OnceCell::from(lines), ..self }
    }

    /// From now on excerpts do not show this place either.
    #[must_use]
    pub fn hiding(self, hidden: Option<Span>) -> Self {
        Self { hidden, ..self }
    }

    /// From now on places are those that the text was rendered from.
    #[must_use]
    pub fn with_origins(mut self, origins: &'a dyn Origins) -> Self {
        self.origins = Some(origins);
        self
    }

    /// Path within the target.
    #[must_use]
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The file's bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where the lines start.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| Rc::new(LineIndex::new(self.bytes)))
    }

    /// The location of a span: position, place in the structure, masked excerpt.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        if let Some(location) = self.origins.and_then(|origins| origins.origin(span)) {
            return location;
        }
        let lines = self.lines();
        Location {
            path: Arc::clone(&self.path),
            span,
            start: lines.position(span.start, self.bytes),
            end: lines.position(span.end, self.bytes),
            structure: self.structure.path_of(span),
            content: content_hash(span.of_bytes(self.bytes)),
            excerpt: Some(self.excerpt(span)),
            commit: None,
        }
    }

    fn excerpt(&self, span: Span) -> Excerpt {
        let lines = self.lines();
        let at = lines.line(span.start);
        let first = at.saturating_sub(CONTEXT_LINES);
        let last = lines.line(span.end.saturating_sub(1).max(span.start)) + CONTEXT_LINES;
        let last = last.min(first + EXCERPT_LINES_MAX).min(lines.len().saturating_sub(1));
        let mut shown: Vec<String> = (first..=last).map(|line| self.masked(lines.span(line, self.bytes))).collect();
        while shown.len() > 1 && shown.len() > at - first + 1 && shown.last().is_some_and(|line| line.trim().is_empty())
        {
            shown.pop();
        }
        Excerpt { first_line: u32::try_from(first + 1).unwrap_or(u32::MAX), lines: shown }
    }

    /// A line with every secret that touches it replaced by `*`, one for each character, so columns stay.
    fn masked(&self, line: Span) -> String {
        let end = (line.end).min(line.start.saturating_add(EXCERPT_COLUMNS_MAX as u32 * 4));
        let line = Span { start: line.start, end };
        let text = String::from_utf8_lossy(line.of_bytes(self.bytes));
        let masks = self.masks.iter().chain(&self.hidden);
        let touching: Vec<&Span> = masks.filter(|mask| mask.start < line.end && line.start < mask.end).collect();
        let cut = text.char_indices().take(EXCERPT_COLUMNS_MAX);
        cut.map(|(offset, character)| {
            let at = line.start + u32::try_from(offset).unwrap_or(u32::MAX);
            let secret = touching.iter().any(|mask| mask.start <= at && at < mask.end);
            if secret { '*' } else { character }
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flat;

    #[test]
    fn excerpts_mask_every_secret_that_touches_their_lines() {
        let text = b"user: me\npassword: hunter2hunter2\nend: 1\n";
        let masks = [Span::new(19, 33)];
        let subject = Subject::new("a".into(), text, &Flat, &masks);
        let location = subject.locate(Span::new(0, 4));
        let lines = location.excerpt.map(|excerpt| excerpt.lines).unwrap_or_default();
        assert_eq!(lines, ["user: me", "password: **************"]);
    }
}
