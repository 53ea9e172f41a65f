//! JavaScript and TypeScript: `import`, `export … from`, `require`, `import()`; in pages of components their scripts.

use super::cursor::{Cursor, is_word};
use super::{Found, Kind};

/// Texts between backticks within each other.
const TEMPLATES_MAX: usize = 200;
/// Backticks that turn out to be none, as in the prose of a page: the source is read anew behind each.
const RETRIES_MAX: usize = 16;
/// Longer regular expressions are taken for divisions; people write none.
const EXPRESSION_BYTES_MAX: usize = 1_000;
/// Scripts of one page.
const SCRIPTS_MAX: usize = 64;

pub(super) fn read(path: &str, text: &str, found: &mut Found<'_>) {
    let ending = path.rsplit('.').next().unwrap_or("");
    if !matches!(ending, "vue" | "svelte" | "astro") {
        script(text, 0, found);
        return;
    }
    let mut cursor = Cursor::new(text);
    if ending == "astro" && text.starts_with("---") {
        cursor.at = 3;
        cursor.skip_past("\n---");
        script(text.get(3..cursor.at.saturating_sub(3)).unwrap_or(""), 3, found);
    }
    for _ in 0..SCRIPTS_MAX {
        cursor.skip_past("<script");
        if cursor.is_end() {
            return;
        }
        cursor.skip_past(">");
        let from = cursor.at;
        cursor.skip_past("</script");
        script(cursor.since(from).trim_end_matches("</script"), from, found);
    }
}

/// The package that a specifier is of: `lodash/fp` is of `lodash`, `npm:@a/b@1/c` of `@a/b`. None for files, addresses
/// and what the runtime brings.
#[must_use]
pub fn package_of(specifier: &str) -> Option<&str> {
    let name = ["npm:", "jsr:"].iter().find_map(|scheme| specifier.strip_prefix(scheme)).unwrap_or(specifier);
    let name = name.strip_prefix('/').filter(|_| name.len() < specifier.len()).unwrap_or(name);
    if name.starts_with(['.', '/', '#', '~']) || name.contains("://") || name.starts_with("node:") {
        return None;
    }
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let end = name.match_indices('/').nth(parts - 1).map_or(name.len(), |(at, _)| at);
    let package = name.get(..end)?;
    let end = package.char_indices().skip(1).find(|(_, character)| *character == '@').map_or(end, |(at, _)| at);
    package.get(..end).filter(|package| parts == 1 || package.contains('/')).filter(|package| !package.is_empty())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    /// A text without holes.
    Text(&'t str),
    /// A text with holes, by what stands before the first.
    Holes(&'t str),
    Mark(u8),
    /// A number or a regular expression.
    Other,
    End,
}

/// A statement that may end in `from "…"`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statement {
    None,
    Import,
    Types,
    Export,
}

struct Reader<'t> {
    cursor: Cursor<'t>,
    /// For each `${` that is open, the brackets opened within it.
    holes: Vec<usize>,
    /// The last backtick that began a text.
    backtick: usize,
    last: Token<'t>,
}

fn script(text: &str, offset: usize, found: &mut Found<'_>) {
    let mut from = 0;
    for _ in 0..=RETRIES_MAX {
        let mut reader = Reader { cursor: Cursor::new(text), holes: Vec::new(), backtick: 0, last: Token::End };
        reader.cursor.at = from;
        if from == 0 && text.starts_with("#!") {
            reader.cursor.skip_to(b'\n');
        }
        if reader.file(offset, found) {
            return;
        }
        // It began no text, or it would have ended: what follows is read as code.
        from = reader.backtick + 1;
    }
}

