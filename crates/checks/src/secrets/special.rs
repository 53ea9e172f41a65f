//! Secrets that take code to recognise: passwords in URLs, JSON web tokens, headers of basic authentication.

use palisade_model::{Severity, Span};

use super::anchor::Hit;
use super::decode::base64;
use super::detector::Found;
use super::entropy::shannon;
use super::placeholder;

/// Longest user, password and host in a URL.
const URL_BYTES_MAX: usize = 256;
/// Longest token of three parts.
const JWT_BYTES_MAX: usize = 4096;

/// Passwords that everybody writes into examples of URLs.
#[rustfmt::skip] // one word a line would be pages
const URL_STOPS: &[&[u8]] = &[
    b"pass", b"password", b"passwd", b"pwd", b"secret", b"token", b"pw", b"user", b"username", b"p", b"pword",
    b"mypass", b"mypassword", b"example", b"changeme", b"xxx", b"x", b"xx", b"***", b"...", b"test", b"root",
    b"admin", b"postgres", b"mysql", b"guest", b"foo", b"bar", b"baz", b"hunter2", b"<password>", b"redacted",
    b"hidden", b"pass1", b"passw0rd", b"somepassword", b"userpass", b"db_password", b"dbpass", b"foobar",
    b"oauth2", b"x-oauth-basic", b"x-token-auth", b"a", b"b", b"c", b"abc", b"123", b"1234", b"12345",
    b"123456", b"mysecret", b"mysecretpassword", b"rootpassword", b"mongo", b"redis", b"rabbitmq", b"minio",
    b"sa", b"default", b"yourpassword", b"your-password", b"your_password", b"passphrase", b"apikey",
    b"api_key", b"access_token", b"key", b"public",
];

/// The password in `scheme://user:password@host`, at the `://`.
pub(super) fn url_password(bytes: &[u8], hit: Hit) -> Option<Found> {
    let rest = bytes.get(hit.end..bytes.len().min(hit.end + URL_BYTES_MAX))?;
    let authority = rest.iter().position(|byte| {
        matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'\\' | b'|' | b',' | b';')
            || *byte <= b' '
            || *byte >= 0x7F
    });
    let authority = rest.get(..authority.unwrap_or(rest.len()))?;
    let at = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority.get(..at)?.iter().position(|byte| *byte == b':')?;
    let password = authority.get(colon + 1..at)?;
    let host = authority.get(at + 1..)?;
    let lower = password.to_ascii_lowercase();
    let ordinary = !password.is_empty()
        && host
            .first()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'[' | b'$' | b'{' | b'(' | b'%'))
        && !URL_STOPS.contains(&lower.as_slice())
        && !placeholder::is_reference(password)
        && !placeholder::is_placeholder(password)
        && !password.iter().any(|byte| matches!(byte, b'{' | b'}' | b'$' | b'(' | b')' | b'[' | b'*'))
        && password.first() != Some(&b'%')
        && password != authority.get(..colon)?
        && password.len() >= 3;
    ordinary.then_some(())?;
    let start = hit.end + colon + 1;
    let mut found = Found::at(start, start + password.len());
    if is_reserved(host) {
        // Names that RFC 2606 keeps for examples, and the machine itself: nobody outside reaches these.
        found.severity = Some(Severity::Low);
        found.note = Some("the host is local or an example");
        let digits = password.iter().any(u8::is_ascii_digit);
        (shannon(password) > 2.5 && digits && password.len() >= 8).then_some(())?;
    }
    Some(found)
}

/// Hosts that are local or kept for examples.
fn is_reserved(host: &[u8]) -> bool {
    let end = host.iter().position(|byte| *byte == b':').unwrap_or(host.len());
    let host = host.get(..end).unwrap_or(host).to_ascii_lowercase();
    let ends = |tail: &[u8]| host.ends_with(tail);
    matches!(
        host.as_slice(),
        b"localhost"
            | b"127.0.0.1"
            | b"0.0.0.0"
            | b"host"
            | b"hostname"
            | b"db"
            | b"database"
            | b"server"
            | b"postgres"
            | b"mysql"
            | b"redis"
            | b"mongo"
            | b"mongodb"
            | b"rabbitmq"
            | b"["
    ) || ends(b"example.com")
        || ends(b"example.org")
        || ends(b"example.net")
        || ends(b".example")
        || ends(b".test")
        || ends(b".invalid")
        || ends(b".localhost")
        || host.starts_with(b"example")
        || host.starts_with(b"192.0.2.")
        || ends(b"foo.com")
        || ends(b"bar.com")
        || ends(b"test.com")
        || ends(b"domain.com")
        || ends(b"host.com")
        || ends(b".internal") && host.starts_with(b"host.docker")
}

