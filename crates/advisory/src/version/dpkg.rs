//! Debian: `[epoch:]upstream[-revision]`, by the algorithm of its policy, section 5.6.12.
//!
//! Letters sort below other bytes, `~` below even the end. opam has the same rule without an epoch, and versions
//! without a colon. A missing epoch or revision is zero.

use std::cmp::Ordering;

use super::bytes::{cut, cut_last, digits, is_number, numbers};

struct Version<'t> {
    epoch: &'t [u8],
    upstream: &'t [u8],
    revision: &'t [u8],
}

/// Nothing for what dpkg refuses; what it takes with a warning is a version.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let order = numbers(a.epoch, b.epoch).then_with(|| parts(a.upstream, b.upstream));
    Some(order.then_with(|| parts(a.revision, b.revision)))
}

/// Runs of what is no digit and runs of digits, in turns.
fn parts(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !(a.is_empty() && b.is_empty()) {
        loop {
            let (left, right) = (rank(a.first()), rank(b.first()));
            if left != right {
                return left.cmp(&right);
            }
            if left == 0 {
                break;
            }
            (a, b) = (a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default());
        }
        let (left, right);
        (left, a) = digits(a);
        (right, b) = digits(b);
        let order = numbers(left, right);
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// `~` is below the end and digits, which are below letters, which are below the rest.
fn rank(byte: Option<&u8>) -> i16 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i16::from(*byte),
        Some(byte) => i16::from(*byte) + 256,
    }
}

impl<'t> Version<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let (epoch, rest) = match cut(text, b':') {
            (epoch, Some(rest)) if is_number(epoch) => (epoch, rest),
            (_, Some(_)) => return None,
            (all, None) => (&b"0"[..], all),
        };
        let (upstream, revision) = cut_last(rest, b'-');
        let fits = upstream.first().is_some_and(u8::is_ascii_alphanumeric) && revision != Some(b"");
        fits.then_some(Self { epoch, upstream, revision: revision.unwrap_or(b"0") })
    }
}
