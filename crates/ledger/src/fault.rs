//! What `verify` can find wrong, each in a sentence that names the place.

use std::fmt;

use crate::checkpoint::CheckpointError;
use crate::verify::is_other_key;

/// One thing about a ledger that is not as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The checkpoint file is gone.
    CheckpointGone,
    /// The checkpoint is malformed, forged or of another key.
    BadCheckpoint(CheckpointError),
    /// `key.pub` is missing or not the key of this ledger.
    StoredKey,
    /// Another ledger stood here, with entries that are gone.
    Replaced {
        /// Its name.
        origin: String,
        /// How many entries it had.
        size: u64,
    },
    /// The log ends before what was acknowledged.
    RolledBack {
        /// Size that was acknowledged.
        remembered: u64,
        /// Size of the checkpoint that is there.
        found: u64,
    },
    /// The first entries are not those that were acknowledged.
    Forked {
        /// How many were.
        at: u64,
    },
    /// An entry has other bytes than were signed.
    Edited {
        /// Which.
        index: u64,
    },
    /// Entries are gone.
    Removed {
        /// The first of them.
        first: u64,
        /// The last.
        last: u64,
    },
    /// Something that was never signed stands among the entries.
    Added {
        /// Where.
        at: u64,
    },
    /// Something stands after the last signed entry.
    Unsigned {
        /// The index it would have.
        index: u64,
    },
    /// An entry stands at another place.
    Moved {
        /// Where it belongs.
        index: u64,
        /// Where it is.
        at: u64,
    },
    /// Within these entries of one batch something was changed, and what vouched for each was changed too.
    Suspect {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// A file of entries breaks off.
    Unreadable {
        /// Which file.
        path: String,
        /// The first entry that cannot be read in it.
        first: u64,
    },
    /// A file of hashes is missing or was changed.
    Hashes {
        /// Which file.
        path: String,
    },
    /// The seals of these entries are missing or were changed.
    Seal {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// All seals hold, and yet the tree over what they seal is not the signed one.
    Root,
}

impl Fault {
    /// A word for programs: `edited`, `removed`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CheckpointGone => "checkpoint-gone",
            Self::BadCheckpoint(error) if is_other_key(error) => "other-key",
            Self::BadCheckpoint(_) => "bad-checkpoint",
            Self::StoredKey => "stored-key",
            Self::Replaced { .. } => "replaced",
            Self::RolledBack { .. } => "rolled-back",
            Self::Forked { .. } => "forked",
            Self::Edited { .. } => "edited",
            Self::Removed { .. } => "removed",
            Self::Added { .. } => "added",
            Self::Unsigned { .. } => "unsigned",
            Self::Moved { .. } => "moved",
            Self::Suspect { .. } => "suspect",
            Self::Unreadable { .. } => "unreadable",
            Self::Hashes { .. } => "hashes",
            Self::Seal { .. } => "seal",
            Self::Root => "root",
        }
    }

    /// First and last entry that the fault is about, when it is about entries.
    #[must_use]
    pub fn entries(&self) -> Option<(u64, u64)> {
        match *self {
            Self::Edited { index } | Self::Unsigned { index } | Self::Moved { index, .. } => Some((index, index)),
            Self::Added { at } => Some((at, at)),
            Self::Removed { first, last } | Self::Suspect { first, last } | Self::Seal { first, last } => {
                Some((first, last))
            }
            Self::Unreadable { first, .. } => Some((first, first)),
            Self::RolledBack { remembered, found } => Some((found, remembered.saturating_sub(1))),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |first: &u64, last: &u64| {
            if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") }
        };
        match self {
            Self::CheckpointGone => f.write_str("the signed checkpoint is gone: the file `checkpoint` was removed"),
            Self::BadCheckpoint(error) if is_other_key(error) => {
                f.write_str("the checkpoint is signed with another key than the one of this ledger")
            }
            Self::BadCheckpoint(error) => write!(f, "the checkpoint was changed: {error}"),
            Self::StoredKey => f.write_str("`key.pub` is not the key that signs this ledger: do not hand it out"),
            Self::Replaced { origin, size } => {
                write!(f, "another ledger stood here, {origin}, and its {size} entries were removed")
            }
            Self::RolledBack { remembered, found } => write!(
                f,
                "{} removed: the ledger was rolled back to {found} entries, and {remembered} had been acknowledged",
                range(found, &remembered.saturating_sub(1)),
            ),
            Self::Forked { at } => {
                write!(f, "the first {at} entries are not the {at} that had been acknowledged on this machine")
            }
            Self::Edited { index } => write!(f, "entry {index} was edited"),
            Self::Removed { first, last } if first == last => write!(f, "entry {first} was removed"),
            Self::Removed { first, last } => write!(f, "entries {first} to {last} were removed"),
            Self::Added { at } => write!(f, "an entry was added at place {at}: it was never signed"),
            Self::Unsigned { index } => write!(
                f,
                "entry {index} was added after the last signed one: it is forged, or an append was interrupted"
            ),
            Self::Moved { index, at } => {
                write!(f, "entry {index} was moved: it stands at place {at}, where entry {at} belongs")
            }
            Self::Suspect { first, last } if first == last => {
                write!(f, "entry {first} cannot be vouched for: its hash and its seal were changed too")
            }
            Self::Suspect { first, last } => {
                write!(f, "among entries {first} to {last} at least one was changed, and their hashes with it")
            }
            Self::Unreadable { path, first } => {
                write!(f, "{path} breaks off at entry {first}: it or one before it was edited")
            }
            Self::Hashes { path } => write!(f, "the stored hashes in {path} were changed or removed"),
            Self::Seal { first, last } => write!(f, "the seal of {} was changed or removed", range(first, last)),
            Self::Root => f.write_str("the tree over the entries is not the one that was signed"),
        }
    }
}
