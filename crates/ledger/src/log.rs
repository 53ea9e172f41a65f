//! The log itself: entries are appended in batches, and a batch is acknowledged when nothing can lose it.
//!
//! The order is the whole secret. Entries, seals and hashes go into files of
//! new names and are synced; then the checkpoint replaces the old one in one
//! step and is synced; then the keyring remembers it; then the caller hears of
//! it. A crash before the checkpoint leaves files that no checkpoint covers:
//! the next append drops them. It never adopts them, since it could not tell
//! an interrupted batch from a forged one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use palisade_model::{Digest, Timestamp};

use crate::checkpoint::{Checkpoint, Seal};
use crate::entry;
use crate::error::LedgerError;
use crate::keyring::{Entropy, Keyring, Remembered};
use crate::merkle::{self, Subtrees};
use crate::note::{NOTE_BYTES_MAX, Note, Signer, Verifier};
use crate::proof::Proof;
use crate::storage::{Access, Storage, make_parents, put};
use crate::tile::{self, BUNDLE_BYTES_MAX, Kind, TILE_WIDTH, Tile};
use crate::verify::stored_key;

/// Entries in one batch at most, so that one lock is held for a bounded time.
pub const BATCH_MAX: usize = 1024;

/// The signed tree head.
pub const CHECKPOINT_FILE: &str = "checkpoint";

/// The public key, for whoever has no other copy; to be trusted only as far as the folder is.
pub const KEY_FILE: &str = "key.pub";

/// Kind of the entry that a ledger begins with when another stood in its place.
pub const KIND_STARTED: &str = "ledger.started";

/// A ledger to append to.
pub struct Ledger<'a> {
    storage: &'a dyn Storage,
    keyring: &'a Keyring<'a>,
    place: String,
}

/// That one entry is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its index, from 0.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Digest,
    /// Size of the log with it.
    pub size: u64,
    /// Root of the log at that size.
    pub root: Digest,
}

/// What an append did.
#[derive(Clone, Debug)]
pub struct Appended {
    /// One for each entry given, in order.
    pub receipts: Vec<Receipt>,
    /// The public key of the ledger.
    pub verifier: Verifier,
    /// Whether the ledger began with this append.
    pub began: bool,
    /// Entries that an interrupted append (or a forger) had left unsigned, now removed.
    pub dropped: u64,
    /// Whether the ledger's `key.pub` is missing or another key than the one that signs: nothing rests on that file
    /// here, but whoever is handed it would verify against the wrong key.
    pub wrong_stored_key: bool,
    /// Ledgers that were remembered at this place and are gone.
    pub replaced: Vec<Remembered>,
}

impl<'a> Ledger<'a> {
    /// The ledger in `storage`, which lies at `place`: the absolute path, as the keyring remembers it.
    #[must_use]
    pub fn new(storage: &'a dyn Storage, keyring: &'a Keyring<'a>, place: &str) -> Self {
        Self { storage, keyring, place: place.to_owned() }
    }

    /// Appends entries and returns once they are durable. Begins the ledger, and the key, if there is none.
    ///
    /// # Errors
    /// [`LedgerError`]; then none of the entries was acknowledged. They may be in the log all the same when
    /// the failure came after the checkpoint, as for any write whose answer is lost.
    pub fn append(
        &self,
        entries: &[entry::Entry],
        now: Timestamp,
        entropy: &Entropy<'_>,
    ) -> Result<Appended, LedgerError> {
        if entries.is_empty() || entries.len() > BATCH_MAX {
            return Err(LedgerError::TooMany(entries.len()));
        }
        let mut batch = Vec::with_capacity(entries.len() + 1);
        for (at, entry) in entries.iter().enumerate() {
            batch.push(entry.to_bytes().map_err(|source| LedgerError::Entry { number: at + 1, source })?);
        }
        let _lock = self.storage.lock().map_err(LedgerError::storage("lock the ledger"))?;
        let mut replaced = Vec::new();
        let (signer, checkpoint, began) = match self.read_checkpoint()? {
            Some(bytes) => {
                let (signer, checkpoint) = self.resume(&bytes)?;
                (signer, checkpoint, false)
            }
            None => {
                replaced = self.keyring.remembered_at(&self.place)?;
                let (signer, checkpoint) = self.begin(entropy)?;
                (signer, checkpoint, true)
            }
        };
        let wrong_stored_key = stored_key(self.storage)?.as_ref() != Some(signer.verifier());
        let mut own = 0;
        if let Some(old) = replaced.iter().max_by_key(|old| old.checkpoint.size) {
            let old = serde_json::json!({
                "origin": old.checkpoint.origin, "root": old.checkpoint.root.to_string(), "size": old.checkpoint.size,
            });
            let entry = entry::Entry::new(now, KIND_STARTED, serde_json::json!({ "replaces": old }));
            batch.insert(0, entry.to_bytes().map_err(|source| LedgerError::Entry { number: 0, source })?);
            own = 1;
        }
        let dropped = self.drop_unsigned(checkpoint.size)?;
        let leaves: Vec<Digest> = batch.iter().map(|entry| merkle::leaf_hash(entry)).collect();
        let next = self.write_batch(&checkpoint, batch, &leaves, &signer)?;
        self.commit(&next, &signer)?;
        self.remove_superseded(checkpoint.size, next.size);
        let receipts = (checkpoint.size..)
            .zip(&leaves)
            .skip(own)
            .map(|(index, leaf)| Receipt { index, leaf: *leaf, size: next.size, root: next.root })
            .collect();
        Ok(Appended { receipts, verifier: signer.verifier().clone(), began, dropped, wrong_stored_key, replaced })
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        self.storage.read(CHECKPOINT_FILE, NOTE_BYTES_MAX).map_err(LedgerError::storage("read the checkpoint"))
    }

