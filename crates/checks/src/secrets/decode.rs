//! Runs of base64, hexadecimal and URL encoding that hold text, decoded.
//!
//! It refuses runs that decode to anything but text, and runs above [`RUN_BYTES_MAX`]: those are pictures and
//! archives, and what is in them is not for a search for strings.

use std::ops::Range;

use palisade_model::Span;

use super::engine::MATCH_BYTES_MAX;

/// Shorter runs hold no secret that any detector knows.
const RUN_BYTES_MIN: usize = 24;
/// Longer runs are data.
const RUN_BYTES_MAX: usize = MATCH_BYTES_MAX;
/// So many bytes at the start of a run must decode to text before the rest is looked at.
const HEAD_BYTES: usize = 15;

/// How a run is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Base64, in the standard or the URL alphabet.
    Base64,
    /// Hexadecimal.
    Hex,
    /// Percent-encoding as in URLs.
    Url,
}

impl Encoding {
    /// For messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hexadecimal",
            Self::Url => "URL-encoded",
        }
    }
}

/// An encoded run that holds text.
#[derive(Debug)]
pub(super) struct Run {
    /// The run as written.
    pub(super) span: Span,
    pub(super) encoding: Encoding,
    /// What it says.
    pub(super) text: Vec<u8>,
}

const IN_BASE64: u8 = 1;
const IN_URL: u8 = 2;

const CLASSES: [u8; 256] = {
    let mut table = [0_u8; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        let c = byte as u8;
        if c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'-' | b'_') {
            table[byte] |= IN_BASE64;
        }
        if c.is_ascii_alphanumeric() || matches!(c, b'%' | b'.' | b'_' | b'~' | b'-' | b'+' | b'*') {
            table[byte] |= IN_URL;
        }
        byte += 1;
    }
    table
};

fn is(class: u8, byte: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Calls `found` for every encoded run in `bytes` that decodes to text.
pub(super) fn each(bytes: &[u8], found: impl FnMut(Run)) {
    each_within(bytes, 0..bytes.len(), found);
}

/// Calls `found` for every encoded run that starts in `asked` and decodes to text.
pub(super) fn each_within(bytes: &[u8], asked: Range<usize>, mut found: impl FnMut(Run)) {
    let in_run = |from: usize, limit: usize| {
        bytes.get(from..).unwrap_or(&[]).iter().take(limit).take_while(|byte| is(IN_BASE64, **byte)).count()
    };
    let mut start = asked.start;
    // A run that began before is not asked for.
    if start.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(|byte| is(IN_BASE64, *byte)) {
        start += in_run(start, asked.len());
    }
    // Look at the last byte of the shortest run first: one that is no base64 rules out all runs through it.
    while let Some(window) = bytes.get(start..start + RUN_BYTES_MIN).filter(|_| start < asked.end) {
        if let Some(outside) = window.iter().rposition(|byte| !is(IN_BASE64, *byte)) {
            start += outside + 1;
            continue;
        }
        let end = start + in_run(start, (RUN_BYTES_MAX + 1).max(asked.end - start));
        if end - start <= RUN_BYTES_MAX {
            let run = bytes.get(start..end).unwrap_or(&[]);
            if let Some((encoding, text)) = decode(run) {
                let padding = bytes.get(end..).unwrap_or(&[]).iter().take(2).take_while(|byte| **byte == b'=').count();
                found(Run { span: Span::new(start, end + padding), encoding, text });
            }
        }
        start = end + 1;
    }
    // The first escape of a run that starts in `asked` may stand behind it.
    let last = asked.end.saturating_sub(1);
    let escapes_end = if bytes.get(last).is_some_and(|byte| is(IN_URL, *byte)) {
        extent(bytes, last, IN_URL).1.max(asked.end)
    } else {
        asked.end
    };
    let mut done = 0;
    for at in memchr::memchr_iter(b'%', bytes.get(asked.start..escapes_end).unwrap_or(&[])) {
        let at = at + asked.start;
        if at < done || escape(bytes, at).is_none() {
            continue;
        }
        let (start, end) = extent(bytes, at, IN_URL);
        done = end;
        if !asked.contains(&start) || end - start < RUN_BYTES_MIN || end - start > RUN_BYTES_MAX {
            continue;
        }
        let text = percent(bytes.get(start..end).unwrap_or(&[]));
        if text.len() < end - start && is_text(&text) {
            found(Run { span: Span::new(start, end), encoding: Encoding::Url, text });
        }
    }
}

/// How far before an offset begins the run, of base64 or URL encoding, that reaches it.
pub(super) fn run_before(bytes: &[u8], at: usize) -> usize {
    let left = bytes.get(at.saturating_sub(RUN_BYTES_MAX + 2)..at).unwrap_or(&[]);
    left.iter().rev().take_while(|byte| CLASSES[usize::from(**byte)] != 0 || **byte == b'=').count()
}

/// The run of a class around an offset, looked at no further than a run may be long.
fn extent(bytes: &[u8], at: usize, class: u8) -> (usize, usize) {
    let left = bytes.get(at.saturating_sub(RUN_BYTES_MAX + 1)..at).unwrap_or(&[]);
    let right = bytes.get(at..bytes.len().min(at + RUN_BYTES_MAX + 1)).unwrap_or(&[]);
    let before = left.iter().rev().take_while(|byte| is(class, **byte)).count();
    let after = right.iter().take_while(|byte| is(class, **byte)).count();
    (at - before, at + after)
}

fn decode(run: &[u8]) -> Option<(Encoding, Vec<u8>)> {
    if run.len().is_multiple_of(2) && run.iter().all(u8::is_ascii_hexdigit) {
        let text = hex(run)?;
        return is_text(&text).then_some((Encoding::Hex, text));
    }
    // Escapes glue a letter to the front: `\nZXhh…`, and paths their slash.
    if !head_is_text(run.get(..HEAD_BYTES / 3 * 4)?) {
        return None;
    }
    let text = base64(run)?;
    is_text(&text).then_some((Encoding::Base64, text))
}

/// Whether whole groups of base64 decode to text.
fn head_is_text(head: &[u8]) -> bool {
    head.chunks_exact(4).all(|group| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(DIGITS[usize::from(*byte)]));
        is_text(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8])
    })
}

