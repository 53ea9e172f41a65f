//! Signed notes as C2SP signed-note 1.0 defines them, with Ed25519 keys.
//!
//! The parser takes one spelling only: what it accepts prints back byte for
//! byte. It refuses every other signature algorithm of our own key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// Longest note that is read: a checkpoint with a hundred cosignatures is far below.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// Most signature lines of a note; the format's own bound for readers.
const SIGNATURES_MAX: usize = 100;

/// The algorithm byte of Ed25519 in key ids and encoded keys.
const ED25519: u8 = 1;

/// Why bytes are no signed note, or no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Over [`NOTE_BYTES_MAX`].
    #[error("the note is longer than 64 KiB")]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("the note holds bytes that are not plain text")]
    NotText,
    /// No blank line between text and signatures, or no line feed at an end.
    #[error("the note does not have the form of text, blank line, signature lines")]
    Form,
    /// A signature line is malformed.
    #[error("a signature line of the note is malformed")]
    SignatureLine,
    /// A verifier key is malformed, or its key id does not match.
    #[error("this is no verifier key of the form name+id+key")]
    Key,
    /// None of the signatures is of this key.
    #[error("the note is not signed with this key")]
    OtherKey,
    /// The signature is of this key by name and id, but does not verify.
    #[error("the signature does not fit the text: the text was changed, or the signature forged")]
    BadSignature,
}

/// One signature line: who, and the bytes after the key id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    /// Name of the key.
    pub name: String,
    /// First four bytes of a hash over name, algorithm and key.
    pub key_id: [u8; 4],
    /// The signature itself, without the key id.
    pub signature: Vec<u8>,
}

/// A text and the signatures under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

impl Note {
    /// Signs `text`, which must end in a line feed and be free of control characters.
    ///
    /// # Errors
    /// [`NoteError`] when the text cannot stand in a note.
    pub fn sign(text: String, signer: &Signer) -> Result<Self, NoteError> {
        check_text(&text)?;
        let line = SignatureLine {
            name: signer.verifier.name.clone(),
            key_id: signer.verifier.key_id(),
            signature: signer.key.sign(text.as_bytes()).to_bytes().to_vec(),
        };
        Ok(Self { text, signatures: vec![line] })
    }

    /// Reads a note without verifying it: call [`Note::verify`] before believing a word.
    ///
    /// # Errors
    /// [`NoteError`] for anything but the one spelling of the format.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if whole.chars().any(|character| character.is_control() && character != '\n') {
            return Err(NoteError::NotText);
        }
        // The last blank line divides: the text itself may hold blank lines.
        let divide = whole.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, rest) = whole.split_at(divide + 1);
        check_text(text)?;
        let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n')).ok_or(NoteError::Form)?;
        let signatures = lines.split('\n').map(parse_signature).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::SignatureLine);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, when `verifier` signed it.
    ///
    /// # Errors
    /// [`NoteError::OtherKey`] or [`NoteError::BadSignature`].
    pub fn verify(&self, verifier: &Verifier) -> Result<&str, NoteError> {
        let mut own = self
            .signatures
            .iter()
            .filter(|line| line.name == verifier.name && line.key_id == verifier.key_id())
            .peekable();
        own.peek().ok_or(NoteError::OtherKey)?;
        for line in own {
            let signature = Signature::from_slice(&line.signature).map_err(|_| NoteError::BadSignature)?;
            verifier.key.verify_strict(self.text.as_bytes(), &signature).map_err(|_| NoteError::BadSignature)?;
        }
        Ok(&self.text)
    }

    /// The text, whoever signed it: for messages about notes that do not verify.
    #[must_use]
    pub fn text_unverified_danger(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let mut blob = line.key_id.to_vec();
            blob.extend_from_slice(&line.signature);
            writeln!(f, "\u{2014} {} {}", line.name, STANDARD.encode(blob))?;
        }
        Ok(())
    }
}

/// A public key with its name: the encoded form is `name+id+key`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

impl Verifier {
    /// Reads `name+id+key`, the form that `palisade ledger` prints and keeps in `key.pub`.
    ///
    /// # Errors
    /// [`NoteError::Key`] for every other spelling, and when the id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let blob = STANDARD.decode(encoded).map_err(|_| NoteError::Key)?;
        let [ED25519, key @ ..] = blob.as_slice() else { return Err(NoteError::Key) };
        let key: [u8; 32] = key.try_into().map_err(|_| NoteError::Key)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| NoteError::Key)?;
        let verifier = Self { name: name.to_owned(), key };
        if !is_name(name) || verifier.to_string() != format!("{name}+{id}+{encoded}") || key.is_weak() {
            return Err(NoteError::Key);
        }
        Ok(verifier)
    }

    /// Name of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.key.as_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut blob = vec![ED25519];
        blob.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.key_id()), STANDARD.encode(blob))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A private key with its name. It has no printed form.
