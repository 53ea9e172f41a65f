//! Finds the literal beginnings of all detectors in one pass over the bytes.
//!
//! Every anchor is at least four bytes long, so one of two windows of three bytes in it begins at an even
//! offset, wherever it stands. The pass folds letters to lower case, tests a hash of every second window in a
//! bit table of 8 KiB, which stays in the first-level cache, and notes the hits without a branch; only they
//! are looked at further. It refuses anchors shorter than four bytes: they would hit everywhere.

/// Bits of the hash that the first table sees.
const FILTER_BITS: u32 = 16;
/// Bits of the hash that pick a chain.
const HEAD_BITS: u32 = 12;
/// Width of the window that stands for an anchor.
const GRAM: usize = 4;
/// Width of the windows that the first table sees.
const NARROW: usize = GRAM - 1;
/// Positions that are tested before their hits are looked at.
const BLOCK_BYTES: usize = 1 << 10;
/// Bytes that a step of the pass loads; it tests the windows at the first four even offsets.
const STEP_LOAD: usize = 10;
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
    /// One bit for each hash of a narrow window.
    narrow: Filter,
    /// The same for windows of four bytes.
    filter: Filter,
    heads: Box<[u16; 1 << HEAD_BITS]>,
    anchors: Vec<Anchor>,
    /// Bytes of the longest.
    longest: usize,
}

/// A set of hashes, with false members.
#[derive(Debug)]
struct Filter(Box<[u64; 1 << (FILTER_BITS - 6)]>);

impl Filter {
    fn new() -> Self {
        Self(Box::new([0; 1 << (FILTER_BITS - 6)]))
    }

    fn insert(&mut self, hash: u32) {
        if let Some(word) = self.0.get_mut((hash >> (32 - FILTER_BITS + 6)) as usize) {
            *word |= 1 << ((hash >> (32 - FILTER_BITS)) & 63);
        }
    }

    /// 1 when the hash may be in the set, else 0.
    #[inline(always)]
    fn holds(&self, hash: u32) -> usize {
        let word = self.0[(hash >> (32 - FILTER_BITS + 6)) as usize];
        (word >> ((hash >> (32 - FILTER_BITS)) & 63) & 1) as usize
    }
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
            narrow: Filter::new(),
            filter: Filter::new(),
            heads: Box::new([NONE; 1 << HEAD_BITS]),
            anchors: Vec::new(),
            longest: 0,
        }
    }

    /// Bytes of the longest literal.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Adds a literal; with `fold`, case does not matter and `literal` is in lower case.
    /// Says whether it was taken: literals under four bytes are not.
    pub(super) fn add(&mut self, literal: &[u8], fold: bool, payload: u16) -> bool {
        let number = u16::try_from(self.anchors.len()).unwrap_or(NONE);
        let Some((gram_at, gram)) = rarest_gram(literal) else { return false };
        if number == NONE {
            return false;
        }
        self.longest = self.longest.max(literal.len());
        let hash = hash(gram);
        self.filter.insert(hash);
        self.narrow.insert(narrow_hash(gram));
        self.narrow.insert(narrow_hash(gram >> 8));
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
        let mut noted = [0_u16; BLOCK_BYTES / 2];
        let mut start = 0;
        while start < bytes.len() {
            let block = bytes.get(start..).unwrap_or(&[]);
            let count = self.note(block, &mut noted);
            for offset in noted.get(..count).unwrap_or(&[]) {
                // The window of four bytes begins here or one before.
                let at = start + usize::from(*offset);
                for at in [at.wrapping_sub(1), at] {
                    let Some(&[a, b, c, d]) = bytes.get(at..at.wrapping_add(GRAM)) else { continue };
                    let gram = u32::from_le_bytes([a, b, c, d]) | FOLD;
                    let hash = hash(gram);
                    if self.filter.holds(hash) == 1 {
                        self.candidate(bytes, at, gram, hash, &mut found);
                    }
                }
            }
            start += BLOCK_BYTES;
        }
    }

    /// Notes the even offsets in the first [`BLOCK_BYTES`] at which a narrow window may be one of an anchor's.
    #[inline(never)]
    fn note(&self, block: &[u8], noted: &mut [u16; BLOCK_BYTES / 2]) -> usize {
        let mut count = 0;
        let mut at = 0;
        while at < BLOCK_BYTES {
            let Some(&[a, b, c, d, e, f, g, h, i, _]) = block.get(at..at + STEP_LOAD) else { break };
            let low = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            let high = u32::from_le_bytes([g, h, i, 0]);
            for (step, window) in [low as u32, (low >> 16) as u32, (low >> 32) as u32, high].into_iter().enumerate() {
                // Every offset is written, and stays only if it counts.
                noted[count % (BLOCK_BYTES / 2)] = (at + 2 * step) as u16;
                count += self.narrow.holds(narrow_hash(window | FOLD));
            }
            at += 8;
        }
        while at < BLOCK_BYTES
            && let Some(&[a, b, c]) = block.get(at..at + NARROW)
        {
            noted[count % (BLOCK_BYTES / 2)] = at as u16;
            count += self.narrow.holds(narrow_hash(u32::from_le_bytes([a, b, c, 0]) | FOLD));
            at += 2;
        }
        count
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

/// Hash of the first three bytes of a folded window.
#[inline(always)]
fn narrow_hash(gram: u32) -> u32 {
    hash(gram << 8)
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
    fn anchors_are_found_at_every_offset_and_length() {
        let mut anchors = Anchors::new();
        for (payload, literal) in [b"pass".as_slice(), b"key=", b"AKIA", b"dop_v1_"].into_iter().enumerate() {
            anchors.add(literal, payload < 2, u16::try_from(payload).unwrap_or(NONE));
        }
        for (payload, literal) in ["paSS", "key=", "AKIA", "dop_v1_"].into_iter().enumerate() {
            for before in (0..40).chain(BLOCK_BYTES - 12..BLOCK_BYTES + 12) {
                for behind in 0..12 {
                    let text = format!("{}{literal}{}", ".".repeat(before), ".".repeat(behind));
                    let expected = (before, before + literal.len(), payload as u16);
                    assert_eq!(hits(&anchors, &text), [expected], "{before} {behind}");
                }
            }
        }
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
