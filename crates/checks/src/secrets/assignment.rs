//! Reads the assignment around a key word: which key, which operator, which value, whatever the language.
//!
//! One hand-written reader for `key = "v"`, `key: v`, `"key": "v"`, `<key>v</key>`, `--key v`, `?key=v`,
//! `("key", "v")`, `name: KEY / value: v` and their kin. It refuses to evaluate: a right-hand side that is
//! an expression is no value. It looks no further than [`KEY_BYTES_MAX`] to the left.

use palisade_model::Span;

use super::assigned_value::{Cursor, Value, bare, is_quote, quoted, typed, until, wrapped};
use super::file_kind::Syntax;

/// Words that open an assignment, in lower case, at least four bytes each. `key` and `pwd` are too short
/// and too common alone, so they come with what follows them.
#[rustfmt::skip] // one word a line would be pages
pub(super) const KEY_WORDS: &[&[u8]] = &[
    b"pass", b"secret", b"token", b"credential", b"authorization", b"apikey", b"auth\"", b"auth'", b"auth=",
    b"auth:", b"_auth", b"key=", b"key:", b"key\"", b"key'", b"key ", b"key>", b"key]", b"key,", b"key)",
    b"key`", b"key\\", b"pwd=", b"pwd:", b"pwd\"", b"pwd'", b"pwd ", b"pwd>", b"pwd)", b"pwd,", b"pwd]",
    b"key\t", b"pwd\t", b"_pw\"", b"_pw=", b"_pw:", b"_pw ", b"identified by", b"_pwd", b"pswd", b"pwrd",
];

/// Longer keys are not keys.
const KEY_BYTES_MAX: usize = 64;

/// More than is looked at between a key and its value, and behind the value.
pub(super) const JOIN_BYTES_MAX: usize = 96;

/// The longest word that [`may_join`] looks for.
const JOIN_WORD_BYTES: usize = 9;

/// How far before its key the `ENV ` of a Dockerfile stands.
const DOCKER_ENV_BYTES: usize = 8;

/// How far before `password` the `login` of a .netrc file stands.
pub(super) const LOGIN_BYTES_MAX: usize = 96;

/// How the value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// Not at all.
    None,
    /// Between these.
    By(u8),
}

/// How key and value are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// `=`, `:`, `:=`, `=>`.
    Assign,
    /// `==`, `!=`.
    Compare,
    /// `key("v")`, `("key", "v")`.
    Call,
    /// `||`, `??`, `:-`, `or`: what holds when nothing is set.
    Default,
    /// `<key>v</key>`.
    Element,
    /// `--key v`, `key v` where the language has no operator.
    Space,
    /// `?key=v&`, `key=v;` within a longer string.
    Parameter,
    /// `name: KEY` and `value: v`.
    Pair,
}

/// A key with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assignment<'a> {
    /// The whole key, with dots and dashes.
    pub(super) key: &'a [u8],
    pub(super) key_span: Span,
    pub(super) join: Join,
    pub(super) quote: Quote,
    pub(super) value: Span,
    /// The byte after the value (after the quote), to tell concatenation.
    pub(super) after: u8,
}

/// A key: a run of letters, digits, `_`, `-`, `.` and `$` around a word that may open an assignment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    /// The key without the dashes and dots around it.
    pub(super) text: &'a [u8],
    /// First byte of the run.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// The byte before it.
    before: u8,
    /// `IDENTIFIED BY`, which is a key of two words.
    sql: bool,
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

/// How much of a key stands before an offset.
pub(super) fn key_before(bytes: &[u8], at: usize) -> usize {
    let left = bytes.get(at.saturating_sub(2 * KEY_BYTES_MAX)..at).unwrap_or(&[]);
    left.iter().rev().take_while(|byte| is_key(**byte)).count()
}

