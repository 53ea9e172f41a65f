//! Go: `import` stands before everything else of a file, so that reading ends where they do.

use super::cursor::Cursor;
use super::{Found, Kind};

pub(super) fn read(text: &str, found: &mut Found<'_>) {
    let mut cursor = Cursor::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    let offset = text.len() - cursor.text.len();
    skip(&mut cursor);
    if cursor.word() != "package" {
        return;
    }
    skip(&mut cursor);
    cursor.word();
    loop {
        skip(&mut cursor);
        if cursor.word() != "import" {
            return;
        }
        skip(&mut cursor);
        if cursor.peek(0) != b'(' {
            if !one(&mut cursor, offset, found) {
                return;
            }
            continue;
        }
        cursor.at += 1;
        loop {
            skip(&mut cursor);
            if cursor.peek(0) == b')' {
                cursor.at += 1;
                break;
            }
            if !one(&mut cursor, offset, found) {
                return;
            }
        }
    }
}

/// `"path"`, `name "path"`, `. "path"`; false when there is none.
fn one(cursor: &mut Cursor<'_>, offset: usize, found: &mut Found<'_>) -> bool {
    if cursor.peek(0) == b'.' {
        cursor.at += 1;
    } else {
        cursor.word();
    }
    skip(cursor);
    let at = cursor.at + offset;
    let path = match cursor.peek(0) {
        b'"' => cursor.quoted(),
        b'`' => {
            cursor.at += 1;
            let from = cursor.at;
            cursor.skip_to(b'`');
            let path = cursor.since(from);
            cursor.at = (cursor.at + 1).min(cursor.text.len());
            path
        }
        _ => return false,
    };
    found.add(path, Kind::Code, at);
    true
}

/// Moves past white space, semicolons and comments.
fn skip(cursor: &mut Cursor<'_>) {
    cursor.skip_blank(|byte| byte.is_ascii_whitespace() || byte == b';');
}
