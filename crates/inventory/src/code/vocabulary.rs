//! Which names bring something from outside, hand it on, or clean it. The reader is told; it knows none itself.

use std::collections::HashMap;

/// Dotted paths, found by their last name.
///
/// `a.b` is that path alone; `*.b` ends in `b` whatever stands before it, a folder too; `*.a.b` ends in `a.b`; `a...b` begins with
/// `a` and ends in `b`, whatever stands between.
#[derive(Clone, Debug)]
pub struct Paths<T> {
    by_last: HashMap<&'static str, Vec<(Shape, T)>>,
}

impl<T> Default for Paths<T> {
    fn default() -> Self {
        Self { by_last: HashMap::new() }
    }
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Exact(&'static str),
    Ends(&'static str),
    Spans(&'static str, &'static str),
}

impl Shape {
    fn of(pattern: &'static str) -> Self {
        if let Some(end) = pattern.strip_prefix("*.") {
            return Self::Ends(end);
        }
        match pattern.split_once("...") {
            Some((start, end)) => Self::Spans(start, end),
            None => Self::Exact(pattern),
        }
    }

    fn fits(self, path: &str) -> bool {
        // Modules are named by paths: `./logger.info` ends in `logger.info`.
        let ends = |end: &str| path.strip_suffix(end).is_some_and(|head| head.is_empty() || head.ends_with(['.', '/']));
        match self {
            Self::Exact(exact) => path == exact,
            Self::Ends(end) => ends(end),
            Self::Spans(start, end) => {
                let begins = path.starts_with(start) || path.find(start).is_some_and(|at| path[..at].ends_with('.'));
                begins && ends(end) && path.len() > start.len() + end.len()
            }
        }
    }
}

impl<T> Paths<T> {
    /// Adds a pattern. Alternatives of the last name stand apart: `a.b|c` is `a.b` and `a.c`.
    pub fn add(&mut self, pattern: &'static str, meaning: T)
    where
        T: Clone,
    {
        let last = last_of(pattern);
        self.by_last.entry(last).or_default().push((Shape::of(pattern), meaning));
    }

    /// What the patterns mean that a path fits.
    pub fn find<'s>(&'s self, path: &str) -> impl Iterator<Item = &'s T> {
        let known = self.by_last.get(last_of(path)).map_or(&[][..], Vec::as_slice);
        let path = path.to_owned();
        known.iter().filter(move |(shape, _)| shape.fits(&path)).map(|(_, meaning)| meaning)
    }

    /// Whether a path fits any pattern.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        !path.is_empty()
            && self.by_last.get(last_of(path)).is_some_and(|known| known.iter().any(|(shape, _)| shape.fits(path)))
    }

    /// Whether some pattern ends in this name.
    #[must_use]
    pub fn knows(&self, last: &str) -> bool {
        self.by_last.contains_key(last)
    }
}

/// The part behind the last dot.
#[must_use]
pub fn last_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// What the names of a language mean to those who follow data.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Members and calls (with `()`) that give what somebody outside chose.
    pub sources: Paths<()>,
    /// Calls whose result holds what they are given.
    pub keeps: Paths<()>,
    /// Calls whose result cannot do the harm of these dangers, as bits.
    pub cleans: Paths<u32>,
    /// Decorators, annotations and types that mark parameters as coming from outside, by last name.
    pub handlers: &'static [&'static str],
}