impl<'t> Reader<'t> {
    /// Reads to the end; false when a text between backticks does not end.
    fn file(&mut self, offset: usize, found: &mut Found<'_>) -> bool {
        let mut statement = Statement::None;
        let mut before = Token::End;
        loop {
            let last = self.last;
            let at = self.place();
            let Some(token) = self.next() else { return false };
            match token {
                Token::End => return self.holes.is_empty(),
                Token::Word("import") if last != Token::Mark(b'.') => {
                    statement = Statement::Import;
                    match self.ahead() {
                        (Token::Text(name), _) => found.add(name, Kind::Code, at + offset),
                        (Token::Mark(b'('), _) => {
                            statement = Statement::None;
                            self.call(at + offset, found);
                        }
                        (Token::Word("type"), Token::Word(next)) if next != "from" => statement = Statement::Types,
                        (Token::Word("type"), Token::Mark(b'{' | b'*')) => statement = Statement::Types,
                        _ => {}
                    }
                }
                Token::Word("export") if last != Token::Mark(b'.') => {
                    statement = match self.ahead() {
                        (Token::Mark(b'{' | b'*'), _) => Statement::Export,
                        (Token::Word("type"), Token::Mark(b'{' | b'*')) => Statement::Types,
                        _ => Statement::None,
                    };
                }
                Token::Word("require") if self.is_require(last, before) => match self.ahead() {
                    (Token::Mark(b'('), _) => self.call(at + offset, found),
                    (Token::Mark(b'.'), Token::Word("resolve")) => {
                        self.skip_tokens(2);
                        if self.ahead().0 == Token::Mark(b'(') {
                            self.call(at + offset, found);
                        }
                    }
                    _ => {}
                },
                Token::Text(name) => {
                    let kind = match (statement, last) {
                        (Statement::Types, Token::Word("from")) => Kind::Types,
                        (Statement::Import | Statement::Export, Token::Word("from")) => Kind::Code,
                        _ => Kind::Text,
                    };
                    if !(kind == Kind::Text && matches!(last, Token::Word("import"))) {
                        found.add(name, kind, at + offset);
                    }
                    statement = Statement::None;
                }
                // What may stand between `import` and `from`.
                Token::Word(_) | Token::Mark(b'{' | b'}' | b',' | b'*') => {}
                _ => statement = Statement::None,
            }
            before = last;
            self.last = token;
        }
    }

    /// Whether `require` is the one that loads modules: no method of something else, nothing that is declared here.
    fn is_require(&self, last: Token<'_>, before: Token<'_>) -> bool {
        match last {
            Token::Mark(b'.') => before == Token::Word("module"),
            Token::Word("function") => false,
            _ => true,
        }
    }

    /// After `require` or `import`: takes what stands in the brackets.
    fn call(&mut self, at: usize, found: &mut Found<'_>) {
        let mut ahead = self.clone_at();
        let mut take = || ahead.next();
        let (Some(_), Some(name), Some(end)) = (take(), take(), take()) else { return };
        match (name, end) {
            (Token::Text(name), Token::Mark(b')' | b',')) => found.add(name, Kind::Code, at),
            // What begins so is a file of the project.
            (Token::Text(name) | Token::Holes(name), _) if name.starts_with(['.', '/']) => {}
            (Token::Word("path"), Token::Mark(b'.')) => {}
            (Token::Mark(b')') | Token::End, _) => {}
            _ => found.computed(at),
        }
    }

    /// The next two tokens, without moving.
    fn ahead(&self) -> (Token<'t>, Token<'t>) {
        let mut ahead = self.clone_at();
        let first = ahead.next().unwrap_or(Token::End);
        // A text that ends what is asked for need not be followed by another.
        let second = if matches!(first, Token::Text(_) | Token::Holes(_)) { None } else { ahead.next() };
        (first, second.unwrap_or(Token::End))
    }

    fn skip_tokens(&mut self, count: usize) {
        for _ in 0..count {
            self.last = self.next().unwrap_or(Token::End);
        }
    }

    fn clone_at(&self) -> Self {
        Self { cursor: self.cursor, holes: Vec::new(), backtick: 0, last: Token::Other }
    }

