//! RPM: `[epoch:]version[-release]` with the comparison of `rpmvercmp`.
//!
//! Digits beat letters, letters beat `^`, that beats the end, and the end beats `~`; other bytes only separate. A
//! missing epoch is zero, a missing release is below any.

use std::cmp::Ordering;

use super::bytes::{cut_last, digits, numbers, span};

struct Version<'t> {
    epoch: &'t [u8],
    version: &'t [u8],
    release: Option<&'t [u8]>,
}

/// Nothing for what has neither digit nor letter.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let order = numbers(a.epoch, b.epoch).then_with(|| segments(a.version, b.version));
    Some(order.then_with(|| match (a.release, b.release) {
        (Some(a), Some(b)) => segments(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }))
}

fn segments(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (left, right);
        (left, a) = segment(a);
        (right, b) = segment(b);
        let order = match (&left, &right) {
            (Segment::End, Segment::End) => return Ordering::Equal,
            (Segment::Number(a), Segment::Number(b)) => numbers(a, b),
            (Segment::Word(a), Segment::Word(b)) => a.cmp(b),
            _ => left.rank().cmp(&right.rank()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

enum Segment<'t> {
    Tilde,
    End,
    Caret,
    Word(&'t [u8]),
    Number(&'t [u8]),
}

impl Segment<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Tilde => 0,
            Self::End => 1,
            Self::Caret => 2,
            Self::Word(_) => 3,
            Self::Number(_) => 4,
        }
    }
}

/// The first segment, and what follows.
fn segment(text: &[u8]) -> (Segment<'_>, &[u8]) {
    let (_, text) = span(text, |byte| !(byte.is_ascii_alphanumeric() || byte == b'~' || byte == b'^'));
    match text.split_first() {
        None => (Segment::End, text),
        Some((b'~', rest)) => (Segment::Tilde, rest),
        Some((b'^', rest)) => (Segment::Caret, rest),
        Some((first, _)) if first.is_ascii_digit() => {
            let (number, rest) = digits(text);
            (Segment::Number(number), rest)
        }
        Some(_) => {
            let (word, rest) = span(text, |byte| byte.is_ascii_alphabetic());
            (Segment::Word(word), rest)
        }
    }
}

impl<'t> Version<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let (epoch, rest) = digits(text);
        let (epoch, rest) = rest.strip_prefix(b":").map_or((&b""[..], text), |rest| (epoch, rest));
        let (version, release) = cut_last(rest, b'-');
        rest.iter().any(u8::is_ascii_alphanumeric).then_some(Self { epoch, version, release })
    }
}
