//! Python: statements that import, calls that import by a name that stands in them, and texts that are such a name.

use super::cursor::{Cursor, is_word, is_word_start};
use super::{Found, Kind};

/// Longer texts are no names of modules.
const TEXT_BYTES_MAX: usize = 200;
/// Names of one statement; the longest lists in the wild have some hundred.
const NAMES_MAX: usize = 1_000;
/// Deeper blocks than this are not looked at for types.
const COLUMNS_MAX: usize = 200;
/// Columns that a tab leads to, as the language's own reader counts.
const TAB_COLUMNS: usize = 8;
/// How lines begin that stand in no bracket.
const OUTERMOST: [&str; 5] = ["import ", "from ", "def ", "class ", "@"];

pub(super) fn read(text: &str, found: &mut Found<'_>) {
    let mut reader = Reader { cursor: Cursor::new(text), found, types_within: None };
    if text.starts_with('\u{feff}') {
        reader.cursor.at = '\u{feff}'.len_utf8();
    }
    reader.file();
}

struct Reader<'t, 'f, 'w> {
    cursor: Cursor<'t>,
    found: &'f mut Found<'w>,
    /// The column of an `if TYPE_CHECKING:` whose block is open.
    types_within: Option<usize>,
}

impl<'t> Reader<'t, '_, '_> {
    fn file(&mut self) {
        let (mut depth, mut starts, mut new_line) = (0_usize, true, true);
        let mut before = "";
        while !self.cursor.is_end() {
            if new_line {
                new_line = false;
                self.indentation();
            }
            let at = self.cursor.at;
            match self.cursor.peek(0) {
                b'\n' => {
                    self.cursor.at += 1;
                    // No line within brackets begins so: one was opened in what is no code.
                    if depth == 0 || OUTERMOST.iter().any(|start| self.cursor.starts_with(start)) {
                        (depth, starts, new_line) = (0, true, true);
                    }
                    continue;
                }
                b' ' | b'\t' | b'\r' | 0x0C => {
                    self.cursor.at += 1;
                    continue;
                }
                b'\\' => {
                    self.cursor.at += if self.cursor.peek(1) == b'\r' { 3 } else { 2 };
                    continue;
                }
                b'#' => {
                    self.cursor.skip_to(b'\n');
                    continue;
                }
                b';' => {
                    self.cursor.at += 1;
                    starts = true;
                    continue;
                }
                b':' if depth == 0 => {
                    self.cursor.at += 1;
                    starts = true;
                    continue;
                }
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    self.cursor.at += 1;
                }
                b')' | b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    self.cursor.at += 1;
                }
                b'"' | b'\'' => {
                    if let Some(text) = self.text() {
                        self.named(text, at);
                    }
                }
                byte if is_word_start(byte) => {
                    let word = self.cursor.word();
                    match word {
                        "import" if starts => self.import(),
                        "from" if starts => self.from(),
                        "if" if starts => self.condition(at),
                        "import_module" | "__import__" if !matches!(before, "def" | "import") => self.call(at),
                        _ if word.len() <= 2 && matches!(self.cursor.peek(0), b'"' | b'\'') => {
                            let text = self.text();
                            // What is in braces of a text is code.
                            if let Some(text) = text.filter(|_| !word.contains(['f', 'F', 'b', 'B'])) {
                                self.named(text, at);
                            }
                        }
                        _ => {}
                    }
                    before = word;
                }
                byte if byte.is_ascii_digit() => self.cursor.skip_while(is_word),
                _ => self.cursor.at += 1,
            }
            starts = false;
        }
    }

    fn kind(&self) -> Kind {
        if self.types_within.is_some() { Kind::Types } else { Kind::Code }
    }

    /// At the start of a line: ends the block of types where the line stands further left.
    fn indentation(&mut self) {
        let Some(column) = self.types_within else { return };
        let mut ahead = self.cursor;
        ahead.skip_while(|byte| matches!(byte, b' ' | b'\t'));
        let here = columns(ahead.since(self.cursor.at));
        if here <= column && !matches!(ahead.peek(0), b'\n' | b'\r' | b'#' | 0) {
            self.types_within = None;
        }
    }

    /// `if TYPE_CHECKING:`, `if typing.TYPE_CHECKING:`
    fn condition(&mut self, at: usize) {
        let mut ahead = self.cursor;
        blank(&mut ahead);
        let name = dotted(&mut ahead);
        blank(&mut ahead);
        if name.rsplit('.').next() != Some("TYPE_CHECKING") || ahead.peek(0) != b':' || self.types_within.is_some() {
            return;
        }
        let before = self.cursor.text.get(..at).unwrap_or("").bytes().rev();
        let blanks = before.clone().take(COLUMNS_MAX).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        // Behind something else on its line it is no block that lines stand in.
        if before.clone().nth(blanks).is_none_or(|byte| byte == b'\n') {
            self.types_within = Some(columns(self.cursor.text.get(at - blanks..at).unwrap_or("")));
        }
        self.cursor = ahead;
    }

    /// `import a.b as c, d`
    fn import(&mut self) {
        for _ in 0..NAMES_MAX {
            blank(&mut self.cursor);
            let at = self.cursor.at;
            let name = dotted(&mut self.cursor);
            let kind = self.kind();
            self.found.add(&name, kind, at);
            blank(&mut self.cursor);
            self.alias();
            if self.cursor.peek(0) != b',' {
                return;
            }
            self.cursor.at += 1;
        }
    }

    /// `from a.b import c as d, e`: what is imported may be a module of its own.
    fn from(&mut self) {
        blank(&mut self.cursor);
        let at = self.cursor.at;
        let module = dotted(&mut self.cursor);
        blank(&mut self.cursor);
        // `from . import a` is the project's own.
        if module.is_empty() || self.cursor.word() != "import" {
            return;
        }
        let kind = self.kind();
        self.found.add(&module, kind, at);
        blank(&mut self.cursor);
        let mut ahead = self.cursor;
        let bracket = ahead.peek(0) == b'(';
        if bracket {
            ahead.at += 1;
        }
        let space = |cursor: &mut Cursor<'_>| if bracket { space(cursor) } else { blank(cursor) };
        for _ in 0..NAMES_MAX {
            space(&mut ahead);
            let name = ahead.word();
            if name.is_empty() {
                break;
            }
            self.found.add(&format!("{module}.{name}"), kind, at);
            space(&mut ahead);
            if ahead.starts_with("as ") {
                ahead.at += 2;
                space(&mut ahead);
                ahead.word();
                space(&mut ahead);
            }
            if ahead.peek(0) != b',' {
                break;
            }
            ahead.at += 1;
        }
        // The bracket is counted by whoever reads on; without one the names are behind.
        if !bracket {
            self.cursor = ahead;
        }
    }

    fn alias(&mut self) {
        let mut ahead = self.cursor;
        if ahead.word() == "as" {
            blank(&mut ahead);
            ahead.word();
            blank(&mut ahead);
            self.cursor = ahead;
        }
    }

    /// `import_module("a.b")`: with anything but one plain text it is not known what is imported.
    fn call(&mut self, at: usize) {
        let mut ahead = self.cursor;
        space(&mut ahead);
        if ahead.peek(0) != b'(' {
            return;
        }
        ahead.at += 1;
        space(&mut ahead);
        let prefix = ahead.word();
        let mut inner = Reader { cursor: ahead, found: &mut *self.found, types_within: None };
        let text = if matches!(ahead.peek(0), b'"' | b'\'') { inner.text() } else { None };
        ahead = inner.cursor;
        space(&mut ahead);
        let plain = !prefix.contains(['f', 'F']) && matches!(ahead.peek(0), b')' | b',');
        match text.filter(|_| plain) {
            // A name with a dot before it is the project's own.
            Some(name) if name.starts_with('.') => {}
            Some(name) => {
                let kind = self.kind();
                self.found.add(name, kind, at);
            }
            None => self.found.computed(at),
        }
    }

    /// A text that is the name of a module or of something in it.
    fn named(&mut self, text: &str, at: usize) {
        let is_name = |byte: u8| is_word(byte) || matches!(byte, b'.' | b':');
        if text.len() <= TEXT_BYTES_MAX && text.bytes().all(is_name) {
            self.found.add(&text.replace(':', "."), Kind::Text, at);
        }
    }

    /// The text at hand; none when it has many lines.
    fn text(&mut self) -> Option<&'t str> {
        let quote = if self.cursor.peek(0) == b'"' { "\"\"\"" } else { "'''" };
        if !self.cursor.starts_with(quote) {
            return Some(self.cursor.quoted());
        }
        self.cursor.at += quote.len();
        let byte = quote.as_bytes().first().copied().unwrap_or(b'"');
        while let Some(found) = memchr::memchr2(byte, b'\\', self.cursor.rest()) {
            self.cursor.at += found;
            if self.cursor.starts_with(quote) {
                self.cursor.at += quote.len();
                return None;
            }
            self.cursor.at += if self.cursor.peek(0) == b'\\' { 2 } else { 1 };
        }
        self.cursor.at = self.cursor.text.len();
        None
    }
}