/// A JSON web token: header and payload are JSON, the signature is there.
pub(super) fn jwt(bytes: &[u8], hit: Hit) -> Option<Found> {
    let before = hit.at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let glued = before.is_ascii_alphanumeric() || matches!(before, b'.' | b'-' | b'_' | b'/');
    let escape = hit.at >= 2 && bytes.get(hit.at - 2) == Some(&b'\\');
    if glued && !escape {
        return None;
    }
    let rest = bytes.get(hit.at..bytes.len().min(hit.at + JWT_BYTES_MAX))?;
    let end = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')))
        .unwrap_or(rest.len());
    let token = rest.get(..end)?;
    let mut parts = token.split(|byte| *byte == b'.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next().unwrap_or(&[]));
    let header: serde_json::Value = serde_json::from_slice(&base64(header)?).ok()?;
    let algorithm = header.get("alg")?.as_str()?;
    let encrypted = header.get("enc").is_some();
    let unsigned = algorithm.eq_ignore_ascii_case("none");
    if !encrypted {
        let payload: serde_json::Value = serde_json::from_slice(&base64(payload)?).ok()?;
        payload.is_object().then_some(())?;
        if !unsigned && signature.len() < 40 {
            return None;
        }
    }
    if placeholder::is_published(token)
        || placeholder::is_published(signature)
        || placeholder::is_filler(signature) && !unsigned
    {
        return None;
    }
    let length = header_payload_signature(token, encrypted, unsigned);
    let mut found = Found::at(hit.at, hit.at + length);
    if unsigned {
        found.severity = Some(Severity::Low);
        found.note = Some("it has no signature, so it proves nothing by itself");
    }
    Some(found)
}

/// Length of the token without a sentence's full stop behind it.
fn header_payload_signature(token: &[u8], encrypted: bool, unsigned: bool) -> usize {
    let parts = if encrypted { 5 } else { 3 };
    let mut dots = 0;
    let end = token.iter().position(|byte| {
        dots += usize::from(*byte == b'.');
        dots == parts
    });
    let end = end.unwrap_or(token.len());
    let trailing = token.get(..end).unwrap_or(&[]).iter().rev().take_while(|byte| **byte == b'.').count();
    if unsigned { end } else { end - trailing }
}

/// `Basic dXNlcjpwYXNz`: the run decodes to `user:password`.
pub(super) fn basic_header(bytes: &[u8], hit: Hit) -> Option<Found> {
    let rest = bytes.get(hit.end..bytes.len().min(hit.end + URL_BYTES_MAX))?;
    let end = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')))
        .unwrap_or(rest.len());
    let run = rest.get(..end)?;
    if run.len() < 12 {
        return None;
    }
    let text = base64(run)?;
    let (user, password) = user_and_password(&text)?;
    let lower = password.to_ascii_lowercase();
    if password.len() < 4
        || user == password
        || URL_STOPS.contains(&lower.as_slice())
        || placeholder::is_placeholder(password)
        || placeholder::is_reference(password)
    {
        return None;
    }
    let padding = rest.get(end..)?.iter().take(2).take_while(|byte| **byte == b'=').count();
    Some(Found { span: Span::new(hit.end, hit.end + end + padding), severity: None, note: None })
}

fn user_and_password(text: &[u8]) -> Option<(&[u8], &[u8])> {
    text.iter().all(|byte| matches!(byte, b' '..=b'~')).then_some(())?;
    let colon = text.iter().position(|byte| *byte == b':')?;
    Some((text.get(..colon)?, text.get(colon + 1..)?))
}

/// `"auth": "dXNlcjpwYXNz"` in Docker's `config.json` and its kin.
pub(super) fn docker_auth(bytes: &[u8], hit: Hit) -> Option<Found> {
    let rest = bytes.get(hit.end..bytes.len().min(hit.end + URL_BYTES_MAX))?;
    let gap = rest.iter().take(16).take_while(|byte| matches!(byte, b' ' | b'\t' | b':' | b'"')).count();
    if !rest.get(..gap)?.contains(&b':') || rest.get(..gap)?.last() != Some(&b'"') {
        return None;
    }
    basic_header(bytes, Hit { end: hit.end + gap, ..hit })
}