/// The key that holds the word at [`start`, `end`), and where it ends: no need to look at words before.
pub(super) fn key_around(bytes: &[u8], start: usize, end: usize) -> (usize, Option<Key<'_>>) {
    let left = bytes.get(start.saturating_sub(KEY_BYTES_MAX)..start).unwrap_or(&[]);
    let key_start = start - left.iter().rev().take_while(|byte| is_key(**byte)).count();
    let word_end = bytes.get(..end).map_or(start, |head| {
        // The word may hold its operator (`key=`): the key ends at the last letter.
        let trailing = head.iter().rev().take_while(|byte| !is_key(**byte)).count();
        (end - trailing).max(start)
    });
    let right = bytes.get(word_end..bytes.len().min(word_end + KEY_BYTES_MAX)).unwrap_or(&[]);
    let mut key_end = word_end + right.iter().take_while(|byte| is_key(**byte)).count();
    let sql = bytes.get(start..end).is_some_and(|word| word.eq_ignore_ascii_case(b"identified by"));
    if sql {
        key_end = end;
    }
    if key_end - key_start > KEY_BYTES_MAX {
        return (key_end, None);
    }
    let before = key_start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n');
    let text = bytes.get(if sql { start } else { key_start }..key_end).map(trim_key);
    (key_end, text.map(|text| Key { text, start: key_start, end: key_end, before, sql }))
}

/// How far before an offset begins a key of which [`may_join`] could say otherwise if bytes behind the offset
/// were others.
pub(super) fn key_reaching(bytes: &[u8], at: usize) -> usize {
    let end = at.saturating_sub(JOIN_WORD_BYTES);
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let gap = bytes.get(end.saturating_sub(JOIN_BYTES_MAX)..end).unwrap_or(&[]);
    let key_end = end - gap.iter().rev().take_while(|byte| blank(byte)).count();
    at - (key_end - key_before(bytes, key_end))
}

/// How far behind an offset ends a key of which [`key_around`] or [`may_join`] could say otherwise if bytes
/// before the offset were others.
pub(super) fn key_touching(bytes: &[u8], at: usize) -> usize {
    let reach = DOCKER_ENV_BYTES + 1; // more than the dashes of an option
    let right = bytes.get(at + reach..).unwrap_or(&[]);
    reach + right.iter().take(2 * KEY_BYTES_MAX).take_while(|byte| is_key(**byte)).count()
}

/// Whether what follows a key may join it to a value in any syntax; most words in prose and calls fail here.
/// It looks at the key and fewer than [`JOIN_BYTES_MAX`] bytes behind it.
pub(super) fn may_join(bytes: &[u8], key: &Key<'_>) -> bool {
    if key.sql {
        return true;
    }
    let mut cursor = Cursor { bytes, at: key.end };
    let blanks = cursor.skip_blanks();
    match cursor.peek(0) {
        b'=' | b':' | b'"' | b'\'' | b'`' | b'\\' | b'[' | b']' | b'(' | b'!' | b'?' | b'|' | b'+' | b'<' | b'-' => {
            true
        }
        b'>' => blanks == 0,
        b'\n' | b'\r' => {
            cursor.skip_space();
            cursor.rest().get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"value"))
        }
        _ if blanks == 0 => false,
        b'o' if cursor.rest().starts_with(b"or ") => true,
        b's' if cursor.rest().starts_with(b"string = ") => true,
        // A value behind nothing but a blank: `--key v`, `password v`, `ENV KEY v`.
        _ => {
            let named = [b"password".as_slice(), b"requirepass", b"masterauth"];
            dashes_before(bytes, key.end, key.text)
                || named.iter().any(|name| key.text.eq_ignore_ascii_case(name))
                || bytes
                    .get(cursor.at.saturating_sub(key.text.len() + DOCKER_ENV_BYTES)..key.end)
                    .is_some_and(|head| head.windows(2).any(|pair| pair == b"V "))
        }
    }
}

/// The assignment behind a key, and one past the last byte that was looked at.
pub(super) fn value_of<'a>(bytes: &'a [u8], key: &Key<'a>, syntax: Syntax) -> (Option<Assignment<'a>>, usize) {
    let mut cursor = Cursor { bytes, at: key.end };
    let found = read(&mut cursor, key.text, key.before, syntax, key.sql);
    let assignment = found.map(|(join, quote, value, after)| Assignment {
        key: key.text,
        key_span: Span::new(key.start, key.end),
        join,
        quote,
        value,
        after,
    });
    (assignment, cursor.at.max(key.end) + JOIN_BYTES_MAX)
}

fn trim_key(key: &[u8]) -> &[u8] {
    let start = key.iter().take_while(|byte| matches!(byte, b'-' | b'.' | b'$' | b'_')).count();
    let end = key.iter().rev().take_while(|byte| matches!(byte, b'-' | b'.' | b'$')).count();
    key.get(start..key.len().saturating_sub(end)).unwrap_or(&[])
}

