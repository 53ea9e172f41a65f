//! Python: PEP 440 with every spelling that its normal form takes (`1.0-RC_1`, `1.0-1`, `v1.0.POST2`).
//!
//! What is no version of PEP 440 sorts below all that are, by the rule that pip had before: PyPI still has such
//! releases, and advisories name them.

use std::cmp::Ordering;

use super::bytes::{caseless, digits, is_number, numbers, padded, skip_one, word};
use super::legacy;

const SEPARATORS: &[u8] = b"-_.";
/// Spellings of prereleases, the longer first where two begin alike, and the stage that each means.
const STAGES: ([&str; 8], [u8; 8]) =
    (["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"], [ALPHA, ALPHA, BETA, BETA, RC, RC, RC, RC]);
/// Below every prerelease: a development release of the final one.
const DEVELOPMENT: u8 = 0;
const ALPHA: u8 = 1;
const BETA: u8 = 2;
const RC: u8 = 3;
const FINAL: u8 = 4;

struct Version<'t> {
    epoch: &'t [u8],
    release: &'t [u8],
    stage: u8,
    stage_number: &'t [u8],
    post: Option<&'t [u8]>,
    development: Option<&'t [u8]>,
    local: Option<&'t [u8]>,
}

/// Total: every text has its place.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (Version::parse(a), Version::parse(b)) {
        (Some(a), Some(b)) => order(&a, &b),
        (None, None) => legacy::compare(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn order(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    numbers(a.epoch, b.epoch)
        .then_with(|| padded(a.release, b.release))
        .then_with(|| a.stage.cmp(&b.stage))
        .then_with(|| numbers(a.stage_number, b.stage_number))
        .then_with(|| match (a.post, b.post) {
            (Some(a), Some(b)) => numbers(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
        .then_with(|| match (a.development, b.development) {
            (Some(a), Some(b)) => numbers(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        })
        .then_with(|| match (a.local, b.local) {
            (Some(a), Some(b)) => locals(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
}

/// Numbers above words, and a list below every longer one that it begins.
fn locals(a: &[u8], b: &[u8]) -> Ordering {
    let separator = |byte: &u8| SEPARATORS.contains(byte);
    let (mut a, mut b) = (a.split(separator), b.split(separator));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) => match (is_number(left), is_number(right)) {
                (true, true) => numbers(left, right),
                (false, false) => caseless(left, right),
                (left, right) => left.cmp(&right),
            },
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

impl<'t> Version<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let text = skip_one(text, b"vV");
        let (first, rest) = digits(text);
        let (epoch, text) = match rest.split_first() {
            Some((b'!', rest)) if !first.is_empty() => (first, rest),
            _ => (&b""[..], text),
        };
        let (release, text) = release(text)?;
        let (pre, text) = labelled(text, &STAGES.0).map_or((None, text), |(pre, rest)| (Some(pre), rest));
        let (post, text) = match implicit_post(text) {
            Some((number, rest)) => (Some(number), rest),
            None => match labelled(text, &["post", "rev", "r"]) {
                Some(((_, number), rest)) => (Some(number), rest),
                None => (None, text),
            },
        };
        let (development, text) = match labelled(text, &["dev"]) {
            Some(((_, number), rest)) => (Some(number), rest),
            None => (None, text),
        };
        let local = match text.split_first() {
            None => None,
            Some((b'+', local)) => Some(local).filter(|local| is_local(local)).map(Some)?,
            Some(_) => return None,
        };
        let (stage, stage_number) = match pre {
            Some((place, number)) => (STAGES.1.get(place).copied().unwrap_or(RC), number),
            None if post.is_none() && development.is_some() => (DEVELOPMENT, &b""[..]),
            None => (FINAL, &b""[..]),
        };
        Some(Self { epoch, release, stage, stage_number, post, development, local })
    }
}

/// Numbers between dots, and the rest.
fn release(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, mut rest) = digits(text);
    if first.is_empty() {
        return None;
    }
    while let Some((b'.', after)) = rest.split_first() {
        let (number, after) = digits(after);
        if number.is_empty() {
            break;
        }
        rest = after;
    }
    Some((text.get(..text.len() - rest.len())?, rest))
}

/// One of the words with its number, either between separators: `-rc.1`.
fn labelled<'t>(text: &'t [u8], words: &[&str]) -> Option<((usize, &'t [u8]), &'t [u8])> {
    let (place, rest) = word(skip_one(text, SEPARATORS), words)?;
    let (number, rest) = digits(skip_one(rest, SEPARATORS));
    Some(((place, number), rest))
}

/// A post release without its word: `-1`.
fn implicit_post(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (number, rest) = digits(text.strip_prefix(b"-")?);
    (!number.is_empty()).then_some((number, rest))
}

fn is_local(text: &[u8]) -> bool {
    let part = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric);
    text.split(|byte| SEPARATORS.contains(byte)).all(part)
}
