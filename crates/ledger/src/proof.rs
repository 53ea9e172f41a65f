//! Proof that one entry is in a log, as C2SP tlog-proof writes it; the entry itself travels as its `extra`.
//!
//! It verifies with nothing but the public key: no ledger, no network.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::Digest;

use crate::checkpoint::{Checkpoint, CheckpointError, parse_digest};
use crate::merkle;
use crate::note::{NOTE_BYTES_MAX, Note, NoteError, Verifier};
use crate::tile::ENTRY_BYTES_MAX;

/// First line of every proof.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Longest inclusion path: no log has more than 2^63 entries.
const PATH_MAX: usize = 63;

/// Longest proof that is read.
pub const PROOF_BYTES_MAX: usize = ENTRY_BYTES_MAX * 4 / 3 + NOTE_BYTES_MAX + 64 * 48;

/// Why a proof does not prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not the one spelling of the format.
    #[error("this is no proof of the form that `palisade ledger prove` prints")]
    Form,
    /// The checkpoint in it is not to be trusted.
    #[error("the checkpoint within the proof cannot be trusted")]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the entry to the signed root.
    #[error("the entry is not in the ledger that the checkpoint signs, or not at this index")]
    NotIncluded,
}

/// An entry, its index, the hashes beside its way to the root, and the signed root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Index of the entry, from 0.
    pub index: u64,
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// Inclusion path, from the leaf upwards.
    pub path: Vec<Digest>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

impl Proof {
    /// Reads a proof without believing it: call [`Proof::verify`].
    ///
    /// # Errors
    /// [`ProofError::Form`] for every other spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::Form)?;
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(ProofError::Form);
        }
        let (head, note) = text.split_once("\n\n").ok_or(ProofError::Form)?;
        let mut lines = head.split('\n');
        let (Some(HEADER), Some(extra), Some(index)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(ProofError::Form);
        };
        let extra = extra.strip_prefix("extra ").ok_or(ProofError::Form)?;
        let index = index.strip_prefix("index ").and_then(|index| index.parse().ok()).ok_or(ProofError::Form)?;
        let entry = STANDARD.decode(extra).map_err(|_| ProofError::Form)?;
        let path = lines.map(parse_digest).collect::<Result<Vec<_>, _>>().map_err(|_| ProofError::Form)?;
        let checkpoint = Note::parse(note.as_bytes()).map_err(|_| ProofError::Form)?;
        let proof = Self { index, entry, path, checkpoint };
        if proof.path.len() > PATH_MAX || proof.to_string() != text { Err(ProofError::Form) } else { Ok(proof) }
    }

    /// The state of the log that holds the entry, when `verifier` signed it and the path leads there.
    ///
    /// # Errors
    /// [`ProofError`] otherwise.
    pub fn verify(&self, verifier: &Verifier) -> Result<Checkpoint, ProofError> {
        let checkpoint = Checkpoint::verify(self.checkpoint.to_string().as_bytes(), verifier)?;
        let root = merkle::root_of_path(self.index, checkpoint.size, merkle::leaf_hash(&self.entry), &self.path);
        if root == Some(checkpoint.root) { Ok(checkpoint) } else { Err(ProofError::NotIncluded) }
    }
}

impl From<NoteError> for ProofError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nextra {}\nindex {}", STANDARD.encode(&self.entry), self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash.0)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