fn read(cursor: &mut Cursor<'_>, key: &[u8], before: u8, syntax: Syntax, sql: bool) -> Option<Value> {
    if sql {
        cursor.skip_blanks();
        cursor.takes(b"PASSWORD ");
        return quoted(cursor, Join::Space);
    }
    let dashes = dashes_before(cursor.bytes, cursor.at, key);
    // <key>value</key>
    if cursor.peek(0) == b'>' && matches!(before, b'<' | b':') {
        cursor.at += 1;
        return until(cursor, Join::Element, |byte| matches!(byte, b'<' | b'\n'));
    }
    // ?key=value& in a URL or form
    if matches!(before, b'?' | b'&') && cursor.peek(0) == b'=' {
        cursor.at += 1;
        return until(cursor, Join::Parameter, |byte| {
            !(byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'.' | b'_' | b'~' | b'-' | b'+' | b'!' | b'@'))
        });
    }
    // ${KEY:default} in settings of Spring and others
    let dollar = cursor.at.checked_sub(key.len() + 2).and_then(|at| cursor.bytes.get(at)) == Some(&b'$');
    if before == b'{' && dollar && cursor.peek(0) == b':' && cursor.peek(1) != b'-' {
        cursor.at += 1;
        return until(cursor, Join::Default, |byte| matches!(byte, b'}' | b'\n' | b'"' | b'\''));
    }
    // A quoted key with a comma behind it is an argument only right after a bracket; else it is one of a list.
    let opened = cursor.at.checked_sub(key.len() + 2).and_then(|at| cursor.bytes.get(at)) == Some(&b'(');
    let closed = close(cursor);
    if cursor.peek(0) == b'[' {
        // C arrays: char password[] = "…"
        let inside = cursor.rest().iter().take(8).position(|byte| *byte == b']')?;
        cursor.at += inside + 1;
    }
    let blanks = cursor.skip_blanks();
    if let Some(pair) = paired(cursor, closed, syntax) {
        return Some(pair);
    }
    if closed != 0 && cursor.takes(b")") {
        // os.environ.get('KEY') or 'value'
        cursor.skip_blanks();
        return (cursor.takes(b"or ") || cursor.takes(b"||") || cursor.takes(b"??"))
            .then(|| {
                cursor.skip_blanks();
                quoted(cursor, Join::Default)
            })
            .flatten();
    }
    let join = operator(cursor, closed, opened, dashes, blanks, key, before, syntax)?;
    match join {
        Join::Space => {
            if matches!(cursor.peek(0), b'"' | b'\'') {
                return quoted(cursor, join);
            }
            return until(cursor, join, |byte| {
                matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b',' | b')' | b';')
            });
        }
        Join::Default if cursor.bytes.get(cursor.at.wrapping_sub(2)..cursor.at) == Some(b":-") => {
            return until(cursor, join, |byte| matches!(byte, b'}' | b'\n' | b'"' | b'\''));
        }
        _ => {}
    }
    cursor.skip_blanks();
    if cursor.peek(0) == b'\n'
        || cursor.peek(0) == b'\r'
        || cursor.peek(0) == b'\\' && matches!(cursor.peek(1), b'\n' | b'\r')
    {
        if syntax != Syntax::Code {
            return None;
        }
        cursor.takes(b"\\");
        cursor.skip_space();
        return if is_quote(cursor.peek(0)) { quoted(cursor, join) } else { None };
    }
    typed(cursor, join, syntax);
    wrapped(cursor);
    if is_quote(cursor.peek(0)) || cursor.peek(0) == b'\\' && is_quote(cursor.peek(1)) {
        return quoted(cursor, join);
    }
    if join == Join::Call || join == Join::Compare {
        return None;
    }
    bare(cursor, join, closed, before, syntax)
}

/// `--key`: an option of a program.
fn dashes_before(bytes: &[u8], key_end: usize, key: &[u8]) -> bool {
    bytes.get(key_end.saturating_sub(key.len() + 2)..key_end).is_some_and(|text| text.starts_with(b"--"))
}

/// The quote or bracket after a key; gives the quote, or 0.
fn close(cursor: &mut Cursor<'_>) -> u8 {
    let mut closed = 0;
    if cursor.peek(0) == b'\\' && is_quote(cursor.peek(1)) {
        closed = cursor.peek(1);
        cursor.at += 2;
    } else if is_quote(cursor.peek(0)) {
        closed = cursor.peek(0);
        cursor.at += 1;
    }
    if cursor.peek(0) == b']' {
        cursor.at += 1;
        closed = closed.max(b']');
    }
    closed
}

