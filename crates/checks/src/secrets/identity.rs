//! What may be said about a secret: a keyed hash of its value and a preview that gives nothing away.
//!
//! It refuses to keep or print the value itself.

use hmac::{Hmac, KeyInit as _, Mac as _};
use palisade_model::Digest;
use sha2::Sha256;

/// The longest known beginning (`ghp_`, `sk_live_`) that a preview shows.
const PREFIX_SHOWN_MAX: usize = 16;

/// Hashes secret values under a key, so that equal values are recognised without being kept, and so that
/// nobody without the key can test guesses against the hash.
#[derive(Clone)]
pub struct Identity {
    key: [u8; 32],
}

impl Identity {
    /// The key when a target has none of its own: hashes are then stable between machines, and a guess can
    /// be tested by anybody. `.palisade/identity.key` replaces it.
    pub const DEFAULT_KEY: [u8; 32] = *b"palisade default identity key v1";

    /// Hashes under `key`.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// HMAC-SHA256 of a secret's value.
    #[must_use]
    pub fn of(&self, value: &[u8]) -> Digest {
        match Hmac::<Sha256>::new_from_slice(&self.key) {
            Ok(mut mac) => {
                mac.update(value);
                Digest(mac.finalize().into_bytes().into())
            }
            // HMAC takes keys of every length; this arm is never reached.
            Err(_) => Digest::of_parts(&[&self.key, value]),
        }
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self::new(Self::DEFAULT_KEY)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// The format's fixed beginning, which is public, and the length: `ghp_… (40 characters)`.
#[must_use]
pub fn preview(anchors: &[&str], value: &[u8]) -> String {
    let fixed = anchors.iter().filter(|anchor| value.starts_with(anchor.as_bytes())).max_by_key(|anchor| anchor.len());
    let shown: String = fixed.map_or(String::new(), |fixed| fixed.chars().take(PREFIX_SHOWN_MAX).collect());
    let characters = String::from_utf8_lossy(value).chars().count();
    format!("{shown}… ({characters} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ_by_key_and_value_and_match_rfc_4231() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        // RFC 4231 test case 2; HMAC pads short keys with zeros, so the padded key gives the same.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(Identity::new(key).of(b"what do ya want for nothing?").to_string(), expected);
        assert_ne!(Identity::default().of(b"a"), Identity::default().of(b"b"));
        assert_ne!(Identity::default().of(b"a"), Identity::new([1; 32]).of(b"a"));
    }

    #[test]
    fn a_preview_shows_only_what_is_public() {
        assert_eq!(preview(&["ghp_"], b"ghp_abcdef"), "ghp_… (10 characters)");
        assert_eq!(preview(&[], b"hunter2"), "… (7 characters)");
    }
}
