//! What every rule does with bytes: split off a run, compare numbers of any length.

use std::cmp::Ordering;

/// The longest start that passes, and the rest.
pub(super) fn span(text: &[u8], passes: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !passes(*byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// The longest start of digits, and the rest.
pub(super) fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    span(text, |byte| byte.is_ascii_digit())
}

/// What stands before and after the first of a byte.
pub(super) fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(place) => (text.get(..place).unwrap_or(text), text.get(place + 1..)),
        None => (text, None),
    }
}

/// What stands before and after the last of a byte.
pub(super) fn cut_last(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().rposition(|byte| *byte == at) {
        Some(place) => (text.get(..place).unwrap_or(text), text.get(place + 1..)),
        None => (text, None),
    }
}

/// The rest after the longest of these words that the text begins with, in any case, and the word's place in the list.
/// Of words that begin alike the longer comes first.
pub(super) fn word<'t>(text: &'t [u8], words: &[&str]) -> Option<(usize, &'t [u8])> {
    words.iter().enumerate().find_map(|(place, word)| {
        let (head, rest) = text.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word.as_bytes()).then_some((place, rest))
    })
}

/// The text without one of these bytes at its start, if it has one.
pub(super) fn skip_one<'t>(text: &'t [u8], of: &[u8]) -> &'t [u8] {
    match text.split_first() {
        Some((first, rest)) if of.contains(first) => rest,
        _ => text,
    }
}

/// Whether this is a number: digits, at least one.
pub(super) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Whether a run of digits is zero; an empty one is.
pub(super) fn is_zero(digits: &[u8]) -> bool {
    digits.iter().all(|digit| *digit == b'0')
}

/// The order of two runs of digits as numbers; an empty one is zero.
pub(super) fn numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (significant(a), significant(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The order of two texts without regard to case.
pub(super) fn caseless(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}

/// The order of two runs of numbers between dots, where missing ones are zero.
pub(super) fn padded(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = numbers(left.unwrap_or_default(), right.unwrap_or_default());
        if order.is_ne() {
            return order;
        }
    }
}

/// Whether the text is numbers between single dots.
pub(super) fn is_dotted(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'.').all(is_number)
}

fn significant(digits: &[u8]) -> &[u8] {
    span(digits, |digit| digit == b'0').1
}
