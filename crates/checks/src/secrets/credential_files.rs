//! Files whose whole purpose is to hold a credential: password files, and code that names a login in one call.

use palisade_model::{Severity, Span};

use super::anchor::Hit;
use super::detector::Found;
use super::{context, generic, placeholder};

/// Longest line that is an entry.
const LINE_BYTES_MAX: usize = 512;
/// Longest user name of an entry.
const USER_BYTES_MAX: usize = 64;

/// The password in a line of `.pgpass`: `host:port:database:user:password`, at the port.
pub(super) fn pgpass(bytes: &[u8], hit: Hit) -> Option<Found> {
    let start = line_start(bytes, hit.at)?;
    let line = bytes.get(start..bytes.len().min(start + LINE_BYTES_MAX))?;
    let line = line.get(..line.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(line.len()))?;
    // A colon or backslash within a field is escaped.
    let mut colons = Vec::new();
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        match byte {
            b'\\' => at += 1,
            b':' => colons.push(at),
            b'"' | b'\'' | b'`' | b'<' | b'>' | b'=' if colons.len() < 4 => return None,
            byte if byte.is_ascii_whitespace() => return None,
            _ => {}
        }
        at += 1;
    }
    let [_, port, _, last] = colons.as_slice() else { return None };
    let (first, port) = (*colons.first()?, *port);
    let port = line.get(first + 1..port)?;
    let known_port = port == b"*" || port.len() >= 2 && port.iter().all(u8::is_ascii_digit);
    let password = line.get(last + 1..)?;
    (known_port && is_password(password)).then(|| Found::at(start + last + 1, start + line.len()))
}

/// The hash in an entry of `.htpasswd`, `user:$apr1$…`, at the colon.
pub(super) fn htpasswd(bytes: &[u8], hit: Hit) -> Option<Found> {
    let before = bytes.get(hit.at.saturating_sub(USER_BYTES_MAX)..hit.at)?;
    let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@' | b'+');
    let user = before.iter().rev().take_while(word).count();
    let apart = before.len().checked_sub(user + 1).and_then(|at| before.get(at));
    if user == 0 || !apart.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b' ' | b'\t' | b'=' | b','))
    {
        return None;
    }
    let start = hit.at + 1;
    let rest = bytes.get(start..bytes.len().min(start + LINE_BYTES_MAX))?;
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    let length = match rest {
        [b'$', b'a', ..] => {
            let salt = rest.get(6..)?.iter().take_while(|byte| digit(byte)).count();
            let hash = rest.get(6 + salt + 1..)?.iter().take_while(|byte| digit(byte)).count();
            (rest.get(6 + salt) == Some(&b'$') && (1..=8).contains(&salt) && hash == 22)
                .then_some(6 + salt + 1 + hash)?
        }
        [b'$', b'2', b'y', b'$', tens, ones, b'$', ..] => {
            let hash = rest.get(7..)?.iter().take_while(|byte| digit(byte)).count();
            (tens.is_ascii_digit() && ones.is_ascii_digit() && hash == 53).then_some(7 + hash)?
        }
        [b'{', ..] => {
            let hash = rest.get(5..)?.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte));
            let hash = hash.count();
            (hash == 27 && rest.get(5 + hash) == Some(&b'=')).then_some(5 + hash + 1)?
        }
        _ => return None,
    };
    let value = rest.get(..length)?;
    // Beside settings it shows how an entry is written.
    let shown = context::is_commented(bytes, Span::new(hit.at - user, hit.at));
    (!placeholder::is_placeholder(value)).then(|| Found {
        note: Some("a hash, which can be guessed at offline"),
        severity: shown.then_some(Severity::Low),
        ..Found::at(start, start + length)
    })
}

/// The password in sbt's `Credentials("realm", "host", "user", "password")`, at the opening.
pub(super) fn sbt_credentials(bytes: &[u8], hit: Hit) -> Option<Found> {
    let call = bytes.get(hit.end..bytes.len().min(hit.end + LINE_BYTES_MAX))?;
    let mut at = call.iter().position(|byte| *byte == b'"')?;
    if !call.get(..at)?.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let mut last = (0, 0);
    for argument in 0..4 {
        let open = at + 1;
        let close = open + call.get(open..)?.iter().position(|byte| matches!(byte, b'"' | b'\n'))?;
        (call.get(close) == Some(&b'"')).then_some(())?;
        last = (open, close);
        if argument < 3 {
            let gap = call.get(close + 1..)?.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',');
            at = close + 1 + gap.count();
            (call.get(at) == Some(&b'"')).then_some(())?;
        }
    }
    let (open, close) = last;
    is_password(call.get(open..close)?).then(|| Found::at(hit.end + open, hit.end + close))
}

/// The key of Rails' encrypted credentials, when a file of that name holds one and nothing else.
///
/// Without a path, whether it would be one at the right place.
pub(super) fn rails_key(path: Option<&str>, bytes: &[u8]) -> Option<Found> {
    let named = path.is_none_or(is_rails_key);
    let end = bytes.len() - bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let key = bytes.get(..end)?;
    let fits = matches!(key.len(), 32 | 64) && key.iter().all(u8::is_ascii_hexdigit);
    (named && fits && !placeholder::is_filler(key)).then(|| Found::at(0, end))
}

/// Whether a path is one where Rails keeps a key.
pub(super) fn is_rails_key(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    name == "master.key" && folder.ends_with("config")
        || folder.ends_with("config/credentials") && name.ends_with(".key")
}

/// Where the line begins; nothing when that is too far.
fn line_start(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes.get(at.saturating_sub(LINE_BYTES_MAX)..at)?;
    match before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) => Some(at - before.len() + end + 1),
        None => (before.len() == at).then_some(0),
    }
}

fn is_password(value: &[u8]) -> bool {
    value.len() >= 6
        && !placeholder::is_placeholder(value)
        && !placeholder::is_reference(value)
        && !generic::is_stop(value)
}