    /// Starts a log with an empty signed tree, so that from here on entries without a checkpoint mean damage.
    fn begin(&self, entropy: &Entropy<'_>) -> Result<(Signer, Checkpoint), LedgerError> {
        let listed = self.storage.list("tile").map_err(LedgerError::storage("look for entries"))?;
        if !listed.is_empty() {
            return Err(LedgerError::NoCheckpoint);
        }
        let name = entropy().map_err(LedgerError::storage("draw random bytes for a name"))?;
        let id = Digest::of_parts(&[&name]).to_string();
        let origin = format!("palisade-ledger/{}", id.split_at(16).0);
        let signer = self.keyring.signer_or_new(&origin, entropy)?;
        let failed = LedgerError::storage("begin the ledger");
        make_parents(self.storage, CHECKPOINT_FILE, Access::Shared).map_err(&failed)?;
        // A ledger is no source code: keep it out of commits and of scans.
        put(self.storage, ".gitignore", b"*\n", Access::Shared).map_err(&failed)?;
        let public = format!("{}\n", signer.verifier());
        put(self.storage, KEY_FILE, public.as_bytes(), Access::Shared).map_err(&failed)?;
        let checkpoint = Checkpoint { origin, size: 0, root: merkle::empty_root() };
        self.commit(&checkpoint, &signer)?;
        Ok((signer, checkpoint))
    }

    /// Goes on with an existing log, once it is sure that what is signed is what is there.
    fn resume(&self, bytes: &[u8]) -> Result<(Signer, Checkpoint), LedgerError> {
        let claimed = Checkpoint::parse_unverified_danger(bytes).map_err(LedgerError::Checkpoint)?;
        let signer = self.keyring.signer(&claimed.origin)?.ok_or(LedgerError::NoKey)?;
        let checkpoint = Checkpoint::verify(bytes, signer.verifier()).map_err(LedgerError::Checkpoint)?;
        let tiles = Tiles::new(self.storage, checkpoint.size);
        if merkle::root_at(&tiles, checkpoint.size)? != checkpoint.root {
            return Err(LedgerError::Tampered);
        }
        if let Some(known) = self.keyring.remembered(&checkpoint.origin)? {
            let (remembered, found) = (known.checkpoint.size, checkpoint.size);
            if remembered > found {
                return Err(LedgerError::RolledBack { remembered, found });
            }
            if merkle::root_at(&tiles, remembered)? != known.checkpoint.root {
                return Err(LedgerError::Forked { at: remembered });
            }
        }
        Ok((signer, checkpoint))
    }

    /// Writes the batch and every hash it completes, durably, and returns the checkpoint to sign.
    fn write_batch(
        &self,
        old: &Checkpoint,
        batch: Vec<Vec<u8>>,
        leaves: &[Digest],
        signer: &Signer,
    ) -> Result<Checkpoint, LedgerError> {
        let mut seals = vec![Vec::new(); batch.len()];
        if let Some(last) = seals.last_mut() {
            let seal = Seal::of(old.size, leaves).sign(signer).map_err(LedgerError::Checkpoint)?;
            *last = seal.to_string().into_bytes();
        }
        self.extend_bundles(Kind::Entries, old.size, batch)?;
        self.extend_bundles(Kind::Seals, old.size, seals)?;
        self.extend_hashes(old.size, leaves)?;
        let size = old.size + leaves.len() as u64;
        let root = merkle::root_at(&Tiles::new(self.storage, size), size)?;
        Ok(Checkpoint { origin: old.origin.clone(), size, root })
    }

