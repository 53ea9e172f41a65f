//! Reads a whole ledger and names everything in it that is not what was signed.
//!
//! What can be located: an entry is named by its index as long as its leaf
//! hash is vouched for, by the tree under the checkpoint or by the seal of its
//! batch. In a batch of several entries whose hashes were rewritten too, the
//! batch is named. What was signed and later rolled back is seen through the
//! checkpoint remembered beside the key; without that memory, an older copy
//! of a ledger is a valid ledger.

use palisade_model::Digest;

use crate::alignment::{Difference, align};
use crate::checkpoint::{Checkpoint, CheckpointError, Seal};
use crate::error::LedgerError;
use crate::fault::Fault;
use crate::keyring::{Keyring, Remembered};
use crate::log::{CHECKPOINT_FILE, KEY_FILE, unsigned_files};
use crate::merkle;
use crate::note::{NOTE_BYTES_MAX, Verifier};
use crate::storage::Storage;
use crate::tile::{self, BUNDLE_BYTES_MAX, Kind, TILE_WIDTH, Tile};

/// What a verification rests on.
pub struct Trust<'a> {
    /// The public key, from whoever keeps it; `None` asks the keyring.
    pub verifier: Option<Verifier>,
    /// The key and the memory of this machine.
    pub keyring: Option<&'a Keyring<'a>>,
    /// Where the ledger lies: the absolute path, as the keyring remembers it.
    pub place: &'a str,
    /// Take the key that lies in the ledger's own folder when there is no other. It shows accidents, not attacks:
    /// whoever rewrote the ledger could have replaced that key too.
    pub stored_key_danger: bool,
}

/// What a key was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// Given by the caller.
    Given,
    /// Derived from the private key of this machine.
    Keyring,
    /// Found in the ledger's own folder.
    StoredDanger,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The key everything was checked against.
    pub verifier: Verifier,
    /// Where that key came from.
    pub key_source: KeySource,
    /// The newest state that this key signed, be it remembered.
    pub checkpoint: Option<Checkpoint>,
    /// Whether a remembered checkpoint took part.
    pub remembered: bool,
    /// Everything wrong, in the order of the entries; empty means intact.
    pub faults: Vec<Fault>,
}

/// Verifies the ledger in `storage`.
///
/// # Errors
/// [`LedgerError`] when it could not be decided: no ledger, no key, unreadable files.
pub fn verify(storage: &dyn Storage, trust: &Trust<'_>) -> Result<Report, LedgerError> {
    let read = storage.read(CHECKPOINT_FILE, NOTE_BYTES_MAX).map_err(LedgerError::storage("read the checkpoint"))?;
    let known_here = trust.keyring.map_or(Ok(Vec::new()), |keyring| keyring.remembered_at(trust.place))?;
    let claimed = read.as_deref().and_then(|bytes| Checkpoint::parse_unverified_danger(bytes).ok());
    if read.is_none() && known_here.is_empty() && list(storage, "tile")?.is_empty() {
        return Err(LedgerError::NoLedger);
    }
    let stored_key = stored_key(storage)?;
    let newest_here = known_here.iter().max_by_key(|known| known.checkpoint.size);
    let origin = claimed
        .as_ref()
        .map(|claimed| claimed.origin.clone())
        .or_else(|| newest_here.map(|known| known.checkpoint.origin.clone()))
        .or_else(|| stored_key.as_ref().map(|key| key.name().to_owned()));
    let (verifier, key_source) = choose_key(trust, origin.as_deref(), stored_key.as_ref())?;

    let mut faults = Vec::new();
    for known in known_here.iter().filter(|known| known.checkpoint.origin != verifier.name()) {
        if known.checkpoint.size > 0 {
            faults.push(Fault::Replaced { origin: known.checkpoint.origin.clone(), size: known.checkpoint.size });
        }
    }
    let signed = match &read {
        None => {
            faults.push(Fault::CheckpointGone);
            None
        }
        Some(bytes) => match Checkpoint::verify(bytes, &verifier) {
            Ok(checkpoint) => Some(checkpoint),
            Err(error) => {
                faults.push(Fault::BadCheckpoint(error));
                None
            }
        },
    };
    if key_source != KeySource::StoredDanger && stored_key.as_ref() != Some(&verifier) {
        faults.push(Fault::StoredKey);
    }
    let memory = memory(trust, &verifier, key_source)?;
    if let (Some(signed), Some(known)) = (&signed, &memory)
        && known.checkpoint.size > signed.size
    {
        faults.push(Fault::RolledBack { remembered: known.checkpoint.size, found: signed.size });
    }
    let remembered = memory.as_ref().map(|known| known.checkpoint.clone());
    let newest = [signed.clone(), remembered.clone()].into_iter().flatten().max_by_key(|state| state.size);
    let mut reader = Reader { storage, verifier: &verifier, faults };
    let size = match &newest {
        Some(newest) => newest.size,
        None => reader.sealed_size()?,
    };
    let leaves = reader.entries(size, newest.as_ref())?;
    if let (Some(known), Some(leaves)) = (&remembered, &leaves) {
        let at = known.size;
        let head = usize::try_from(at).ok().and_then(|at| leaves.get(..at));
        if head.is_some_and(|head| merkle::root(head) != known.root) {
            reader.faults.push(Fault::Forked { at });
        }
    }
    let faults = reader.faults;
    Ok(Report { verifier, key_source, checkpoint: newest, remembered: remembered.is_some(), faults })
}