/// `name: KEY` newline `value: v`, `name="KEY" value="v"`, `"name": "KEY", "value": "v"`, `<key>K</key><string>v`.
fn paired(cursor: &mut Cursor<'_>, closed: u8, syntax: Syntax) -> Option<Value> {
    let start = cursor.at;
    if cursor.takes(b"</key>") {
        cursor.skip_space();
        if cursor.takes(b"<string>") {
            return until(cursor, Join::Pair, |byte| matches!(byte, b'<' | b'\n'));
        }
        cursor.at = start;
        return None;
    }
    let comma = closed != 0 && cursor.takes(b",");
    cursor.skip_space();
    let quoted_key = cursor.takes(b"\"");
    let is_value = cursor.rest().get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"value"));
    let line_before = cursor.bytes.get(start..cursor.at).is_some_and(|gap| gap.contains(&b'\n'));
    if !is_value || !(line_before || closed != 0) || (quoted_key && !comma) {
        cursor.at = start;
        return None;
    }
    cursor.at += 5;
    if quoted_key && !cursor.takes(b"\"") {
        cursor.at = start;
        return None;
    }
    cursor.skip_blanks();
    if !(cursor.takes(b"=") || cursor.takes(b":")) {
        cursor.at = start;
        return None;
    }
    cursor.skip_blanks();
    if is_quote(cursor.peek(0)) {
        return quoted(cursor, Join::Pair);
    }
    if syntax == Syntax::Yaml {
        return bare(cursor, Join::Pair, 0, b' ', syntax);
    }
    None
}

#[expect(clippy::too_many_arguments, reason = "private; what stands around the key")]
fn operator(
    cursor: &mut Cursor<'_>,
    closed: u8,
    opened: bool,
    dashes: bool,
    blanks: usize,
    key: &[u8],
    before: u8,
    syntax: Syntax,
) -> Option<Join> {
    for (text, join) in [
        (b"===".as_slice(), Join::Compare),
        (b"!==", Join::Compare),
        (b"==", Join::Compare),
        (b"!=", Join::Compare),
        (b"=>", Join::Assign),
        (b"->", Join::Assign),
        (b"=~", Join::Compare),
        (b":=", Join::Assign),
        (b"::=", Join::Assign),
        (b"?=", Join::Assign),
        (b"||=", Join::Assign),
        (b"+=", Join::Assign),
        (b"=", Join::Assign),
        (b"||", Join::Default),
        (b"??", Join::Default),
    ] {
        if cursor.takes(text) {
            return match (text, cursor.peek(0)) {
                (b"=", b'=' | b'~') => None,
                _ => Some(join),
            };
        }
    }
    if blanks == 0 && closed == 0 && cursor.takes(b":-") {
        return Some(Join::Default);
    }
    if cursor.peek(0) == b':' && cursor.peek(1) != b':' {
        cursor.at += 1;
        return Some(Join::Assign);
    }
    if closed != 0 && cursor.peek(0) == b',' && opened {
        cursor.at += 1;
        return Some(Join::Call);
    }
    if closed == 0 && cursor.peek(0) == b'(' {
        cursor.at += 1;
        return Some(Join::Call);
    }
    if closed == 0 && blanks > 0 {
        let rest = cursor.rest();
        if rest.starts_with(b"or ") {
            cursor.at += 3;
            cursor.skip_blanks();
            return is_quote(cursor.peek(0)).then_some(Join::Default);
        }
        // Go, C, Java: a type stands between name and `=`.
        if syntax == Syntax::Code && rest.starts_with(b"string = ") {
            cursor.at += 9;
            return Some(Join::Assign);
        }
        let at_line_start = matches!(before, b'\n' | b' ' | b'\t');
        let named = |names: &[&[u8]]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
        let redis = named(&[b"requirepass", b"masterauth"]) && before == b'\n';
        let netrc_like = redis || named(&[b"password"]) && follows_login(cursor.bytes, cursor.at);
        if dashes || matches!(syntax, Syntax::Plain) && (netrc_like || is_docker_env(cursor.bytes, cursor.at, key)) {
            return Some(Join::Space);
        }
        if is_quote(cursor.peek(0)) && (named(&[b"password"]) && at_line_start) {
            return Some(Join::Space);
        }
    }
    None
}

/// `machine x login y password v` in a .netrc file, over one line or several.
fn follows_login(bytes: &[u8], at: usize) -> bool {
    let head = bytes.get(at.saturating_sub(LOGIN_BYTES_MAX)..at).unwrap_or(&[]);
    memchr::memmem::find(head, b"login ").is_some() && !head.contains(&b'#')
}