    fn extend_bundles(&self, kind: Kind, count: u64, items: Vec<Vec<u8>>) -> Result<(), LedgerError> {
        let mut tile = Tile::of_index(kind, count / TILE_WIDTH, count);
        let mut held: Vec<Vec<u8>> = Vec::new();
        if tile.width > 0 {
            let bytes = read_tile(self.storage, tile)?;
            let (items, clean) = tile::parse_bundle(&bytes);
            if !clean || items.len() as u64 != tile.width {
                return Err(LedgerError::Tampered);
            }
            held = items.into_iter().map(<[u8]>::to_vec).collect();
        }
        for item in items {
            held.push(item);
            tile.width = held.len() as u64;
            if tile.width == TILE_WIDTH {
                self.put_tile(tile, &tile::print_bundle(&held))?;
                held.clear();
                tile = Tile { index: tile.index + 1, width: 0, ..tile };
            }
        }
        if tile.width > 0 { self.put_tile(tile, &tile::print_bundle(&held)) } else { Ok(()) }
    }

    fn extend_hashes(&self, size: u64, leaves: &[Digest]) -> Result<(), LedgerError> {
        let (mut count, mut fresh) = (size, leaves.to_vec());
        for level in 0.. {
            if fresh.is_empty() {
                break;
            }
            let mut tile = Tile::of_index(Kind::Hashes(level), count / TILE_WIDTH, count);
            let mut held = if tile.width > 0 { read_hashes(self.storage, tile)? } else { Vec::new() };
            let mut above = Vec::new();
            for hash in fresh {
                held.push(hash);
                tile.width = held.len() as u64;
                if tile.width == TILE_WIDTH {
                    self.put_tile(tile, &tile::print_hashes(&held))?;
                    above.push(merkle::root(&held));
                    held.clear();
                    tile = Tile { index: tile.index + 1, width: 0, ..tile };
                }
            }
            if tile.width > 0 {
                self.put_tile(tile, &tile::print_hashes(&held))?;
            }
            count /= TILE_WIDTH;
            fresh = above;
        }
        Ok(())
    }

    fn put_tile(&self, tile: Tile, bytes: &[u8]) -> Result<(), LedgerError> {
        let path = tile.path();
        let failed = LedgerError::storage("write entries to the ledger");
        make_parents(self.storage, &path, Access::Shared).map_err(&failed)?;
        put(self.storage, &path, bytes, Access::Shared).map_err(failed)
    }

    /// From here on the entries count: the new checkpoint in place of the old, then the memory of it.
    fn commit(&self, checkpoint: &Checkpoint, signer: &Signer) -> Result<(), LedgerError> {
        let note = checkpoint.sign(signer).map_err(LedgerError::Checkpoint)?;
        let failed = LedgerError::storage("write the checkpoint");
        put(self.storage, CHECKPOINT_FILE, note.to_string().as_bytes(), Access::Shared).map_err(failed)?;
        self.remember(checkpoint, &note)
    }

    fn remember(&self, checkpoint: &Checkpoint, note: &Note) -> Result<(), LedgerError> {
        self.keyring.remember(&self.place, &checkpoint.origin, note)
    }

    /// Removes files beyond the signed size, and returns how many entries they held.
    fn drop_unsigned(&self, size: u64) -> Result<u64, LedgerError> {
        let failed = LedgerError::storage("remove what an interrupted append left");
        let mut dropped = 0;
        let levels = (0..8).map(Kind::Hashes).zip((0..8).map(|level| size >> (8 * level)));
        for (kind, count) in [(Kind::Entries, size), (Kind::Seals, size)].into_iter().chain(levels) {
            for (tile, path) in unsigned_files(self.storage, kind, count).map_err(&failed)? {
                if kind == Kind::Entries {
                    dropped = dropped.max((tile.index * TILE_WIDTH + tile.width).saturating_sub(size));
                }
                self.storage.remove(&path).map_err(&failed)?;
            }
        }
        Ok(dropped)
    }

    /// Partial files that a wider one replaces. Best effort: a leftover is harmless, and nobody reads it.
    fn remove_superseded(&self, old: u64, new: u64) {
        let levels = (0..8).map(|level| (Kind::Hashes(level), old >> (8 * level), new >> (8 * level)));
        for (kind, before, after) in [(Kind::Entries, old, new), (Kind::Seals, old, new)].into_iter().chain(levels) {
            let tile = Tile::of_index(kind, before / TILE_WIDTH, before);
            if before != after && tile.width > 0 {
                // The entries are acknowledged already; failing to tidy up must not take that back.
                drop(self.storage.remove(&tile.path()));
            }
        }
    }
}

