//! Identity of a finding: what it is and where in the structure, never its line number.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Hashes parts with their lengths before them, so that no two lists of parts collide by joining.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Hash of the text a finding points at, with runs of white space folded so that reindenting keeps identity.
#[must_use]
pub fn content_hash(text: &[u8]) -> Digest {
    let mut folded = Vec::with_capacity(text.len());
    for word in text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(b' ');
        }
        folded.extend_from_slice(word);
    }
    Digest::of_parts(&[&folded])
}

/// The stable identity of a finding: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of a finding at a place in a file: check, path, structural path, content.
    /// `twin` counts findings that are otherwise equal, from 0 in file order.
    #[must_use]
    pub fn of_place(check: &str, path: &str, structure: &str, content: Digest, twin: u32) -> Self {
        Self::from_parts(&[
            b"place",
            check.as_bytes(),
            path.as_bytes(),
            structure.as_bytes(),
            &content.0,
            &twin.to_be_bytes(),
        ])
    }

    /// Of a secret: check and keyed hash of its value, wherever it stands.
    #[must_use]
    pub fn of_secret(check: &str, keyed_hash: Digest) -> Self {
        Self::from_parts(&[b"secret", check.as_bytes(), &keyed_hash.0])
    }

    /// Reads 32 hexadecimal digits in lower case; nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 32 || bytes.iter().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut out = [0; 16];
        for (slot, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(out))
    }

    fn from_parts(parts: &[&[u8]]) -> Self {
        let digest = Digest::of_parts(parts);
        let mut out = [0; 16];
        out.copy_from_slice(digest.0.split_at(16).0);
        Self(out)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_prints_and_nothing_else() {
        let print = Fingerprint::of_place("a/b", "c", "d", content_hash(b"e"), 0);
        assert_eq!(Fingerprint::parse(&print.to_string()), Some(print));
        assert_eq!(Fingerprint::parse(&print.to_string().to_uppercase()), None);
        assert_eq!(Fingerprint::parse("00"), None);
    }

    #[test]
    fn white_space_does_not_change_identity_and_joining_does() {
        assert_eq!(content_hash(b"a  b\n"), content_hash(b" a b"));
        assert_ne!(content_hash(b"ab"), content_hash(b"a b"));
        assert_ne!(Digest::of_parts(&[b"ab", b"c"]), Digest::of_parts(&[b"a", b"bc"]));
    }
}