fn choose_key(
    trust: &Trust<'_>,
    origin: Option<&str>,
    stored: Option<&Verifier>,
) -> Result<(Verifier, KeySource), LedgerError> {
    if let Some(verifier) = &trust.verifier {
        return Ok((verifier.clone(), KeySource::Given));
    }
    if let (Some(keyring), Some(origin)) = (trust.keyring, origin)
        && let Some(verifier) = keyring.verifier(origin)?
    {
        return Ok((verifier, KeySource::Keyring));
    }
    match stored.filter(|_| trust.stored_key_danger) {
        Some(verifier) => Ok((verifier.clone(), KeySource::StoredDanger)),
        None => Err(LedgerError::NoVerifier),
    }
}

/// The remembered state of the ledger with this key, if this machine wrote it.
fn memory(trust: &Trust<'_>, verifier: &Verifier, source: KeySource) -> Result<Option<Remembered>, LedgerError> {
    let Some(keyring) = trust.keyring.filter(|_| source != KeySource::StoredDanger) else { return Ok(None) };
    if keyring.verifier(verifier.name())?.as_ref() != Some(verifier) {
        return Ok(None);
    }
    keyring.remembered(verifier.name())
}

pub(crate) fn stored_key(storage: &dyn Storage) -> Result<Option<Verifier>, LedgerError> {
    let read = storage.read(KEY_FILE, NOTE_BYTES_MAX).map_err(LedgerError::storage("read key.pub"))?;
    let text = read.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| Verifier::parse(text.strip_suffix('\n').unwrap_or(&text)).ok()))
}

fn list(storage: &dyn Storage, folder: &str) -> Result<Vec<String>, LedgerError> {
    storage.list(folder).map_err(LedgerError::storage("list the ledger's files"))
}

