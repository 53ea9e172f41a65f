//! A delta: instructions that make one object from pieces of another and new bytes.
//!
//! Format: `gitformat-pack`, "deltified representation". A delta may only read
//! inside its base and must make exactly the size it announces.

use std::ops::Range;

/// One piece of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction<'a> {
    /// These bytes of the base.
    Copy(Range<usize>),
    /// New bytes.
    Insert(&'a [u8]),
}

/// A delta whose header has been read.
#[derive(Clone, Copy, Debug)]
pub struct Delta<'a> {
    /// Size of the base it was made for.
    pub base_size: u64,
    /// Size of what it makes.
    pub size: u64,
    instructions: &'a [u8],
}

impl<'a> Delta<'a> {
    /// Reads the two sizes; nothing when they are malformed.
    pub fn parse(bytes: &'a [u8]) -> Option<Delta<'a>> {
        let (base_size, rest) = size(bytes)?;
        let (size, instructions) = size(rest)?;
        Some(Delta { base_size, size, instructions })
    }

    /// The instructions in order; the iterator yields `None` in place of a malformed one, and ends.
    pub fn instructions(&self) -> Instructions<'a> {
        Instructions { rest: self.instructions }
    }

    /// Makes the object in `result`, telling `piece` where each instruction's bytes start in it.
    ///
    /// Nothing when the delta does not fit its base; `result` then holds an undefined part.
    pub fn apply(
        &self,
        base: &[u8],
        result: &mut Vec<u8>,
        mut piece: impl FnMut(usize, &Instruction<'_>),
    ) -> Option<()> {
        result.clear();
        let size = usize::try_from(self.size).ok()?;
        if self.base_size != base.len() as u64 || size > super::BLOB_BYTES_MAX {
            return None; // the size is the delta's own claim
        }
        result.reserve(size);
        for instruction in self.instructions() {
            let instruction = instruction?;
            let bytes = match &instruction {
                Instruction::Copy(range) => base.get(range.clone())?,
                Instruction::Insert(bytes) => bytes,
            };
            if bytes.len() > size - result.len() {
                return None;
            }
            piece(result.len(), &instruction);
            result.extend_from_slice(bytes);
        }
        (result.len() == size).then_some(())
    }
}

/// See [`Delta::instructions`].
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Instructions<'a> {
    type Item = Option<Instruction<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&code, rest) = self.rest.split_first()?;
        let parsed = if code & 0x80 != 0 { copy(code, rest) } else { insert(code, rest) };
        match parsed {
            Some((instruction, rest)) => {
                self.rest = rest;
                Some(Some(instruction))
            }
            None => {
                self.rest = &[];
                Some(None)
            }
        }
    }
}

fn insert(code: u8, rest: &[u8]) -> Option<(Instruction<'_>, &[u8])> {
    if code == 0 {
        return None; // reserved
    }
    let (bytes, rest) = rest.split_at_checked(usize::from(code))?;
    Some((Instruction::Insert(bytes), rest))
}

fn copy(code: u8, mut rest: &[u8]) -> Option<(Instruction<'_>, &[u8])> {
    let mut number = |bits: Range<u32>| {
        let mut value = 0_usize;
        for (place, bit) in bits.enumerate() {
            if code & (1 << bit) != 0 {
                let (&byte, after) = rest.split_first()?;
                value |= usize::from(byte) << (8 * place);
                rest = after;
            }
        }
        Some(value)
    };
    let start = number(0..4)?;
    let length = match number(4..7)? {
        0 => 0x1_0000,
        length => length,
    };
    Some((Instruction::Copy(start..start.checked_add(length)?), rest))
}

/// A little-endian base-128 number of at most 63 bits.
fn size(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn copies_and_inserts() {
        // 10 bytes → 3 copied from 7, 2 new, 4 copied from 0.
        let bytes = [10, 9, 0x80 | 0x01 | 0x10, 7, 3, 2, b'x', b'y', 0x80 | 0x10, 4];
        let delta = Delta::parse(&bytes).unwrap();
        let mut result = Vec::new();
        let mut starts = Vec::new();
        delta.apply(b"0123456789", &mut result, |start, _| starts.push(start)).unwrap();
        assert_eq!(result, b"789xy0123");
        assert_eq!(starts, [0, 3, 5]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let apply = |bytes: &[u8]| Delta::parse(bytes)?.apply(b"0123456789", &mut Vec::new(), |_, _| {});
        assert!(apply(&[10, 1, 1, b'a']).is_some());
        assert!(apply(&[9, 1, 1, b'a']).is_none(), "another base");
        assert!(apply(&[10, 2, 1, b'a']).is_none(), "too short");
        assert!(apply(&[10, 1, 2, b'a', b'b']).is_none(), "too long");
        assert!(apply(&[10, 1, 2, b'a']).is_none(), "cut off");
        assert!(apply(&[10, 1, 0]).is_none(), "reserved");
        assert!(apply(&[10, 4, 0x91, 8, 4]).is_none(), "beyond the base");
        assert!(apply(&[10, 4, 0x91, 8]).is_none(), "cut-off copy");
        assert!(apply(&[0xFF; 12]).is_none(), "endless size");
    }
}
