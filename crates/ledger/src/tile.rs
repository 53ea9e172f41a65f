//! Where entries and hashes lie in a ledger's directory: the layout of C2SP tlog-tiles 0.1.
//!
//! Files never change once written: a partial file carries its width in its
//! name, so a longer one is another file, and a crash cannot harm what an
//! older checkpoint rests on.

use palisade_model::Digest;

/// Hashes, entries or seals in one full file.
pub const TILE_WIDTH: u64 = 256;

/// Longest entry, since its length is written in two bytes.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Largest full bundle: 256 entries of the largest size with their lengths.
pub(crate) const BUNDLE_BYTES_MAX: usize = 256 * (ENTRY_BYTES_MAX + 2);

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The entries themselves.
    Entries,
    /// The seal of each batch, in the slot of the batch's last entry; the other slots are empty.
    Seals,
    /// Hashes of full subtrees with `256^level` leaves; level 0 holds leaf hashes.
    Hashes(u32),
}

/// One file of the layout: the `index`th of its kind, holding `width` items, at most 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: Kind,
    /// Which one, from 0.
    pub index: u64,
    /// How many items, 1 to 256.
    pub width: u64,
}

impl Tile {
    /// Path within the ledger, as `tile/0/x001/067` or `tile/entries/000.p/17`.
    #[must_use]
    pub fn path(self) -> String {
        let base = self.full_path();
        if self.width == TILE_WIDTH { base } else { format!("{base}.p/{}", self.width) }
    }

    /// Path of the full file of the same index.
    #[must_use]
    pub fn full_path(self) -> String {
        let mut parts = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            parts = format!("x{:03}/{parts}", rest % 1000);
            rest /= 1000;
        }
        match self.kind {
            Kind::Entries => format!("tile/entries/{parts}"),
            Kind::Seals => format!("tile/seals/{parts}"),
            Kind::Hashes(level) => format!("tile/{level}/{parts}"),
        }
    }

    /// The folder of the partial files of the same index.
    #[must_use]
    pub fn partial_folder(self) -> String {
        format!("{}.p", self.full_path())
    }

    /// The files of one kind that `count` items take.
    pub fn all(kind: Kind, count: u64) -> impl Iterator<Item = Tile> {
        (0..count.div_ceil(TILE_WIDTH)).map(move |index| Self::of_index(kind, index, count))
    }

    /// The file with this index when there are `count` items in all.
    #[must_use]
    pub fn of_index(kind: Kind, index: u64, count: u64) -> Tile {
        Tile { kind, index, width: count.saturating_sub(index * TILE_WIDTH).min(TILE_WIDTH) }
    }
}

/// Prints items with two-byte lengths before them; the caller keeps each within [`ENTRY_BYTES_MAX`].
#[must_use]
pub fn print_bundle(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.iter().map(|item| item.len() + 2).sum());
    for item in items {
        let length = u16::try_from(item.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(item);
    }
    out
}

/// Reads a bundle: the items, and whether the bytes ended cleanly after the last.
#[must_use]
pub fn parse_bundle(bytes: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut items = Vec::new();
    let mut rest = bytes;
    while let [high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((item, tail)) = tail.split_at_checked(length) else { return (items, false) };
        if items.len() as u64 == TILE_WIDTH {
            return (items, false);
        }
        items.push(item);
        rest = tail;
    }
    (items, rest.is_empty())
}

/// Prints hashes one after the other.
#[must_use]
pub fn print_hashes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Reads exactly `width` hashes.
#[must_use]
pub fn parse_hashes(bytes: &[u8], width: u64) -> Option<Vec<Digest>> {
    if bytes.len() as u64 != width.checked_mul(32)? {
        return None;
    }
    bytes.chunks_exact(32).map(|chunk| chunk.try_into().ok().map(Digest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |kind, index, width| Tile { kind, index, width }.path();
        assert_eq!(path(Kind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(Kind::Hashes(3), 5, 112), "tile/3/005.p/112");
        assert_eq!(path(Kind::Entries, 1000, 1), "tile/entries/x001/000.p/1");
        assert_eq!(path(Kind::Seals, 0, 256), "tile/seals/000");
        let widths: Vec<u64> = Tile::all(Kind::Entries, 513).map(|tile| tile.width).collect();
        assert_eq!(widths, [256, 256, 1]);
        assert_eq!(Tile::all(Kind::Entries, 0).count(), 0);
    }

    #[test]
    fn bundles_read_back_and_a_cut_one_says_so() {
        let items = vec![b"one".to_vec(), Vec::new(), vec![7; ENTRY_BYTES_MAX]];
        let printed = print_bundle(&items);
        let (read, clean) = parse_bundle(&printed);
        assert!(clean);
        assert_eq!(read, items.iter().map(Vec::as_slice).collect::<Vec<_>>());
        for cut in [1, 4, 6, printed.len() - 1] {
            let (read, clean) = parse_bundle(printed.get(..cut).unwrap_or(&[]));
            assert!(!clean, "{cut}");
            assert!(read.len() < 3);
        }
        let many = print_bundle(&vec![Vec::new(); 257]);
        assert!(!parse_bundle(&many).1);
        assert_eq!(parse_hashes(&[0; 64], 2).map(|hashes| hashes.len()), Some(2));
        assert_eq!(parse_hashes(&[0; 65], 2), None);
    }
}