/// The digit that a byte stands for in base64, in the standard or the URL alphabet; 0 for others.
const DIGITS: [u8; 256] = {
    let mut table = [0_u8; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digit = 0;
    while digit < 64 {
        table[alphabet[digit] as usize] = digit as u8;
        digit += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

/// Whether all bytes are printable ASCII or white space.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
}

/// Decodes base64 without padding in either alphabet; `None` when a character is in neither.
pub(super) fn base64(run: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(run.len() / 4 * 3 + 2);
    for group in run.chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(digit);
        }
        match group.len() {
            4 => out.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]),
            3 => out.extend_from_slice(&[(bits >> 10) as u8, (bits >> 2) as u8]),
            2 => out.push((bits >> 4) as u8),
            _ => {}
        }
    }
    Some(out)
}

fn hex(run: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    run.chunks_exact(2)
        .map(|pair| match pair {
            &[high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

fn escape(bytes: &[u8], at: usize) -> Option<u8> {
    match bytes.get(at..at + 3) {
        Some([b'%', pair @ ..]) => hex(pair)?.first().copied(),
        _ => None,
    }
}

fn percent(run: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(run.len());
    let mut at = 0;
    while let Some(byte) = run.get(at) {
        match escape(run, at) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<(Encoding, String, String)> {
        let mut out = Vec::new();
        each(text.as_bytes(), |run| {
            out.push((run.encoding, run.span.of(text).to_owned(), String::from_utf8_lossy(&run.text).into_owned()));
        });
        out
    }

    #[test]
    fn text_is_decoded_wherever_the_run_stands() {
        for indent in 0..60 {
            let text = format!("{} cG9zdGdyZXM6Ly91OnB3QGhvc3QvZGI= x", "-".repeat(indent) + " ");
            let expected =
                (Encoding::Base64, "cG9zdGdyZXM6Ly91OnB3QGhvc3QvZGI=".into(), "postgres://u:pw@host/db".into());
            assert_eq!(runs(&text), [expected], "indent {indent}");
        }
        let hex = "706f7374677265733a2f2f753a70774068";
        assert_eq!(runs(hex), [(Encoding::Hex, hex.into(), "postgres://u:pw@h".into())]);
        let url = "postgres%3A%2F%2Fu%3Apw%40host%2Fdb";
        assert_eq!(runs(&format!("u={url}&")), [(Encoding::Url, url.into(), "postgres://u:pw@host/db".into())]);
    }

    #[test]
    fn hashes_words_and_paths_are_no_text() {
        assert_eq!(runs("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"), []);
        assert_eq!(runs("github/com/openbao/openbao/sdk/helper/certutil"), []);
        assert_eq!(runs("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"), []);
    }
}
