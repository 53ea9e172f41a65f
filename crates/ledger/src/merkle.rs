//! The Merkle tree of RFC 6962, section 2.1: hashes, roots, inclusion paths.
//!
//! It knows neither files nor signatures: whoever holds the hashes of full
//! subtrees lends them through [`Subtrees`].

use palisade_model::Digest;
use sha2::{Digest as _, Sha256};

/// Hash of one entry: SHA-256 over a zero byte and the entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry);
    Digest(hasher.finalize().into())
}

/// Hash of an inner node: SHA-256 over a one byte and both children.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left.0);
    hasher.update(right.0);
    Digest(hasher.finalize().into())
}

/// Root of the tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Digest {
    Digest(Sha256::digest([]).into())
}

/// Root over leaf hashes, in one pass with a stack of at most 64 subtrees.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    // Each element is a full subtree and its level; levels fall strictly from bottom to top of the stack.
    let mut stack: Vec<(u32, Digest)> = Vec::new();
    for leaf in leaves {
        let mut level = 0;
        let mut hash = *leaf;
        while let Some((below, left)) = stack.last().copied().filter(|(below, _)| *below == level) {
            stack.pop();
            hash = node_hash(&left, &hash);
            level = below + 1;
        }
        stack.push((level, hash));
    }
    let mut subtrees = stack.into_iter().rev().map(|(_, hash)| hash);
    let Some(last) = subtrees.next() else { return empty_root() };
    subtrees.fold(last, |right, left| node_hash(&left, &right))
}

/// Lends the hashes of full subtrees: `2^level` leaves from leaf `index * 2^level` on.
pub trait Subtrees {
    /// Why a hash could not be lent.
    type Error;

    /// The hash of one full subtree.
    ///
    /// # Errors
    /// When the hash is not there or cannot be read.
    fn subtree(&self, level: u32, index: u64) -> Result<Digest, Self::Error>;
}

/// Root of the first `size` leaves.
///
/// # Errors
/// When a subtree cannot be lent.
pub fn root_at<S: Subtrees>(subtrees: &S, size: u64) -> Result<Digest, S::Error> {
    if size == 0 { Ok(empty_root()) } else { range(subtrees, 0, size) }
}

/// The inclusion path of leaf `index` in the tree of `size` leaves, from the leaf upwards.
/// Empty when `index` is not below `size`.
///
/// # Errors
/// When a subtree cannot be lent.
pub fn inclusion_path<S: Subtrees>(subtrees: &S, index: u64, size: u64) -> Result<Vec<Digest>, S::Error> {
    let mut path = Vec::new();
    let (mut start, mut end) = (0, if index < size { size } else { 0 });
    // Descend from the root: the sibling of the half that holds the leaf belongs to the path.
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(subtrees, middle, end)?);
            end = middle;
        } else {
            path.push(range(subtrees, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The root that an inclusion path leads to, or `None` when the path does not fit the tree's shape.
#[must_use]
pub fn root_of_path(index: u64, size: u64, leaf: Digest, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    // RFC 9162, section 2.1.3.2.
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// Hash over leaves `start..end`, where `start` is a multiple of the size's next power of two.
fn range<S: Subtrees>(subtrees: &S, start: u64, end: u64) -> Result<Digest, S::Error> {
    let length = end - start;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        return subtrees.subtree(level, start >> level);
    }
    let middle = start + split(length);
    let left = range(subtrees, start, middle)?;
    Ok(node_hash(&left, &range(subtrees, middle, end)?))
}

/// The largest power of two below `length`, which is at least 2.
fn split(length: u64) -> u64 {
    1 << (63 - (length - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// RFC 6962 as it is written, recursion and all: the oracle.
    fn reference_root(entries: &[Vec<u8>]) -> Digest {
        match entries {
            [] => empty_root(),
            [one] => leaf_hash(one),
            many => {
                let (left, right) = many.split_at(reference_split(many.len()));
                node_hash(&reference_root(left), &reference_root(right))
            }
        }
    }

    fn reference_path(index: usize, entries: &[Vec<u8>]) -> Vec<Digest> {
        if entries.len() <= 1 {
            return Vec::new();
        }
        let middle = reference_split(entries.len());
        let (left, right) = entries.split_at(middle);
        if index < middle {
            let mut path = reference_path(index, left);
            path.push(reference_root(right));
            path
        } else {
            let mut path = reference_path(index - middle, right);
            path.push(reference_root(left));
            path
        }
    }

    fn reference_split(length: usize) -> usize {
        let mut power = 1;
        while power * 2 < length {
            power *= 2;
        }
        power
    }

    struct Leaves(Vec<Digest>);

    impl Subtrees for Leaves {
        type Error = Infallible;

        fn subtree(&self, level: u32, index: u64) -> Result<Digest, Infallible> {
            let width = 1_usize << level;
            let start = usize::try_from(index).unwrap_or(usize::MAX) * width;
            Ok(root(self.0.get(start..start + width).unwrap_or(&[])))
        }
    }

    fn entries(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|number| number.to_string().repeat(number % 7).into_bytes()).collect()
    }

    #[test]
    fn the_eight_leaves_that_every_implementation_is_tested_with() {
        let unhex = |text: &str| -> Vec<u8> {
            text.as_bytes()
                .chunks_exact(2)
                .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect()
        };
        let leaves: Vec<Digest> =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
                .iter()
                .map(|leaf| leaf_hash(&unhex(leaf)))
                .collect();
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (size, expected) in roots.iter().enumerate() {
            assert_eq!(root(leaves.get(..size).unwrap_or(&[])).to_string(), *expected, "{size} leaves");
        }
    }

    #[test]
    fn roots_and_paths_equal_the_recursive_reference() {
        for size in (0..=70).chain([127, 128, 129, 255, 256, 257]) {
            let entries = entries(size);
            let leaves = Leaves(entries.iter().map(|entry| leaf_hash(entry)).collect());
            let expected = reference_root(&entries);
            assert_eq!(root(&leaves.0), expected, "{size}");
            assert_eq!(root_at(&leaves, size as u64), Ok(expected), "{size}");
            for (index, leaf) in leaves.0.iter().enumerate() {
                let (index_wide, size_wide) = (index as u64, size as u64);
                let Ok(path) = inclusion_path(&leaves, index_wide, size_wide);
                assert_eq!(path, reference_path(index, &entries), "{index} of {size}");
                assert_eq!(root_of_path(index_wide, size_wide, *leaf, &path), Some(expected));
            }
        }
    }

    #[test]
    fn a_path_proves_one_leaf_at_one_place_in_one_tree() {
        let leaves = Leaves(entries(13).iter().map(|entry| leaf_hash(entry)).collect());
        let expected = root(&leaves.0);
        for index in 0..13_u64 {
            let Ok(mut path) = inclusion_path(&leaves, index, 13);
            let leaf = leaves.0.get(usize::try_from(index).unwrap_or(0)).copied().unwrap_or(expected);
            for other in 0..20_u64 {
                let same = root_of_path(other, 13, leaf, &path) == Some(expected);
                assert_eq!(same, other == index, "{index} {other}");
            }
            assert_ne!(root_of_path(index, 13, empty_root(), &path), Some(expected));
            path.push(expected);
            assert_eq!(root_of_path(index, 13, leaf, &path), None);
            path.truncate(path.len() - 2);
            assert_eq!(root_of_path(index, 13, leaf, &path), None);
        }
    }
}