/// How far blanks at the start of a line indent it.
fn columns(blanks: &str) -> usize {
    let next = |at: usize, byte| if byte == b'\t' { (at / TAB_COLUMNS + 1) * TAB_COLUMNS } else { at + 1 };
    blanks.bytes().fold(0, next)
}

/// `a.b.c`, also with blanks around its dots.
fn dotted(cursor: &mut Cursor<'_>) -> String {
    let mut name = cursor.word().to_owned();
    loop {
        let mut ahead = *cursor;
        blank(&mut ahead);
        if name.is_empty() || ahead.peek(0) != b'.' {
            return name;
        }
        ahead.at += 1;
        blank(&mut ahead);
        let part = ahead.word();
        if part.is_empty() || name.len() > TEXT_BYTES_MAX {
            return name;
        }
        name.push('.');
        name.push_str(part);
        *cursor = ahead;
    }
}

/// Moves past blanks and lines that a backslash joins.
fn blank(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_while(|byte| matches!(byte, b' ' | b'\t' | 0x0C));
        match (cursor.peek(0), cursor.peek(1)) {
            (b'\\', b'\n') => cursor.at += 2,
            (b'\\', b'\r') => cursor.at += 3,
            _ => return,
        }
    }
}

/// Moves past white space and comments, as within brackets.
fn space(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_while(|byte| byte.is_ascii_whitespace() || byte == b'\\');
        if cursor.peek(0) != b'#' {
            return;
        }
        cursor.skip_to(b'\n');
    }
}
