//! Rust: the crates at which paths begin, in `use`, in `extern crate`, in code and in attributes.
//!
//! A name that the file itself brings into scope (`mod time;`, `use std::time;`) is not the crate of that name there.

use std::collections::HashSet;

use super::cursor::{Cursor, is_word};
use super::{Found, Kind};

/// Paths of one source that are kept until its scopes are known.
const PATHS_MAX: usize = 100_000;
/// Groups within groups of one `use`; the compiler stops at 128 of anything.
const GROUPS_MAX: usize = 128;
/// Scopes around a path in which its name is looked for; code is some ten deep.
const SCOPES_MAX: usize = 128;
/// The start of an attribute that is looked at for `test`; longer ones are documentation.
const ATTRIBUTE_BYTES_MAX: usize = 400;
/// Words and marks of it, likewise.
const ATTRIBUTE_TOKENS_MAX: usize = 100;

/// A part of the text in which names hold.
struct Scope {
    /// The scope around it, whose names hold here too: none for a module.
    outer: Option<usize>,
    /// Whether it is built for tests only.
    test: bool,
}

/// A path that begins with a name.
struct Path<'t> {
    name: &'t str,
    at: usize,
    scope: usize,
    test: bool,
    /// Whether nothing in scope can be meant: `::name`, `extern crate name`.
    global: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    /// `::`
    Path,
    Mark(u8),
    /// A text, a number, a lifetime.
    Other,
    End,
}

struct Reader<'t, 'f, 'w> {
    cursor: Cursor<'t>,
    found: &'f mut Found<'w>,
    scopes: Vec<Scope>,
    open: Vec<usize>,
    brought: HashSet<(usize, &'t str)>,
    paths: Vec<Path<'t>>,
    /// An attribute says that what follows is for tests only.
    test: bool,
    /// The block that opens next is a module's.
    module: bool,
}

pub(super) fn read(text: &str, found: &mut Found<'_>) {
    let mut cursor = Cursor::new(text);
    if cursor.starts_with("#!") && !cursor.starts_with("#![") {
        cursor.skip_to(b'\n');
    }
    let scopes = vec![Scope { outer: None, test: false }];
    let mut reader = Reader {
        cursor,
        found,
        scopes,
        open: Vec::new(),
        brought: HashSet::new(),
        paths: Vec::new(),
        test: false,
        module: false,
    };
    reader.file();
    reader.end();
}

