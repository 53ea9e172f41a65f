//! NuGet: SemVer 2.0 with up to four numbers, the last three optional, and labels without regard to case.
//!
//! A label is a number when .NET's `int` holds it, with a sign (`1.0.0--5`); a longer one is a word.

use std::cmp::Ordering;

use super::bytes::{caseless, cut, is_dotted, padded, skip_one};

const NUMBERS_MAX: usize = 4;

struct Version<'t> {
    core: &'t [u8],
    labels: Option<&'t [u8]>,
}

/// Metadata after `+` does not count.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(padded(a.core, b.core).then_with(|| match (a.labels, b.labels) {
        (Some(a), Some(b)) => labels(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }))
}

fn labels(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) => match (number(left), number(right)) {
                (Some(left), Some(right)) => left.cmp(&right),
                (None, None) => caseless(left, right),
                (left, right) => right.is_some().cmp(&left.is_some()),
            },
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn number(label: &[u8]) -> Option<i32> {
    std::str::from_utf8(label).ok()?.parse().ok()
}

impl<'t> Version<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let (text, _) = cut(skip_one(text, b"vV"), b'+');
        let (core, labels) = cut(text, b'-');
        let is_label =
            |label: &[u8]| !label.is_empty() && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        let fits = is_dotted(core) && core.split(|byte| *byte == b'.').count() <= NUMBERS_MAX;
        let labelled = labels.is_none_or(|labels| labels.split(|byte| *byte == b'.').all(is_label));
        (fits && labelled).then_some(Self { core, labels })
    }
}
