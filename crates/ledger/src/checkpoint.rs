//! Signed tree heads, as C2SP tlog-checkpoint 1.0 writes them, and the seals of batches.
//!
//! A checkpoint says how many entries there are and what their root is. A
//! seal says the same of one batch alone, so that a rewritten batch is named
//! even when everything else was rewritten to fit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::Digest;

use crate::merkle;
use crate::note::{Note, NoteError, Signer, Verifier};

/// First line of a seal, which no origin can equal: an origin never holds a space.
const SEAL: &str = "palisade ledger batch";

/// Why a signed text is no checkpoint or seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is broken, of another key, or forged.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The lines within the note are not the ones the format asks for.
    #[error("the signed text is not of the form origin, size, root")]
    Form,
    /// A checkpoint that names another log than its key does.
    #[error("it belongs to another ledger")]
    OtherOrigin,
}

/// The state of a log: its name, how many entries, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log; the same as its key's.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the Merkle tree over them.
    pub root: Digest,
}

impl Checkpoint {
    /// Signs it.
    ///
    /// # Errors
    /// [`CheckpointError`] when the signer belongs to another log.
    pub fn sign(&self, signer: &Signer) -> Result<Note, CheckpointError> {
        if signer.verifier().name() != self.origin {
            return Err(CheckpointError::OtherOrigin);
        }
        let text = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0));
        Ok(Note::sign(text, signer)?)
    }

    /// Reads a signed checkpoint and verifies it.
    ///
    /// # Errors
    /// [`CheckpointError`] for anything that `verifier` did not sign, and every other spelling.
    pub fn verify(bytes: &[u8], verifier: &Verifier) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Self::parse_text(note.verify(verifier)?)?;
        if checkpoint.origin == verifier.name() { Ok(checkpoint) } else { Err(CheckpointError::OtherOrigin) }
    }

    /// Reads a checkpoint without looking at who signed it.
    ///
    /// # Errors
    /// [`CheckpointError`] when it has not the form of one.
    pub fn parse_unverified_danger(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Self::parse_text(Note::parse(bytes)?.text_unverified_danger())
    }

    /// Reads the signed text: origin, size, root, then lines of extensions, which are signed but not ours to judge.
    fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Form)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Form);
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(CheckpointError::Form);
        }
        Ok(Self { origin: origin.to_owned(), size: parse_number(size)?, root: parse_digest(root)? })
    }
}

/// The signed statement about one batch: entries `first..end` have this root on their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Index of the first entry of the batch.
    pub first: u64,
    /// One past the last.
    pub end: u64,
    /// Root over the batch alone; for one entry, its leaf hash.
    pub root: Digest,
}

impl Seal {
    /// The seal of a batch that starts at entry `first`.
    #[must_use]
    pub fn of(first: u64, leaves: &[Digest]) -> Self {
        Self { first, end: first + leaves.len() as u64, root: merkle::root(leaves) }
    }

    /// Signs it for the signer's log.
    ///
    /// # Errors
    /// [`CheckpointError`] never happens for a name that made a signer; it is passed on all the same.
    pub fn sign(&self, signer: &Signer) -> Result<Note, CheckpointError> {
        let origin = signer.verifier().name();
        let root = STANDARD.encode(self.root.0);
        Ok(Note::sign(format!("{SEAL}\n{origin}\n{}\n{}\n{root}\n", self.first, self.end), signer)?)
    }

    /// Reads a signed seal and verifies it.
    ///
    /// # Errors
    /// [`CheckpointError`] for anything that `verifier` did not sign, and every other spelling.
    pub fn verify(bytes: &[u8], verifier: &Verifier) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let text = note.verify(verifier)?;
        let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
        let [SEAL, origin, first, end, root] = lines.as_slice() else { return Err(CheckpointError::Form) };
        if *origin != verifier.name() {
            return Err(CheckpointError::OtherOrigin);
        }
        let seal = Self { first: parse_number(first)?, end: parse_number(end)?, root: parse_digest(root)? };
        if seal.first < seal.end { Ok(seal) } else { Err(CheckpointError::Form) }
    }
}