/// Reads the files and gathers faults on the way.
struct Reader<'a> {
    storage: &'a dyn Storage,
    verifier: &'a Verifier,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// Compares entries, hashes and seals with each other and with the signed root; the signed leaves, when all
    /// of them are known.
    fn entries(&mut self, size: u64, newest: Option<&Checkpoint>) -> Result<Option<Vec<Digest>>, LedgerError> {
        let found = self.bundles(Kind::Entries, size)?;
        let hashes: Vec<Digest> = found.iter().map(|entry| merkle::leaf_hash(entry)).collect();
        drop(found);
        let stored = self.stored_leaves(size)?;
        let seals = self.seals(size)?;
        let whole: Option<Vec<Digest>> = stored.iter().copied().collect();
        let within = hashes.get(..usize::try_from(size).unwrap_or(usize::MAX));
        let fits = |leaves: &[Digest]| newest.is_some_and(|newest| merkle::root(leaves) == newest.root);
        let leaves: Vec<Option<Digest>> = if let Some(whole) = whole.filter(|whole| fits(whole)) {
            whole.into_iter().map(Some).collect()
        } else if let Some(within) = within.filter(|within| fits(within)) {
            within.iter().copied().map(Some).collect()
        } else {
            leaves_of_seals(size, &seals, &stored, &hashes)
        };
        let known: Option<Vec<Digest>> = leaves.iter().copied().collect();
        let removed = self.compare(&leaves, &hashes, size);
        self.compare_seals(size, &seals, known.as_deref());
        match &known {
            Some(known) => {
                if newest.is_some() && !fits(known) {
                    self.faults.push(Fault::Root);
                }
                self.compare_tiles(known)?;
            }
            None => {
                let unknown = (0..).zip(&leaves).filter(|(_, leaf)| leaf.is_none()).map(|(at, _)| at);
                for (first, last) in runs(unknown.filter(|at| removed.binary_search(at).is_err())) {
                    self.faults.push(Fault::Suspect { first, last });
                }
            }
        }
        Ok(known)
    }

    /// Names what differs, and returns the indices of removed entries.
    fn compare(&mut self, signed: &[Option<Digest>], found: &[Digest], size: u64) -> Vec<u64> {
        let mut removed = Vec::new();
        for difference in align(signed, found) {
            match difference {
                Difference::Edited(index) => self.faults.push(Fault::Edited { index }),
                Difference::Removed(index) => removed.push(index),
                Difference::Added(at) if at >= size => self.faults.push(Fault::Unsigned { index: at }),
                Difference::Added(at) => self.faults.push(Fault::Added { at }),
                Difference::Moved { index, at } => self.faults.push(Fault::Moved { index, at }),
            }
        }
        let gone = runs(removed.iter().copied());
        self.faults.extend(gone.into_iter().map(|(first, last)| Fault::Removed { first, last }));
        removed
    }

    /// Every item of the files of one kind, in order, with those beyond `count` at the end. Items that cannot be
    /// read are left out, and named.
    fn bundles(&mut self, kind: Kind, count: u64) -> Result<Vec<Vec<u8>>, LedgerError> {
        let mut out = Vec::new();
        for tile in Tile::all(kind, count) {
            let Some((path, bytes)) = self.read_nearest(tile)? else { continue };
            let (items, clean) = tile::parse_bundle(&bytes);
            if !clean {
                let first = tile.index * TILE_WIDTH + items.len() as u64;
                self.faults.push(Fault::Unreadable { path, first });
            }
            out.extend(items.into_iter().map(<[u8]>::to_vec));
        }
        if kind == Kind::Entries {
            let failed = LedgerError::storage("list the ledger's files");
            let mut beyond = unsigned_files(self.storage, kind, count).map_err(failed)?;
            beyond.sort();
            // Of several unsigned files of one index, the widest holds what the others hold.
            beyond.reverse();
            beyond.dedup_by_key(|(tile, _)| tile.index);
            beyond.reverse();
            for (tile, path) in beyond {
                let signed_here = Tile::of_index(kind, tile.index, count).width;
                let Some(bytes) = self.read(&path)? else { continue };
                let (items, _) = tile::parse_bundle(&bytes);
                let skip = usize::try_from(signed_here).unwrap_or(usize::MAX);
                // A file that had to stand in for the signed one was read to its end already.
                if self.read(&tile::Tile { width: signed_here, ..tile }.path())?.is_some() || signed_here == 0 {
                    out.extend(items.into_iter().skip(skip).map(<[u8]>::to_vec));
                }
            }
        }
        Ok(out)
    }

    /// The file of a tile; when it is gone, the widest other one of the same index.
    fn read_nearest(&self, tile: Tile) -> Result<Option<(String, Vec<u8>)>, LedgerError> {
        let path = tile.path();
        if let Some(bytes) = self.read(&path)? {
            return Ok(Some((path, bytes)));
        }
        let folder = tile.partial_folder();
        let mut widths: Vec<u64> = list(self.storage, &folder)?.iter().filter_map(|name| name.parse().ok()).collect();
        widths.sort_unstable();
        let partial = widths.last().map(|width| format!("{folder}/{width}"));
        for path in [Some(tile.full_path()), partial].into_iter().flatten() {
            if let Some(bytes) = self.read(&path)? {
                return Ok(Some((path, bytes)));
            }
        }
        Ok(None)
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        self.storage.read(path, BUNDLE_BYTES_MAX).map_err(LedgerError::storage("read the ledger's files"))
    }

    fn stored_leaves(&mut self, size: u64) -> Result<Vec<Option<Digest>>, LedgerError> {
        let mut out = Vec::new();
        for tile in Tile::all(Kind::Hashes(0), size) {
            let hashes = self.read(&tile.path())?.and_then(|bytes| tile::parse_hashes(&bytes, tile.width));
            match hashes {
                Some(hashes) => out.extend(hashes.into_iter().map(Some)),
                None => out.extend((0..tile.width).map(|_| None)),
            }
        }
        Ok(out)
    }

    /// The seals by the slot they stand in: `None` where there is one that this key did not sign.
    fn seals(&mut self, size: u64) -> Result<Vec<(u64, Option<Seal>)>, LedgerError> {
        let mut out = Vec::new();
        for tile in Tile::all(Kind::Seals, size) {
            let Some((_, bytes)) = self.read_nearest(tile)? else { continue };
            let (items, _) = tile::parse_bundle(&bytes);
            for (at, item) in (tile.index * TILE_WIDTH..).zip(items).filter(|(_, item)| !item.is_empty()) {
                let seal = Seal::verify(item, self.verifier).ok().filter(|seal| seal.end == at + 1);
                out.push((at, seal));
            }
        }
        Ok(out)
    }

    /// How far the seals reach when no checkpoint is left to say it.
    fn sealed_size(&mut self) -> Result<u64, LedgerError> {
        let mut size = 0;
        for index in 0.. {
            let Some((_, bytes)) = self.read_nearest(Tile { kind: Kind::Seals, index, width: TILE_WIDTH })? else {
                break;
            };
            let (items, _) = tile::parse_bundle(&bytes);
            let ends = items.iter().filter_map(|item| Seal::verify(item, self.verifier).ok()).map(|seal| seal.end);
            size = ends.fold(size, u64::max);
        }
        Ok(size)
    }

    fn compare_seals(&mut self, size: u64, seals: &[(u64, Option<Seal>)], leaves: Option<&[Digest]>) {
        let mut next = 0;
        for (at, seal) in seals {
            let Some(seal) = seal.as_ref().filter(|seal| seal.first == next) else { continue };
            let batch = usize::try_from(seal.first).ok().zip(usize::try_from(seal.end).ok());
            let batch = leaves.and_then(|leaves| batch.and_then(|(first, end)| leaves.get(first..end)));
            if leaves.is_some() && batch.map(merkle::root) != Some(seal.root) {
                self.faults.push(Fault::Seal { first: seal.first, last: *at });
            }
            next = seal.end;
        }
        // The chain of seals broke here: a seal is missing, changed, or in another's place.
        if next < size {
            self.faults.push(Fault::Seal { first: next, last: size - 1 });
        }
    }

    /// Every stored hash against the one computed from the signed leaves, on every level.
    fn compare_tiles(&mut self, leaves: &[Digest]) -> Result<(), LedgerError> {
        let mut hashes = leaves.to_vec();
        for level in 0.. {
            if hashes.is_empty() {
                break;
            }
            let mut above = Vec::new();
            for (index, chunk) in (0..).zip(hashes.chunks(256)) {
                let tile = Tile { kind: Kind::Hashes(level), index, width: chunk.len() as u64 };
                let stored = self.read(&tile.path())?;
                if stored.as_deref() != Some(tile::print_hashes(chunk).as_slice()) {
                    self.faults.push(Fault::Hashes { path: tile.path() });
                }
                if chunk.len() as u64 == TILE_WIDTH {
                    above.push(merkle::root(chunk));
                }
            }
            hashes = above;
        }
        Ok(())
    }
}

