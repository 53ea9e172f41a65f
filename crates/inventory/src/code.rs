//! Source code: what is called with what, what is set to what, and where values come from.
//!
//! tree-sitter makes the tree, in time and memory that grow with the file; one walk over it follows values inside of
//! a function. What it cannot know stays unknown. It judges nothing: the names that matter come from the caller.

mod annotation;
mod bind;
mod call;
mod evaluate;
mod grammar;
mod import;
mod parameter;
mod read;
mod text;
mod value;
mod vocabulary;

use std::ops::ControlFlow;

use palisade_model::Span;
use tree_sitter::{ParseOptions, Parser, Tree};

pub use grammar::Language;
pub use read::{Call, Comparison, Listener, Outline, Setting};
pub use value::{HOLE, Origin, SPREAD, Value, What};
pub use vocabulary::{Paths, Vocabulary, last_of};

/// Larger sources are generated, and not parsed.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;
/// A line longer than this was written by a program.
const LINE_BYTES_MAX: usize = 20_000;
/// So long are the lines of a minified file, on average.
const LINE_BYTES_MEAN_MAX: usize = 400;
/// The parser reports after so many bytes' worth of steps; a source that takes more of them is given up.
const PARSE_REPORTS_PER_KIB_MAX: usize = 400;
/// Bits of [`Value::cleaned`]: a condition or a check has looked at it.
pub const CHECKED: u32 = 1 << 31;
/// Bits of [`Value::cleaned`]: it can do no harm of any kind.
pub const ANY: u32 = u32::MAX;

/// Why a source was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Larger than [`SOURCE_BYTES_MAX`].
    #[error("larger than 1 MiB, searched for secrets only")]
    Large,
    /// Made by a program.
    #[error("minified, searched for secrets only")]
    Minified,
    /// The parser took too long.
    #[error("takes too long to parse, searched for secrets only")]
    Slow,
}

/// Parses a source, within bounds.
///
/// # Errors
/// [`Unread`] when it is too large, minified or takes too long.
pub fn parse(language: Language, source: &str) -> Result<Tree, Unread> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(Unread::Large);
    }
    if is_minified(source) {
        return Err(Unread::Minified);
    }
    let mut parser = Parser::new();
    if parser.set_language(&language.grammar()).is_err() {
        return Err(Unread::Slow);
    }
    let mut reports = 0;
    let reports_max = PARSE_REPORTS_PER_KIB_MAX * (4 + source.len() / 1_024);
    let mut progress = |_: &tree_sitter::ParseState| {
        reports += 1;
        if reports > reports_max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let bytes = source.as_bytes();
    let mut chunk = |at: usize, _| bytes.get(at..).unwrap_or(&[]);
    let options = ParseOptions::new().progress_callback(&mut progress);
    parser.parse_with_options(&mut chunk, None, Some(options)).ok_or(Unread::Slow)
}

/// Whether a program wrote it as tightly as it could.
fn is_minified(source: &str) -> bool {
    let lines = memchr::memchr_iter(b'\n', source.as_bytes()).count() + 1;
    if source.len() > 4_096 && source.len() / lines > LINE_BYTES_MEAN_MAX {
        return true;
    }
    source.len() > LINE_BYTES_MAX && source.lines().any(|line| line.len() > LINE_BYTES_MAX)
}

/// Reads a tree, telling `listener` of everything in the order of the text.
pub fn read(language: Language, source: &str, tree: &Tree, listener: &mut dyn Listener) -> Outline {
    let mut reading = read::Reading::new(language, source, listener);
    reading.body(tree.root_node());
    reading.outline
}

/// The first place that the grammar does not understand.
#[must_use]
pub fn first_error(tree: &Tree) -> Option<Span> {
    let mut node = tree.root_node();
    while node.has_error() {
        let mut cursor = node.walk();
        let within = node.children(&mut cursor).find(|child| child.has_error() || child.is_missing());
        match within {
            Some(child) if !node.is_error() => node = child,
            _ => return Some(Span::new(node.start_byte(), node.end_byte())),
        }
        if node.is_missing() {
            return Some(Span::new(node.start_byte(), node.end_byte()));
        }
    }
    None
}
