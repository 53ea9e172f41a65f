//! Compares the entries that are there with the hashes that were signed, and says what became of each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use palisade_model::Digest;

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Difference {
    /// The entry with this index has other bytes now.
    Edited(u64),
    /// The entry with this index is nowhere.
    Removed(u64),
    /// What stands at this place was never signed.
    Added(u64),
    /// The entry `index` stands at place `at`.
    Moved {
        /// Where it belongs.
        index: u64,
        /// Where it is.
        at: u64,
    },
}

/// Compares `found` with `signed`; where a signed hash is unknown, whatever stands there is taken as it is.
#[must_use]
pub(crate) fn align(signed: &[Option<Digest>], found: &[Digest]) -> Vec<Difference> {
    let same = |(signed, found): &(&Option<Digest>, &Digest)| signed.is_none_or(|hash| hash == **found);
    let head = signed.iter().zip(found).take_while(same).count();
    let (signed_rest, found_rest) = (signed.get(head..).unwrap_or(&[]), found.get(head..).unwrap_or(&[]));
    let tail = signed_rest.iter().rev().zip(found_rest.iter().rev()).take_while(same).count();
    let signed_rest = signed_rest.get(..signed_rest.len() - tail).unwrap_or(&[]);
    let found_rest = found_rest.get(..found_rest.len() - tail).unwrap_or(&[]);
    let mut out = align_middle(signed_rest, found_rest);
    for difference in &mut out {
        match difference {
            Difference::Edited(index) | Difference::Removed(index) | Difference::Added(index) => *index += head as u64,
            Difference::Moved { index, at } => {
                *index += head as u64;
                *at += head as u64;
            }
        }
    }
    out.sort_unstable();
    out
}

fn align_middle(signed: &[Option<Digest>], found: &[Digest]) -> Vec<Difference> {
    let mut places: BTreeMap<Digest, VecDeque<usize>> = BTreeMap::new();
    for (index, hash) in signed.iter().enumerate() {
        if let Some(hash) = hash {
            places.entry(*hash).or_default().push_back(index);
        }
    }
    // Pairs of (place found, place signed), by place found.
    let pairs: Vec<(usize, usize)> =
        found.iter().enumerate().filter_map(|(at, hash)| Some((at, places.get_mut(hash)?.pop_front()?))).collect();
    let anchors = longest_rising(&pairs);
    let mut out: Vec<Difference> = pairs
        .iter()
        .filter(|pair| anchors.binary_search(pair).is_err())
        .map(|(at, index)| Difference::Moved { index: *index as u64, at: *at as u64 })
        .collect();
    let paired_found: BTreeSet<usize> = pairs.iter().map(|(at, _)| *at).collect();
    let paired_signed: BTreeSet<usize> = pairs.iter().map(|(_, index)| *index).collect();
    let mut start = (0, 0);
    for &(at, index) in anchors.iter().chain([&(found.len(), signed.len())]) {
        // Between two entries that kept their order: what is new there against what is missing there.
        let mut fresh: VecDeque<usize> = (start.0..at).filter(|at| !paired_found.contains(at)).collect();
        for gap in (start.1..index).filter(|index| !paired_signed.contains(index)) {
            let known = signed.get(gap).is_some_and(Option::is_some);
            match (known, fresh.pop_front()) {
                (true, Some(_)) => out.push(Difference::Edited(gap as u64)),
                (false, Some(_)) => {}
                (_, None) => out.push(Difference::Removed(gap as u64)),
            }
        }
        out.extend(fresh.into_iter().map(|at| Difference::Added(at as u64)));
        start = (at + 1, index + 1);
    }
    out
}

/// The longest subsequence whose second members rise; the first ones do already.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `ends[length]` is the pair that ends the best subsequence of that length plus one; `before` links them.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |at: usize| pairs.get(at).map(|pair| pair.1);
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(*end) < Some(pair.1));
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut out = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        out.extend(pairs.get(at));
        next = before.get(at).copied().flatten();
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::Difference::{Added, Edited, Moved, Removed};
    use super::*;
    use crate::merkle::leaf_hash;

    fn check(signed: &str, found: &str, expected: &[Difference]) {
        let hash = |byte: u8| leaf_hash(&[byte]);
        let signed: Vec<Option<Digest>> = signed.bytes().map(|byte| (byte != b'?').then(|| hash(byte))).collect();
        let found: Vec<Digest> = found.bytes().map(hash).collect();
        assert_eq!(align(&signed, &found), expected);
    }

    #[test]
    fn every_change_is_named_by_its_index() {
        check("abcdef", "abcdef", &[]);
        check("abcdef", "abXdef", &[Edited(2)]);
        check("abcdef", "XbcdeY", &[Edited(0), Edited(5)]);
        check("abcdef", "abdef", &[Removed(2)]);
        check("abcdef", "abcde", &[Removed(5)]);
        check("abcdef", "", &[Removed(0), Removed(1), Removed(2), Removed(3), Removed(4), Removed(5)]);
        check("abcdef", "abXcdef", &[Added(2)]);
        check("abcdef", "abcdefX", &[Added(6)]);
        check("abcdef", "abcdXYf", &[Edited(4), Added(5)]);
    }

    #[test]
    fn changed_places_and_mixtures() {
        check("abcdef", "abdcef", &[Moved { index: 3, at: 2 }]);
        check("abcdef", "ebcdaf", &[Moved { index: 0, at: 4 }, Moved { index: 4, at: 0 }]);
        check("abcdef", "aXcdf", &[Edited(1), Removed(4)]);
        check("aabb", "abb", &[Removed(1)]);
        check("a?c", "aXc", &[]);
        check("a??d", "aXYd", &[]);
        check("a?c", "aXYc", &[Added(2)]);
        check("?", "", &[Removed(0)]);
    }
}