impl<'t> Reader<'t, '_, '_> {
    fn scope(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    fn is_test(&self) -> bool {
        self.test || self.scopes.get(self.scope()).is_some_and(|scope| scope.test)
    }

    fn file(&mut self) {
        let (mut before, mut last) = (Token::End, Token::End);
        loop {
            let at = self.place();
            let token = self.next();
            match token {
                Token::End => return,
                Token::Mark(b'{') => self.enter(),
                Token::Mark(b'}') => {
                    self.open.pop();
                    self.test = false;
                }
                Token::Mark(b';') => (self.test, self.module) = (false, false),
                Token::Mark(b'#') => self.attribute(),
                Token::Word("use") if !matches!(last, Token::Path | Token::Mark(b'.')) => self.usage(),
                Token::Word("mod") if !matches!(last, Token::Path | Token::Mark(b'.')) => {
                    if let Token::Word(name) = self.next() {
                        self.bring(name);
                        self.module = true;
                    }
                }
                Token::Word("crate") if last == Token::Word("extern") => {
                    let at = self.place();
                    if let Token::Word(name) = self.next() {
                        self.path(name, at, true);
                    }
                }
                Token::Word(name) if self.is_root(last) => {
                    // `name::<T>()` is a function of that name.
                    let global = last == Token::Path;
                    if !(global && matches!(before, Token::Word(_) | Token::Mark(b'>' | b')' | b']' | b'$')))
                        && self.leads_on()
                    {
                        self.path(name, at, global);
                    }
                }
                _ => {}
            }
            (before, last) = (last, token);
        }
    }

    /// Whether a path can begin after this.
    fn is_root(&self, last: Token<'_>) -> bool {
        !matches!(last, Token::Mark(b'.' | b'$'))
    }

    /// Whether the word just read is followed by `::` and a name.
    fn leads_on(&self) -> bool {
        let mut ahead = self.cursor;
        skip(&mut ahead);
        if !ahead.starts_with("::") {
            return false;
        }
        ahead.at += 2;
        skip(&mut ahead);
        ahead.peek(0) != b'<'
    }

    /// The place of the next token.
    fn place(&mut self) -> usize {
        skip(&mut self.cursor);
        self.cursor.at
    }

    fn path(&mut self, name: &'t str, at: usize, global: bool) {
        if self.paths.len() < PATHS_MAX && (self.found.wanted)(name) {
            let (scope, test) = (self.scope(), self.is_test());
            self.paths.push(Path { name, at, scope, test, global });
        }
    }

    fn bring(&mut self, name: &'t str) {
        // Only names that are asked for can be taken for something else.
        if (self.found.wanted)(name) {
            self.brought.insert((self.scope(), name));
        }
    }

    fn enter(&mut self) {
        let outer = self.scope();
        let test = self.is_test();
        let scope = Scope { outer: Some(outer).filter(|_| !self.module), test };
        // A block without names of its own would do with the scope around it, but those may come later in it.
        self.open.push(self.scopes.len());
        self.scopes.push(scope);
        (self.test, self.module) = (false, false);
    }

    /// An attribute after its `#`: what it names counts, and it may say that what follows is for tests.
    fn attribute(&mut self) {
        let mut ahead = self.cursor;
        skip(&mut ahead);
        if ahead.peek(0) == b'!' {
            ahead.at += 1;
            skip(&mut ahead);
        }
        if ahead.peek(0) != b'[' {
            return;
        }
        ahead.at += 1;
        let start = ahead.rest().get(..ATTRIBUTE_BYTES_MAX).unwrap_or(ahead.rest());
        if memchr::memmem::find(start, b"test").is_none() {
            return;
        }
        // The words up to its end, without moving on: the paths in it are read as all others are.
        let (mut depth, mut head, mut head_over, mut negated, mut test) = (1_usize, "", false, false, false);
        for _ in 0..ATTRIBUTE_TOKENS_MAX {
            match token(&mut ahead) {
                Token::End => break,
                Token::Mark(b'[' | b'(' | b'{') => {
                    depth += 1;
                    head_over = true;
                }
                Token::Mark(b']' | b')' | b'}') => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Token::Mark(b'=') => head_over = true,
                Token::Word(word) if !head_over => head = word,
                Token::Word("not") => negated = true,
                Token::Word("test") => test = true,
                _ => {}
            }
        }
        self.test |= head == "test" || (head == "cfg" && test && !negated);
    }

    /// The tree of a `use`, up to its semicolon.
    fn usage(&mut self) {
        // For each open group: how many names stand before it, and the last of them.
        let mut groups: Vec<(usize, Option<&'t str>)> = vec![(0, None)];
        // The part at hand: whether it has a name yet, the last one, how many, whether the first was a root.
        let (mut parts, mut last, mut global) = (0_usize, None, false);
        let mut root = None;
        let mut renamed = false;
        loop {
            let at = self.place();
            let before = self.cursor;
            let token = self.next();
            let (above, around) = groups.last().copied().unwrap_or_default();
            let is_top = above == 0;
            match token {
                Token::Word("as") => renamed = true,
                Token::Word(name) => {
                    if parts == 0 && is_top {
                        self.path(name, at, global);
                        root = Some(name);
                    }
                    parts += 1;
                    last = Some(name);
                }
                Token::Path if parts == 0 => global = is_top,
                Token::Path | Token::Mark(b'*') => {
                    if token == Token::Mark(b'*') {
                        last = None;
                    }
                }
                Token::Mark(b'{') if groups.len() < GROUPS_MAX => {
                    groups.push((above + parts, last));
                    (parts, last, global, renamed) = (0, None, false, false);
                }
                Token::Mark(mark @ (b',' | b'}' | b';')) => {
                    let is_self = last == Some("self") && !is_top;
                    let name = if is_self { around } else { last };
                    // `use name;` is the crate itself; so is `use name::{self}`.
                    let is_crate = !renamed && if is_self { above == 1 } else { above + parts == 1 };
                    // `use name::name;` is a macro or a function: paths go on beginning at the crate.
                    if let Some(name) = name.filter(|_| !is_crate && name != root) {
                        self.bring(name);
                    }
                    (parts, last, global, renamed) = (0, None, false, false);
                    match mark {
                        b'}' => {
                            groups.pop();
                            // The group has told its names.
                            last = None;
                            parts = 2;
                            if groups.is_empty() {
                                self.cursor = before;
                                return;
                            }
                        }
                        b';' => {
                            (self.test, self.module) = (false, false);
                            return;
                        }
                        _ => {}
                    }
                }
                // `use<'a>` of a type, or no Rust.
                _ => {
                    self.cursor = before;
                    return;
                }
            }
        }
    }

    fn next(&mut self) -> Token<'t> {
        token(&mut self.cursor)
    }

    /// Tells the paths that no name in scope takes.
    fn end(self) {
        for path in &self.paths {
            let around = std::iter::successors(Some(path.scope), |at| self.scopes.get(*at)?.outer);
            if path.global || !around.take(SCOPES_MAX).any(|at| self.brought.contains(&(at, path.name))) {
                let kind = if path.test { Kind::Test } else { Kind::Code };
                self.found.add(path.name, kind, path.at);
            }
        }
    }
}

/// Moves past white space and comments.
fn skip(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_while(|byte| byte.is_ascii_whitespace());
        match (cursor.peek(0), cursor.peek(1)) {
            (b'/', b'/') => cursor.skip_to(b'\n'),
            (b'/', b'*') => comment(cursor),
            _ => return,
        }
    }
}

