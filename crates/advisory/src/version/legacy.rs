//! Python's versions from before PEP 440, as setuptools ordered them and `packaging` did up to its release 21.
//!
//! Rare, hence the copies that it makes.

use std::cmp::Ordering;

use super::bytes::{digits, span};

/// Numbers are compared as texts, filled up to this width.
const NUMBER_WIDTH: usize = 8;

/// Total: every text has its place.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    key(a).cmp(&key(b))
}

/// What is compared, part by part: numbers, and words behind a star. `*final` stands at the end.
fn key(text: &[u8]) -> Vec<Vec<u8>> {
    let lower = text.to_ascii_lowercase();
    let mut key: Vec<Vec<u8>> = Vec::new();
    let mut rest = lower.as_slice();
    while let Some((part, after)) = part(rest) {
        rest = after;
        match part {
            b"." => continue,
            b"-" => push(&mut key, b"final-"),
            b"pre" | b"preview" | b"rc" => push(&mut key, b"c"),
            b"dev" => push(&mut key, b"@"),
            part if part.first().is_some_and(u8::is_ascii_digit) => {
                let mut number = vec![b'0'; NUMBER_WIDTH.saturating_sub(part.len())];
                number.extend_from_slice(part);
                key.push(number);
            }
            part => push(&mut key, part),
        }
    }
    push(&mut key, b"final");
    key
}

/// Adds a word. Zeros before it do not count, nor do hyphens before a word that is below a release.
fn push(key: &mut Vec<Vec<u8>>, word: &[u8]) {
    if word < &b"final"[..] {
        while key.last().is_some_and(|last| last == b"*final-") {
            key.pop();
        }
    }
    while key.last().is_some_and(|last| last == b"00000000") {
        key.pop();
    }
    key.push([b"*", word].concat());
}

/// The first run of digits, of letters or of what is neither; dots and hyphens stand alone.
fn part(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = *text.first()?;
    let is_mark = |byte: u8| byte == b'.' || byte == b'-';
    Some(match first {
        b'0'..=b'9' => digits(text),
        b'a'..=b'z' => span(text, |byte| byte.is_ascii_lowercase()),
        first if is_mark(first) => text.split_at_checked(1)?,
        _ => span(text, |byte| !byte.is_ascii_digit() && !byte.is_ascii_lowercase() && !is_mark(byte)),
    })
}
