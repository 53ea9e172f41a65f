//! RubyGems' `Gem::Version`: numbers and words, where a word is below every number and missing segments are zero.
//!
//! Zeros before the first word do not count, and a hyphen reads as `.pre.`.

use std::cmp::Ordering;

use super::bytes::{cut, cut_last, digits, is_number, is_zero, numbers, span};

/// Nothing for what `Gem::Version.correct?` refuses.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (mut a, mut b) = (Segments::parse(a)?, Segments::parse(b)?);
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Some(Ordering::Equal);
        }
        let order = match (left.unwrap_or(Segment::ZERO), right.unwrap_or(Segment::ZERO)) {
            (Segment::Number(a), Segment::Number(b)) => numbers(a, b),
            (Segment::Word(a), Segment::Word(b)) => a.cmp(b),
            (Segment::Word(_), Segment::Number(_)) => Ordering::Less,
            (Segment::Number(_), Segment::Word(_)) => Ordering::Greater,
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

#[derive(Clone, Copy)]
enum Segment<'t> {
    Number(&'t [u8]),
    Word(&'t [u8]),
}

impl Segment<'_> {
    const ZERO: Self = Self::Number(b"0");
}

struct Segments<'t> {
    /// Up to the last number before the first word that is not zero.
    head: &'t [u8],
    /// From the first word on.
    tail: &'t [u8],
}

impl<'t> Segments<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let (release, prerelease) = cut(text, b'-');
        let (first, _) = cut(release, b'.');
        let is_word = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric);
        let is_label =
            |part: &[u8]| !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        let dots = |byte: &u8| *byte == b'.';
        if !(is_number(first)
            && release.split(dots).all(is_word)
            && prerelease.is_none_or(|prerelease| prerelease.split(dots).all(is_label)))
        {
            return None;
        }
        let (mut head, tail) = span(text, |byte| byte.is_ascii_digit() || byte == b'.');
        loop {
            let (before, last) = cut_last(head, b'.');
            match last {
                Some(last) if is_zero(last) => head = before,
                None if is_zero(head) => head = &[],
                _ => break,
            }
            if head.is_empty() {
                break;
            }
        }
        Some(Self { head, tail })
    }
}

impl<'t> Iterator for Segments<'t> {
    type Item = Segment<'t>;

    fn next(&mut self) -> Option<Segment<'t>> {
        let text = if self.head.is_empty() { &mut self.tail } else { &mut self.head };
        *text = span(text, |byte| byte == b'.').1;
        let (segment, rest) = match text.split_first()? {
            (b'-', rest) => (Segment::Word(b"pre"), rest),
            (first, _) if first.is_ascii_digit() => {
                let (number, rest) = digits(text);
                (Segment::Number(number), rest)
            }
            _ => {
                let (word, rest) = span(text, |byte| byte.is_ascii_alphabetic());
                (Segment::Word(word), rest)
            }
        };
        *text = rest;
        Some(segment)
    }
}