/// Moves past a comment, which may hold others.
fn comment(cursor: &mut Cursor<'_>) {
    let mut depth = 0_usize;
    while !cursor.is_end() {
        match (cursor.peek(0), cursor.peek(1)) {
            (b'/', b'*') => {
                depth += 1;
                cursor.at += 2;
            }
            (b'*', b'/') => {
                depth -= 1;
                cursor.at += 2;
                if depth == 0 {
                    return;
                }
            }
            _ => cursor.at += 1,
        }
    }
}

fn token<'t>(cursor: &mut Cursor<'t>) -> Token<'t> {
    skip(cursor);
    if cursor.is_end() {
        return Token::End;
    }
    match cursor.peek(0) {
        b'"' => {
            text(cursor);
            Token::Other
        }
        b'\'' => {
            quote(cursor);
            Token::Other
        }
        b':' if cursor.peek(1) == b':' => {
            cursor.at += 2;
            Token::Path
        }
        byte if byte.is_ascii_digit() => {
            // A dot and what follows is read as marks and numbers, which is all the same here.
            cursor.skip_while(is_word);
            Token::Other
        }
        mark => {
            let word = cursor.word();
            match (word, cursor.peek(0)) {
                ("", _) => {
                    cursor.at += 1;
                    Token::Mark(mark)
                }
                ("b" | "c", b'"') => {
                    text(cursor);
                    Token::Other
                }
                ("b", b'\'') => {
                    quote(cursor);
                    Token::Other
                }
                ("r" | "br" | "cr", b'"' | b'#') => raw(cursor, word),
                _ => Token::Word(word),
            }
        }
    }
}

/// Moves past a text, which may have many lines.
fn text(cursor: &mut Cursor<'_>) {
    cursor.at += 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', cursor.rest()) {
        cursor.at += found;
        if cursor.peek(0) == b'"' {
            cursor.at += 1;
            return;
        }
        cursor.at = (cursor.at + 2).min(cursor.text.len());
    }
    cursor.at = cursor.text.len();
}

/// Moves past a character, or the name of a lifetime.
fn quote(cursor: &mut Cursor<'_>) {
    cursor.at += 1;
    let rest = cursor.text.get(cursor.at..).unwrap_or("");
    let mut characters = rest.char_indices();
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((_, escaped))) => {
            cursor.at += 1 + escaped.len_utf8();
            cursor.skip_while(|byte| byte != b'\'' && byte != b'\n');
            cursor.at += usize::from(cursor.peek(0) == b'\'');
        }
        (Some(_), Some((end, '\''))) => cursor.at += end + 1,
        _ => {
            cursor.word();
        }
    }
}

/// What `r` or `br` begins: a raw text, or a raw name.
fn raw<'t>(cursor: &mut Cursor<'t>, word: &'t str) -> Token<'t> {
    let from = cursor.at;
    cursor.skip_while(|byte| byte == b'#');
    let hashes = cursor.at - from;
    if cursor.peek(0) == b'"' {
        cursor.at += 1;
        loop {
            cursor.skip_to(b'"');
            if cursor.is_end() {
                return Token::Other;
            }
            cursor.at += 1;
            if cursor.rest().iter().take(hashes).filter(|byte| **byte == b'#').count() == hashes {
                cursor.at += hashes;
                return Token::Other;
            }
        }
    }
    if word == "r" && hashes == 1 {
        let name = cursor.word();
        return if name.is_empty() { Token::Other } else { Token::Word(name) };
    }
    cursor.at = from;
    Token::Word(word)
}