pub struct Signer {
    key: SigningKey,
    verifier: Verifier,
}

impl Signer {
    /// The signer called `name` of a 32-byte seed.
    ///
    /// # Errors
    /// [`NoteError::Key`] when the name is empty or holds white space or a plus sign.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key);
        }
        let key = SigningKey::from_bytes(seed);
        let verifier = Verifier { name: name.to_owned(), key: key.verifying_key() };
        Ok(Self { key, verifier })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '+')
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.chars().any(|character| character.is_control() && character != '\n') {
        return Err(NoteError::NotText);
    }
    if text.len() < 2 || !text.ends_with('\n') { Err(NoteError::Form) } else { Ok(()) }
}

fn parse_signature(line: &str) -> Result<SignatureLine, NoteError> {
    let rest = line.strip_prefix("\u{2014} ").ok_or(NoteError::SignatureLine)?;
    let (name, encoded) = rest.split_once(' ').ok_or(NoteError::SignatureLine)?;
    let blob = STANDARD.decode(encoded).map_err(|_| NoteError::SignatureLine)?;
    let [a, b, c, d, signature @ ..] = blob.as_slice() else { return Err(NoteError::SignatureLine) };
    if !is_name(name) || signature.is_empty() {
        return Err(NoteError::SignatureLine);
    }
    Ok(SignatureLine { name: name.to_owned(), key_id: [*a, *b, *c, *d], signature: signature.to_vec() })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// The example of the signed-note specification's ancestor, the Go checksum database.
    const GO_SUM_KEY: &str = concat!("sum.", "golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");

    #[test]
    fn a_public_key_of_another_implementation_is_read() {
        assert_eq!(Verifier::parse(GO_SUM_KEY).unwrap().to_string(), GO_SUM_KEY);
        for wrong in [
            GO_SUM_KEY.replace("033de0ae", "033de0af"),
            GO_SUM_KEY.replace("033de0ae", "033DE0AE"),
            GO_SUM_KEY.replace("sum.", "sum"),
            format!("{GO_SUM_KEY} "),
            format!("{GO_SUM_KEY}\n"),
            "+033de0ae+Ac4".to_owned(),
        ] {
            assert_eq!(Verifier::parse(&wrong), Err(NoteError::Key), "{wrong}");
        }
    }

    #[test]
    fn what_is_signed_verifies_and_any_changed_byte_does_not() {
        let signer = Signer::new("palisade-ledger/test", &[7; 32]).unwrap();
        let note = Note::sign("one\n\ntwo\n".to_owned(), &signer).unwrap();
        let printed = note.to_string();
        let read = Note::parse(printed.as_bytes()).unwrap();
        assert_eq!(read, note);
        assert_eq!(read.verify(signer.verifier()), Ok("one\n\ntwo\n"));
        let verifier = Verifier::parse(&signer.verifier().to_string()).unwrap();
        assert_eq!(read.verify(&verifier), Ok("one\n\ntwo\n"));
        let bytes = printed.as_bytes();
        for at in 0..bytes.len() {
            for change in [0x01, 0x20, 0x80] {
                let mut changed = bytes.to_vec();
                *changed.get_mut(at).unwrap() ^= change;
                let verdict = Note::parse(&changed).and_then(|note| note.verify(&verifier).map(str::to_owned));
                assert!(verdict.is_err(), "byte {at} ^ {change}");
            }
        }
        let stranger = Signer::new("palisade-ledger/test", &[8; 32]).unwrap();
        assert_eq!(note.verify(stranger.verifier()), Err(NoteError::OtherKey));
    }

    #[test]
    fn other_spellings_of_a_note_are_refused() {
        let signer = Signer::new("n", &[7; 32]).unwrap();
        let good = Note::sign("a\n".to_owned(), &signer).unwrap().to_string();
        for bad in [
            good.replace("a\n", "a\r\n"),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            format!("{good} "),
            good.replace("\n\n", "\n"),
            good.replace('\u{2014}', "-"),
            good.replace("\u{2014} n", "\u{2014}  n"),
            good.replace("a\n", "a\tb\n"),
            good.replacen('a', "", 1),
            good.replace("=\n", "\n"),
            String::new(),
            "\n\n".to_owned(),
        ] {
            assert!(Note::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert_eq!(Note::parse(&vec![b'a'; NOTE_BYTES_MAX + 1]), Err(NoteError::TooLong));
        for name in ["", "a b", "a+b", "a\u{a0}b"] {
            assert_eq!(Signer::new(name, &[1; 32]).err(), Some(NoteError::Key), "{name:?}");
        }
    }
}
