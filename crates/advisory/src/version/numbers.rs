//! Lists of numbers and nothing else, where `1.0` is below `1.0.0`: Hackage and CRAN.

use std::cmp::Ordering;

use super::bytes::{is_number, numbers};

/// Lists whose numbers stand between any of these bytes.
pub(super) fn compare(a: &[u8], b: &[u8], separators: &[u8]) -> Option<Ordering> {
    let list = |text| <[u8]>::split(text, |byte| separators.contains(byte));
    if !list(a).chain(list(b)).all(is_number) {
        return None;
    }
    let differs = list(a).zip(list(b)).map(|(a, b)| numbers(a, b)).find(|order| order.is_ne());
    Some(differs.unwrap_or_else(|| list(a).count().cmp(&list(b).count())))
}