/// Leaf hashes that seals vouch for: at once for a batch of one, and for larger ones where the stored hashes or
/// the entries lead to the sealed root.
fn leaves_of_seals(
    size: u64,
    seals: &[(u64, Option<Seal>)],
    stored: &[Option<Digest>],
    found: &[Digest],
) -> Vec<Option<Digest>> {
    let mut out = vec![None; usize::try_from(size).unwrap_or(0)];
    for seal in seals.iter().filter_map(|(_, seal)| seal.as_ref()) {
        let (Ok(first), Ok(end)) = (usize::try_from(seal.first), usize::try_from(seal.end)) else { continue };
        let Some(slots) = out.get_mut(first..end) else { continue };
        let fits = |leaves: &Vec<Digest>| merkle::root(leaves) == seal.root;
        let stored: Option<Vec<Digest>> = stored.get(first..end).and_then(|part| part.iter().copied().collect());
        let found = || found.get(first..end).map(<[Digest]>::to_vec);
        let leaves =
            if end - first == 1 { Some(vec![seal.root]) } else { stored.filter(fits).or_else(|| found().filter(fits)) };
        for (slot, leaf) in slots.iter_mut().zip(leaves.into_iter().flatten()) {
            *slot = Some(leaf);
        }
    }
    out
}

/// Runs of consecutive numbers as pairs of first and last.
fn runs(numbers: impl Iterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut out: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match out.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => out.push((number, number)),
        }
    }
    out
}

/// Whether an error of a checkpoint means another key rather than a changed text.
pub(crate) fn is_other_key(error: &CheckpointError) -> bool {
    matches!(error, CheckpointError::OtherOrigin | CheckpointError::Note(crate::note::NoteError::OtherKey))
}
