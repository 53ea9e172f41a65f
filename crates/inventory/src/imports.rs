//! What sources import, by the names that stand in them: evidence for a person, no build.
//!
//! Each module reads one language token by token, once and without a tree, because thousands of files are asked for a
//! few names. Comments are passed over, and texts count only where an import takes them. What a program puts together
//! while it runs is told as [`Kind::Computed`], never guessed.

mod cursor;
mod go;
mod javascript;
mod python;
mod rust;

use std::collections::HashMap;

pub use javascript::package_of as javascript_package_of;

/// Larger sources are data that somebody put into a source.
pub const SOURCE_BYTES_MAX: usize = 2 << 20;

/// Different names of one source that are kept; the largest in the wild have some hundred.
const IMPORTS_MAX: usize = 5_000;

/// Longer names are no names: file systems and registries stop at 255.
const NAME_BYTES_MAX: usize = 300;

/// A language whose imports are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Go
    Go,
    /// JavaScript, TypeScript and what holds scripts of theirs.
    JavaScript,
    /// Python
    Python,
    /// Rust
    Rust,
}

impl Language {
    /// By the ending of a path.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
        Some(match ending {
            "go" => Self::Go,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" | "astro" => {
                Self::JavaScript
            }
            "py" | "pyw" | "pyi" | "pyx" => Self::Python,
            "rs" => Self::Rust,
            _ => return None,
        })
    }

    /// What people call its files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "Go",
            Self::JavaScript => "JavaScript or TypeScript",
            Self::Python => "Python",
            Self::Rust => "Rust",
        }
    }
}

/// How a source names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It imports it.
    Code,
    /// It imports its types alone, of which nothing is left when the program runs.
    Types,
    /// It imports it in a part that is built for tests only.
    Test,
    /// The name is the whole of a text, or the start of a path in one: frameworks load what settings name so.
    Text,
    /// It imports what is known only when the program runs; without a name.
    Computed,
}

/// Something that a source imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// As it stands there: a crate, a module with dots, a path of Go, a specifier of JavaScript.
    pub name: String,
    /// How.
    pub kind: Kind,
    /// The line of the first such, from 1.
    pub line: u32,
}

/// Reads what a source imports of what is `wanted`, each name once for each kind, in the order of the text. Whoever
/// wants all of a package's parts takes names that begin with it.
///
/// The path tells what the language's tools make of it: `.pyi` and `.d.ts` hold types only.
#[must_use]
pub fn read(language: Language, path: &str, text: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<Import> {
    if text.len() > SOURCE_BYTES_MAX {
        return Vec::new();
    }
    let mut found = Found { wanted, first: HashMap::new(), types: is_types(path) };
    match language {
        Language::Go => go::read(text, &mut found),
        Language::JavaScript => javascript::read(path, text, &mut found),
        Language::Python => python::read(text, &mut found),
        Language::Rust => rust::read(text, &mut found),
    }
    found.end(text)
}

fn is_types(path: &str) -> bool {
    [".pyi", ".d.ts", ".d.mts", ".d.cts"].iter().any(|end| path.ends_with(end))
}

/// Gathers what a reader finds.
struct Found<'w> {
    wanted: &'w dyn Fn(&str) -> bool,
    first: HashMap<(Kind, String), usize>,
    types: bool,
}

impl Found<'_> {
    /// Takes a name that stands at byte `at`.
    fn add(&mut self, name: &str, kind: Kind, at: usize) {
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !(self.wanted)(name) {
            return;
        }
        let kind = if self.types && kind == Kind::Code { Kind::Types } else { kind };
        self.keep(name, kind, at);
    }

    /// Notes that something is imported of which the name is not known.
    fn computed(&mut self, at: usize) {
        self.keep("", Kind::Computed, at);
    }

    fn keep(&mut self, name: &str, kind: Kind, at: usize) {
        if self.first.len() < IMPORTS_MAX {
            let slot = self.first.entry((kind, name.to_owned())).or_insert(at);
            *slot = at.min(*slot);
        }
    }

    fn end(self, text: &str) -> Vec<Import> {
        let mut found: Vec<(usize, Kind, String)> =
            self.first.into_iter().map(|((kind, name), at)| (at, kind, name)).collect();
        found.sort();
        let (mut line, mut from) = (1, 0);
        let lines = |part: &[u8]| u32::try_from(memchr::memchr_iter(b'\n', part).count()).unwrap_or(u32::MAX);
        let mut out = Vec::with_capacity(found.len());
        for (at, kind, name) in found {
            line += text.as_bytes().get(from..at).map_or(0, lines);
            from = at.max(from);
            out.push(Import { name, kind, line });
        }
        out
    }
}

#[cfg(test)]
mod tests;