/// Files of one kind that hold more than `count` items, with what their names say of them.
pub(crate) fn unsigned_files(storage: &dyn Storage, kind: Kind, count: u64) -> std::io::Result<Vec<(Tile, String)>> {
    /// A batch reaches this many files beyond the one it starts in.
    const AHEAD: u64 = BATCH_MAX as u64 / TILE_WIDTH + 1;
    let mut out = Vec::new();
    let edge = count / TILE_WIDTH;
    for index in edge..=edge + AHEAD {
        let full = Tile { kind, index, width: TILE_WIDTH };
        let path = full.full_path();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if storage.list(folder)?.iter().any(|listed| listed == name) {
            out.push((full, path.clone()));
        }
        for listed in storage.list(&full.partial_folder())? {
            let width = listed.parse::<u64>().ok().filter(|width| (1..TILE_WIDTH).contains(width));
            let Some(width) = width else { continue };
            if index * TILE_WIDTH + width > count {
                out.push((Tile { width, ..full }, format!("{}/{listed}", full.partial_folder())));
            }
        }
    }
    Ok(out)
}

/// Proves that entry `index` is in the ledger, to anyone who has the public key.
///
/// # Errors
/// [`LedgerError`] when the ledger is not what its checkpoint says, or there is no such entry.
pub fn prove(storage: &dyn Storage, verifier: &Verifier, index: u64) -> Result<Proof, LedgerError> {
    let read = storage.read(CHECKPOINT_FILE, NOTE_BYTES_MAX).map_err(LedgerError::storage("read the checkpoint"))?;
    let bytes = read.ok_or(LedgerError::NoLedger)?;
    let checkpoint = Checkpoint::verify(&bytes, verifier).map_err(LedgerError::Checkpoint)?;
    let size = checkpoint.size;
    if index >= size {
        return Err(LedgerError::NoEntry { index, size });
    }
    let bundle = read_tile(storage, Tile::of_index(Kind::Entries, index / TILE_WIDTH, size))?;
    let (items, _) = tile::parse_bundle(&bundle);
    let within = usize::try_from(index % TILE_WIDTH).unwrap_or(usize::MAX);
    let entry = items.get(within).ok_or(LedgerError::Tampered)?.to_vec();
    let path = merkle::inclusion_path(&Tiles::new(storage, size), index, size)?;
    if merkle::root_of_path(index, size, merkle::leaf_hash(&entry), &path) != Some(checkpoint.root) {
        return Err(LedgerError::Tampered);
    }
    let note = Note::parse(&bytes).map_err(|error| LedgerError::Checkpoint(error.into()))?;
    Ok(Proof { index, entry, path, checkpoint: note })
}

/// Lends hashes out of the tiles of a log of `size` entries.
struct Tiles<'a> {
    storage: &'a dyn Storage,
    size: u64,
    read: RefCell<BTreeMap<Tile, Vec<Digest>>>,
}

impl<'a> Tiles<'a> {
    fn new(storage: &'a dyn Storage, size: u64) -> Self {
        Self { storage, size, read: RefCell::default() }
    }
}

impl Subtrees for Tiles<'_> {
    type Error = LedgerError;

    fn subtree(&self, level: u32, index: u64) -> Result<Digest, LedgerError> {
        // Hashes of every eighth level are stored; those between are computed from 2 to 128 of them.
        let (stored, above) = (level / 8, level % 8);
        let first = index << above;
        let count = self.size.checked_shr(8 * stored).unwrap_or(0);
        let tile = Tile::of_index(Kind::Hashes(stored), first / TILE_WIDTH, count);
        let mut read = self.read.borrow_mut();
        if let Entry::Vacant(free) = read.entry(tile) {
            free.insert(read_hashes(self.storage, tile)?);
        }
        let start = usize::try_from(first % TILE_WIDTH).unwrap_or(usize::MAX);
        let hashes = read.get(&tile).and_then(|hashes| hashes.get(start..start + (1 << above)));
        hashes.map(merkle::root).ok_or(LedgerError::Tampered)
    }
}

fn read_tile(storage: &dyn Storage, tile: Tile) -> Result<Vec<u8>, LedgerError> {
    let read = storage.read(&tile.path(), BUNDLE_BYTES_MAX).map_err(LedgerError::storage("read the ledger's files"))?;
    read.ok_or(LedgerError::Tampered)
}

fn read_hashes(storage: &dyn Storage, tile: Tile) -> Result<Vec<Digest>, LedgerError> {
    tile::parse_hashes(&read_tile(storage, tile)?, tile.width).ok_or(LedgerError::Tampered)
}
