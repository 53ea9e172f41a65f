//! The text of a package URL: escapes, reading from right to left, writing.

use std::fmt;

use super::{PURL_BYTES_MAX, Purl, PurlError};

/// Reads right to left, as the specification does, so that each part may hold what separates the others.
pub(super) fn parse(text: &str) -> Result<Purl, PurlError> {
    if text.len() > PURL_BYTES_MAX {
        return Err(PurlError::Long);
    }
    let (rest, subpath) = split_last(text, '#');
    let (rest, query) = split_last(rest, '?');
    let (scheme, rest) = rest.split_once(':').ok_or(PurlError::Scheme)?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(PurlError::Scheme);
    }
    let rest = rest.trim_start_matches('/');
    let (kind, rest) = rest.split_once('/').ok_or(PurlError::Name)?;
    // An `@` before the last slash belongs to a namespace, as in `@scope/name` of npm.
    let (rest, version) = match rest.rsplit_once('@') {
        Some((left, right)) if !left.is_empty() && !left.ends_with('/') || !right.contains('/') => (left, Some(right)),
        _ => (rest, None),
    };
    // A repository of git is named by its whole path at its host.
    let parts = if kind.eq_ignore_ascii_case("git") { rest.split_once('/') } else { rest.rsplit_once('/') };
    let (namespace, name) = parts.map_or((None, rest), |(left, right)| (Some(left), right));
    let namespace = namespace.map(decoded_segments).transpose()?;
    let mut qualifiers = Vec::new();
    for pair in query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(|| PurlError::Qualifier(pair.to_owned()))?;
        qualifiers.push((key.to_ascii_lowercase(), decode(value)?));
    }
    let version = version.map(decode).transpose()?;
    let subpath = subpath.map(decoded_segments).transpose()?;
    Purl::build(kind, namespace.as_deref(), &decode(name)?, version.as_deref(), qualifiers, subpath.as_deref())
}

fn split_last(text: &str, mark: char) -> (&str, Option<&str>) {
    text.rsplit_once(mark).map_or((text, None), |(left, right)| (left, Some(right)))
}

/// Non-empty segments that `keep` takes, joined again.
pub(super) fn segments(text: &str, keep: impl Fn(&str) -> bool) -> String {
    text.split('/').filter(|part| !part.is_empty() && keep(part)).collect::<Vec<_>>().join("/")
}

/// Decodes segment by segment, so that an escaped slash cannot become a separator.
fn decoded_segments(text: &str) -> Result<String, PurlError> {
    let mut parts = Vec::new();
    for part in text.split('/') {
        let decoded = decode(part)?;
        if decoded.contains('/') {
            return Err(PurlError::Escape(part.to_owned()));
        }
        parts.push(decoded);
    }
    Ok(parts.join("/"))
}

fn decode(text: &str) -> Result<String, PurlError> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let wrong = || PurlError::Escape(text.to_owned());
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or_else(wrong);
        let value = digit()? * 16 + digit()?;
        out.push(u8::try_from(value).map_err(|_| wrong())?);
    }
    String::from_utf8(out).map_err(|_| wrong())
}

pub(super) fn write(purl: &Purl, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "pkg:{}/", purl.kind)?;
    if let Some(namespace) = &purl.namespace {
        encode_path(namespace, f)?;
        f.write_str("/")?;
    }
    if purl.kind == "git" {
        encode_path(&purl.name, f)?;
    } else {
        encode(&purl.name, f)?;
    }
    if let Some(version) = &purl.version {
        f.write_str("@")?;
        encode(version, f)?;
    }
    for (at, (key, value)) in purl.qualifiers.iter().enumerate() {
        write!(f, "{}{key}=", if at == 0 { '?' } else { '&' })?;
        encode(value, f)?;
    }
    if let Some(subpath) = &purl.subpath {
        f.write_str("#")?;
        encode_path(subpath, f)?;
    }
    Ok(())
}

/// Each segment by itself: the slashes between them stay.
fn encode_path(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, segment) in text.split('/').enumerate() {
        f.write_str(if at == 0 { "" } else { "/" })?;
        encode(segment, f)?;
    }
    Ok(())
}

fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// Counts down what is written, and takes no more than there is room for.
pub(super) struct Room(pub(super) usize);

impl fmt::Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}