/// `ENV KEY value` in a Dockerfile.
fn is_docker_env(bytes: &[u8], at: usize, key: &[u8]) -> bool {
    let head = bytes.get(at.saturating_sub(key.len() + DOCKER_ENV_BYTES)..at).unwrap_or(&[]);
    memchr::memmem::find(head, b"ENV ").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the assignment at the first `word` of `text`: join and value.
    fn value(text: &str, word: &str, syntax: Syntax) -> Option<(Join, String)> {
        let at = text.find(word)?;
        let (_, key) = key_around(text.as_bytes(), at, at + word.len());
        let (assignment, _) = value_of(text.as_bytes(), &key?, syntax);
        assert!(assignment.is_none() || may_join(text.as_bytes(), &key?), "{text}");
        assignment.map(|one| (one.join, one.value.of(text).to_owned()))
    }

    fn check(text: &str, word: &str, syntax: Syntax, join: Join, expected: &str) {
        assert_eq!(value(text, word, syntax), Some((join, expected.to_owned())), "{text}");
    }

    #[test]
    fn assignments_of_many_languages() {
        use Join::*;
        use Syntax::*;
        check(r#"password = "hunter""#, "pass", Code, Assign, "hunter");
        check(r#"user.password="hunter";"#, "pass", Code, Assign, "hunter");
        check(r#"let password: String = "hunter".into();"#, "pass", Code, Assign, "hunter");
        check(r#"password: str = 'hunter'"#, "pass", Code, Assign, "hunter");
        check(r#"var dbPassword string = "hunter""#, "Pass", Code, Assign, "hunter");
        check(r#"char password[16] = "hunter";"#, "pass", Code, Assign, "hunter");
        check(r#"{"password": "hunter"}"#, "pass", Json, Assign, "hunter");
        check(r#"{\"password\": \"hunter\"}"#, "pass", Code, Assign, "hunter");
        check("'password' => 'hunter',", "pass", Code, Assign, "hunter");
        check("config['password'] = 'hunter'", "pass", Code, Assign, "hunter");
        check("define('DB_PASSWORD', 'hunter');", "PASS", Code, Call, "hunter");
        check("setPassword(\"hunter\")", "Pass", Code, Call, "hunter");
        check("if password == \"hunter\" {", "pass", Code, Compare, "hunter");
        check("os.environ.get('PASSWORD') or 'hunter'", "PASS", Plain, Default, "hunter");
        check("process.env.PASSWORD || 'hunter'", "PASS", Code, Default, "hunter");
        check("${DB_PASS:-hunter}", "PASS", Plain, Default, "hunter");
        check("<password>hunter</password>", "pass", Prose, Element, "hunter");
        check("mysql --password hunter -u x", "pass", Plain, Space, "hunter");
        check("mysql --password=hunter -u x", "pass", Plain, Assign, "hunter");
        check("DB_PASSWORD=hunter\nX=1", "PASS", Plain, Assign, "hunter");
        check("password: hunter # comment\n", "pass", Yaml, Assign, "hunter");
        check("  - DB_PASSWORD=hunter\n", "PASS", Yaml, Assign, "hunter");
        check("machine x login y password hunter", "pass", Plain, Space, "hunter");
        check("- name: DB_PASSWORD\n  value: hunter\n", "PASS", Yaml, Pair, "hunter");
        check("<add key=\"Password\" value=\"hunter\"/>", "Pass", Prose, Pair, "hunter");
        check("\"name\": \"DB_PASSWORD\",\n  \"value\": \"hunter\"", "PASS", Json, Pair, "hunter");
        check("x = \"Server=a;Password=hunter;Db=1\"", "Pass", Code, Parameter, "hunter");
        check("https://x/?api_key=hunter&x=1", "key=", Prose, Parameter, "hunter");
        check("ENV DB_PASSWORD hunter", "PASS", Plain, Space, "hunter");
        check("CREATE USER x IDENTIFIED BY 'hunter'", "IDENTIFIED BY", Plain, Space, "hunter");
    }

    #[test]
    fn expressions_are_no_values() {
        for text in [
            "password = getpass()",
            "password := os.Getenv(\"X\")",
            "password == other",
            "func password(x string)",
            "password string",
            "{password: user.password}",
            "password = null;",
        ] {
            assert_eq!(value(text, "pass", Syntax::Code), None, "{text}");
        }
    }
}
