//! The ledger: an append-only Merkle log in a folder, signed, that shows every later change to it.
//!
//! [`Ledger::append`] returns once entries are durable; [`verify`](verify())
//! names what was edited, removed, added or moved; [`prove`] prints a proof
//! for one entry that verifies without the ledger. The formats are public
//! ones: RFC 6962 hashes, and C2SP signed notes, checkpoints, tiles and
//! proofs. The crate asks nobody for the time or for randomness, and touches
//! files through [`Storage`] alone. It does not hide what entries say, so
//! nothing secret belongs in one.

mod alignment;
mod checkpoint;
mod directory;
mod entry;
mod error;
mod fault;
mod keyring;
mod log;
mod merkle;
mod note;
mod proof;
mod storage;
mod tile;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError, Seal};
pub use directory::Directory;
pub use entry::{ENTRY_SCHEMA, Entry, EntryError, KIND_MANUAL, canonical};
pub use error::LedgerError;
pub use fault::Fault;
pub use keyring::{Entropy, Keyring, Remembered};
pub use log::{Appended, BATCH_MAX, CHECKPOINT_FILE, KEY_FILE, KIND_STARTED, Ledger, Receipt, prove};
pub use merkle::{Subtrees, empty_root, inclusion_path, leaf_hash, node_hash, root, root_at, root_of_path};
pub use note::{NOTE_BYTES_MAX, Note, NoteError, SignatureLine, Signer, Verifier};
pub use proof::{PROOF_BYTES_MAX, Proof, ProofError};
pub use storage::{Access, Lock, Storage};
pub use tile::{ENTRY_BYTES_MAX, Kind, TILE_WIDTH, Tile, parse_bundle, parse_hashes, print_bundle, print_hashes};
pub use verify::{KeySource, Report, Trust, verify};
