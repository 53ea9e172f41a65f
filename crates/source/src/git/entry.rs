//! The header of one entry of a pack: kind, size, and for a delta its base.
//!
//! Format: `gitformat-pack`, "pack file entry". Refuses headers longer than they
//! can be, sizes beyond 63 bits and offsets that do not point back.

use super::{ObjectId, ObjectKind};

/// A header is never longer: ten bytes of size, then a name or ten bytes of offset.
pub const HEADER_BYTES_MAX: usize = 32;

/// What the entry's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The object itself.
    None(ObjectKind),
    /// A delta on the entry this many bytes before.
    Before(u64),
    /// A delta on a named object of the same pack.
    Named(ObjectId),
}

/// A parsed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What follows.
    pub base: Base,
    /// Inflated size of what follows.
    pub size: u64,
    /// Length of the header itself.
    pub length: usize,
}

/// Parses the header at the start of `bytes`; nothing when it is malformed or cut off.
pub fn parse(bytes: &[u8]) -> Option<Header> {
    let first = *bytes.first()?;
    let mut size = u64::from(first & 0x0F);
    let mut length = 1;
    let mut shift = 4;
    let mut byte = first;
    while byte & 0x80 != 0 {
        byte = *bytes.get(length)?;
        if shift > 56 {
            return None;
        }
        size |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        length += 1;
    }
    let base = match (first >> 4) & 7 {
        1 => Base::None(ObjectKind::Commit),
        2 => Base::None(ObjectKind::Tree),
        3 => Base::None(ObjectKind::Blob),
        4 => Base::None(ObjectKind::Tag),
        6 => {
            let mut byte = *bytes.get(length)?;
            length += 1;
            let mut distance = u64::from(byte & 0x7F);
            while byte & 0x80 != 0 {
                byte = *bytes.get(length)?;
                length += 1;
                distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7F);
            }
            if distance == 0 {
                return None;
            }
            Base::Before(distance)
        }
        7 => {
            let id = ObjectId::from_slice(bytes.get(length..length + 20)?)?;
            length += 20;
            Base::Named(id)
        }
        _ => return None,
    };
    Some(Header { base, size, length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_every_kind_and_refuses_the_rest() {
        assert_eq!(parse(&[0x35]), Some(Header { base: Base::None(ObjectKind::Blob), size: 5, length: 1 }));
        assert_eq!(parse(&[0x9F, 0x01]), Some(Header { base: Base::None(ObjectKind::Commit), size: 31, length: 2 }));
        assert_eq!(parse(&[0x61, 0x80, 0x00]), Some(Header { base: Base::Before(128), size: 1, length: 3 }));
        let mut named = vec![0x71];
        named.extend([7; 20]);
        assert_eq!(parse(&named), Some(Header { base: Base::Named(ObjectId([7; 20])), size: 1, length: 21 }));
        for bad in [&[][..], &[0xB5], &[0x61], &[0x61, 0x00], &[0x71, 1, 2], &[0x05], &[0x55], &[0xFF; 40]] {
            assert_eq!(parse(bad), None, "{bad:02x?}");
        }
    }
}