/// Decimal without sign, leading zeros or spaces.
fn parse_number(text: &str) -> Result<u64, CheckpointError> {
    let number: u64 = text.parse().map_err(|_| CheckpointError::Form)?;
    if number.to_string() == text { Ok(number) } else { Err(CheckpointError::Form) }
}

/// 32 bytes as standard base64.
pub(crate) fn parse_digest(text: &str) -> Result<Digest, CheckpointError> {
    let bytes = STANDARD.decode(text).map_err(|_| CheckpointError::Form)?;
    Ok(Digest(bytes.try_into().map_err(|_| CheckpointError::Form)?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn signer() -> Signer {
        Signer::new("palisade-ledger/test", &[3; 32]).unwrap()
    }

    #[test]
    fn reads_back_what_it_signs() {
        let checkpoint =
            Checkpoint { origin: "palisade-ledger/test".to_owned(), size: 12, root: merkle::leaf_hash(b"x") };
        let note = checkpoint.sign(&signer()).unwrap().to_string();
        assert_eq!(Checkpoint::verify(note.as_bytes(), signer().verifier()), Ok(checkpoint));
        let seal = Seal::of(4, &[merkle::leaf_hash(b"x")]);
        let note = seal.sign(&signer()).unwrap().to_string();
        assert_eq!(Seal::verify(note.as_bytes(), signer().verifier()), Ok(seal));
    }

    #[test]
    fn other_spellings_are_refused_even_when_signed() {
        let root = STANDARD.encode([9; 32]);
        let good = format!("palisade-ledger/test\n5\n{root}\n");
        assert!(Checkpoint::parse_text(&good).is_ok());
        assert!(Checkpoint::parse_text(&format!("{good}extension\n")).is_ok());
        for bad in [
            format!("palisade-ledger/test\n05\n{root}\n"),
            format!("palisade-ledger/test\n+5\n{root}\n"),
            format!("palisade-ledger/test\n5 \n{root}\n"),
            format!("palisade-ledger/test\n18446744073709551616\n{root}\n"),
            format!("palisade-ledger/test\n-1\n{root}\n"),
            format!("palisade-ledger/test\n5\n{}\n", root.replace('=', "")),
            format!("palisade-ledger/test\n5\n{}\n", STANDARD.encode([9; 31])),
            format!("palisade-ledger/test\n5\n {root}\n"),
            format!("palisade-ledger/test\n5\n{root}\n\n"),
            format!("palisade-ledger/test\n5\n{root}\n\nx\n"),
            format!("\n5\n{root}\n"),
            "palisade-ledger/test\n5\n".to_owned(),
        ] {
            assert_eq!(Checkpoint::parse_text(&bad), Err(CheckpointError::Form), "{bad:?}");
        }
    }

    #[test]
    fn a_seal_is_no_checkpoint_and_a_checkpoint_no_seal() {
        let seal = Seal::of(0, &[merkle::leaf_hash(b"x")]).sign(&signer()).unwrap().to_string();
        assert!(Checkpoint::verify(seal.as_bytes(), signer().verifier()).is_err());
        let checkpoint = Checkpoint { origin: "palisade-ledger/test".to_owned(), size: 1, root: merkle::empty_root() };
        let note = checkpoint.sign(&signer()).unwrap().to_string();
        assert_eq!(Seal::verify(note.as_bytes(), signer().verifier()), Err(CheckpointError::Form));
        let stranger = Signer::new("palisade-ledger/other", &[3; 32]).unwrap();
        assert_eq!(checkpoint.sign(&stranger).err(), Some(CheckpointError::OtherOrigin));
        assert_eq!(
            Checkpoint::verify(note.as_bytes(), stranger.verifier()),
            Err(CheckpointError::Note(NoteError::OtherKey))
        );
    }
}