    fn place(&mut self) -> usize {
        self.cursor.skip_blank(|byte| byte.is_ascii_whitespace());
        self.cursor.at
    }

    /// The next token; none where a text between backticks does not end.
    fn next(&mut self) -> Option<Token<'t>> {
        self.cursor.skip_blank(|byte| byte.is_ascii_whitespace());
        if self.cursor.is_end() {
            return Some(Token::End);
        }
        let mark = self.cursor.peek(0);
        match mark {
            b'"' | b'\'' => return Some(Token::Text(self.cursor.quoted())),
            b'`' => {
                self.backtick = self.cursor.at;
                self.cursor.at += 1;
                return self.template();
            }
            b'{' => {
                if let Some(open) = self.holes.last_mut() {
                    *open += 1;
                }
            }
            b'}' => match self.holes.last_mut() {
                Some(0) => {
                    self.holes.pop();
                    self.cursor.at += 1;
                    return self.template().map(|_| Token::Other);
                }
                Some(open) => *open -= 1,
                None => {}
            },
            b'/' if self.is_expression() => {
                if let Some(end) = regular_expression(self.cursor.rest()) {
                    self.cursor.at += end;
                    return Some(Token::Other);
                }
            }
            byte if byte.is_ascii_digit() => {
                self.cursor.skip_while(is_word);
                return Some(Token::Other);
            }
            b'$' | b'#' => {
                self.cursor.at += 1;
                self.cursor.skip_while(|byte| is_word(byte) || byte == b'$');
                return Some(Token::Other);
            }
            _ => {
                let word = self.cursor.word();
                if !word.is_empty() {
                    if self.cursor.peek(0) == b'$' {
                        self.cursor.skip_while(|byte| is_word(byte) || byte == b'$');
                        return Some(Token::Other);
                    }
                    return Some(Token::Word(word));
                }
            }
        }
        self.cursor.at += 1;
        Some(Token::Mark(mark))
    }

    /// Whether a slash here begins a regular expression: after what ends a value it divides.
    fn is_expression(&self) -> bool {
        if matches!(self.cursor.peek(1), b'>') {
            return false;
        }
        match self.last {
            Token::Mark(mark) => !matches!(mark, b')' | b']' | b'<'),
            Token::Word(word) => {
                matches!(
                    word,
                    "return" | "typeof" | "case" | "in" | "of" | "delete" | "void" | "throw" | "await" | "else"
                )
            }
            Token::End => true,
            Token::Text(_) | Token::Holes(_) | Token::Other => false,
        }
    }

    /// The rest of a text between backticks, up to its end or its first hole.
    fn template(&mut self) -> Option<Token<'t>> {
        let from = self.cursor.at;
        while let Some(found) = memchr::memchr3(b'`', b'\\', b'$', self.cursor.rest()) {
            self.cursor.at += found;
            match (self.cursor.peek(0), self.cursor.peek(1)) {
                (b'`', _) => {
                    let text = self.cursor.since(from);
                    self.cursor.at += 1;
                    return Some(Token::Text(text));
                }
                (b'$', b'{') if self.holes.len() < TEMPLATES_MAX => {
                    let text = self.cursor.since(from);
                    self.cursor.at += 2;
                    self.holes.push(0);
                    return Some(Token::Holes(text));
                }
                (b'\\', _) => self.cursor.at += 2,
                _ => self.cursor.at += 1,
            }
        }
        None
    }
}

/// The length of the regular expression that begins here; none where its line does not end it.
fn regular_expression(bytes: &[u8]) -> Option<usize> {
    let (mut within, mut escaped) = (false, false);
    for (at, byte) in bytes.iter().take(EXPRESSION_BYTES_MAX).enumerate().skip(1) {
        match byte {
            b'\n' => return None,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => within = true,
            b']' => within = false,
            b'/' if !within => return Some(at + 1),
            _ => {}
        }
    }
    None
}
