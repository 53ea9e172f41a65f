//! Finds the literal beginnings of all detectors in one pass over the bytes.
//!
//! Every anchor is at least four bytes long. The pass looks at each window of four bytes, folds letters
//! to lower case, and tests a hash of it in a bit table of 8 KiB, which stays in the first-level cache; only
//! a hit looks further. It refuses anchors shorter than four bytes: they would hit everywhere.

/// Bits of the hash that the first table sees.
const FILTER_BITS: u32 = 16;
/// Bits of the hash that pick a chain.
const HEAD_BITS: u32 = 12;
/// Width of the window.
pub(super) const GRAM: usize = 4;
/// Marks the end of a chain.
const NONE: u16 = u16::MAX;
/// Folds ASCII letters to lower case; other bytes may change too, which only costs a false candidate.
const FOLD: u32 = 0x2020_2020;

/// One literal to look for.
#[derive(Clone, Debug)]
struct Anchor {
    literal: Box<[u8]>,
    /// Offset of the window that stands for the anchor in the tables: its rarest four bytes.
    gram_at: usize,
    gram: u32,
    fold: bool,
    payload: u16,
    next: u16,
}

/// The set of all anchors.
#[derive(Debug)]
pub(super) struct Anchors {
    filter: Box<[u64; 1 << (FILTER_BITS - 6)]>,
    heads: Box<[u16; 1 << HEAD_BITS]>,
    anchors: Vec<Anchor>,
}

/// What an anchor leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// First byte of the anchor.
    pub(super) at: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// The number given with the anchor.
    pub(super) payload: u16,
}

impl Anchors {
    /// An empty set.
    pub(super) fn new() -> Self {
        Self {
            filter: Box::new([0; 1 << (FILTER_BITS - 6)]),
            heads: Box::new([NONE; 1 << HEAD_BITS]),
            anchors: Vec::new(),
        }
    }

    /// Adds a literal; with `fold`, case does not matter and `literal` is in lower case.
    /// Says whether it was taken: literals under four bytes are not.
    pub(super) fn add(&mut self, literal: &[u8], fold: bool, payload: u16) -> bool {
        let number = u16::try_from(self.anchors.len()).unwrap_or(NONE);
        let Some((gram_at, gram)) = rarest_gram(literal) else { return false };
        if number == NONE {
            return false;
        }
        let hash = hash(gram);
        if let Some(word) = self.filter.get_mut((hash >> (32 - FILTER_BITS + 6)) as usize) {
            *word |= 1 << ((hash >> (32 - FILTER_BITS)) & 63);
        }
        let mut next = NONE;
        if let Some(head) = self.heads.get_mut((hash >> (32 - HEAD_BITS)) as usize) {
            next = *head;
            *head = number;
        }
        self.anchors.push(Anchor { literal: literal.into(), gram_at, gram, fold, payload, next });
        true
    }

    /// Calls `found` for every anchor in `bytes`, in the order of their rarest four bytes.
    pub(super) fn each(&self, bytes: &[u8], mut found: impl FnMut(Hit)) {
        for (at, window) in bytes.windows(GRAM).enumerate() {
            let &[a, b, c, d] = window else { continue };
            let gram = u32::from_le_bytes([a, b, c, d]) | FOLD;
            let hash = hash(gram);
            let word = self.filter[(hash >> (32 - FILTER_BITS + 6)) as usize];
            if word >> ((hash >> (32 - FILTER_BITS)) & 63) & 1 == 1 {
                self.candidate(bytes, at, gram, hash, &mut found);
            }
        }
    }

    #[inline(never)]
    fn candidate(&self, bytes: &[u8], at: usize, gram: u32, hash: u32, found: &mut impl FnMut(Hit)) {
        let mut number = self.heads[(hash >> (32 - HEAD_BITS)) as usize];
        while let Some(anchor) = self.anchors.get(usize::from(number)) {
            number = anchor.next;
            if anchor.gram != gram {
                continue;
            }
            let Some(start) = at.checked_sub(anchor.gram_at) else { continue };
            let end = start + anchor.literal.len();
            let Some(text) = bytes.get(start..end) else { continue };
            if *text == *anchor.literal || anchor.fold && text.eq_ignore_ascii_case(&anchor.literal) {
                found(Hit { at: start, end, payload: anchor.payload });
            }
        }
    }
}

#[inline(always)]
fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1)
}

/// The window of a literal that is met least often in ordinary text, and its offset.
fn rarest_gram(literal: &[u8]) -> Option<(usize, u32)> {
    literal
        .windows(GRAM)
        .enumerate()
        .filter_map(|(at, window)| {
            let &[a, b, c, d] = window else { return None };
            Some((at, [a, b, c, d]))
        })
        .min_by_key(|(_, window)| {
            let repeated = window.windows(2).filter(|pair| pair.first() == pair.last()).count();
            window.iter().map(|byte| commonness(*byte)).sum::<u32>() + 12 * u32::try_from(repeated).unwrap_or(0)
        })
        .map(|(at, window)| (at, u32::from_le_bytes(window) | FOLD))
}

/// How common a byte is in source text, roughly.
fn commonness(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b' ' | b'-' | b'=' | b'*' | b'/' => 10,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 8,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'.' | b'"' | b':' => 6,
        b'g' | b'h' | b'y' | b'b' | b'0' | b'1' | b'_' => 4,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(anchors: &Anchors, text: &str) -> Vec<(usize, usize, u16)> {
        let mut out = Vec::new();
        anchors.each(text.as_bytes(), |hit| out.push((hit.at, hit.end, hit.payload)));
        out.sort_unstable();
        out
    }

    #[test]
    fn finds_every_anchor_and_nothing_else() {
        let mut anchors = Anchors::new();
        assert!(anchors.add(b"ghp_", false, 1));
        assert!(anchors.add(b"password", true, 2));
        assert!(anchors.add(b"-----BEGIN", false, 3));
        assert!(!anchors.add(b"key", true, 4));
        assert_eq!(hits(&anchors, "x ghp_a PassWord GHP_ ----------BEGIN"), [(2, 6, 1), (8, 16, 2), (27, 37, 3)]);
        assert_eq!(hits(&anchors, "ghp"), []);
        assert_eq!(hits(&anchors, ""), []);
    }

    #[test]
    fn anchors_that_share_a_window_are_all_found() {
        let mut anchors = Anchors::new();
        for (payload, literal) in [b"sk_live_".as_slice(), b"rk_live_", b"sk_live_x"].into_iter().enumerate() {
            anchors.add(literal, false, u16::try_from(payload).unwrap_or(NONE));
        }
        assert_eq!(hits(&anchors, "sk_live_x"), [(0, 8, 0), (0, 9, 2)]);
    }
}
