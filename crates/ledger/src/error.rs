//! What can go wrong with a ledger short of tampering that `verify` names, and what to do about it.

use std::io;

use crate::checkpoint::CheckpointError;
use crate::entry::EntryError;

/// Why a ledger could not be read or written. Nothing was acknowledged when this is returned.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file operation failed.
    #[error("could not {doing}")]
    Storage {
        /// What was being done: `read the checkpoint`.
        doing: &'static str,
        /// The system's word on it.
        source: io::Error,
    },
    /// One of the entries to append is no entry.
    #[error("entry {number} of those to append cannot be kept")]
    Entry {
        /// Which of them, from 1.
        number: usize,
        /// Why not.
        source: EntryError,
    },
    /// More entries at once than one batch takes.
    #[error("{0} entries are more than one batch takes")]
    TooMany(usize),
    /// There is no ledger here.
    #[error("there is no ledger here")]
    NoLedger,
    /// Entries lie here, but the signed checkpoint is gone.
    #[error("there are entries here but no checkpoint: the file `checkpoint` was removed")]
    NoCheckpoint,
    /// The checkpoint is broken, forged, or of another key.
    #[error("the checkpoint of this ledger cannot be trusted")]
    Checkpoint(#[source] CheckpointError),
    /// The ledger is signed, but the key to sign on with is not on this machine.
    #[error("the key that signs this ledger is not on this machine")]
    NoKey,
    /// There is no public key to verify with.
    #[error("there is no key to verify this ledger with")]
    NoVerifier,
    /// The key file holds something else.
    #[error("the key file is not a ledger key")]
    BadKey,
    /// Others may read the key file.
    #[error("the key file can be read by other users of this machine")]
    ExposedKey,
    /// A remembered checkpoint beside the key cannot be read.
    #[error("the remembered checkpoint `{file}` beside the key cannot be read")]
    BadMemory {
        /// Its path within the key's folder.
        file: String,
    },
    /// The stored hashes do not lead to the signed root.
    #[error("the stored hashes do not lead to the signed root: the ledger was changed")]
    Tampered,
    /// The ledger ends before what was acknowledged earlier.
    #[error("the ledger was rolled back: it holds {found} entries, and {remembered} had been acknowledged")]
    RolledBack {
        /// Size that was acknowledged.
        remembered: u64,
        /// Size found.
        found: u64,
    },
    /// The first entries are not the ones that were acknowledged earlier.
    #[error("the first {at} entries are not the {at} that had been acknowledged")]
    Forked {
        /// Size at which they parted.
        at: u64,
    },
    /// An entry was asked for that is not there.
    #[error("there is no entry {index}: the ledger holds {size}")]
    NoEntry {
        /// Which one.
        index: u64,
        /// How many there are.
        size: u64,
    },
}

impl LedgerError {
    /// What the reader can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Storage { .. } => "check that the disk has room and the folder may be written",
            Self::Entry { .. } => "each line is one JSON value of at most 65,535 bytes",
            Self::TooMany(_) => "append them in smaller batches",
            Self::NoLedger => "`palisade gate merge` or `palisade ledger append` begins one; or pass --ledger DIR",
            Self::NoCheckpoint | Self::Tampered | Self::Checkpoint(_) => {
                "`palisade ledger verify` names what was changed; restore the folder from a copy, or begin another \
                 ledger with --ledger DIR"
            }
            Self::NoKey => {
                "pass the key that began it with --key FILE or PALISADE_LEDGER_KEY, or begin another ledger with \
                 --ledger DIR"
            }
            Self::NoVerifier => {
                "pass the public key with --vkey, from whoever keeps the ledger; --trust-stored-key takes the one in \
                 the folder, which shows accidents but not attacks"
            }
            Self::BadKey => "pass another with --key FILE, or move the file away to have a new key made",
            Self::ExposedKey => "chmod 600 it, and consider whether somebody else may have signed with it",
            Self::BadMemory { .. } => "it is written by Palisade alone: find out what changed it before removing it",
            Self::RolledBack { .. } | Self::Forked { .. } => {
                "somebody put an older or another copy here; restore the newest, and find out who"
            }
            Self::NoEntry { .. } => "entries are counted from 0",
        }
    }

    pub(crate) fn storage(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Storage { doing, source }
    }
}
