//! The private key and the memory of what was acknowledged: both live outside the ledger's folder.
//!
//! Whoever can edit the ledger's folder must not be able to sign, nor to make
//! us forget how far the log had come. So the key stays in the user's
//! configuration folder, and beside it, for each ledger, the last checkpoint
//! that was acknowledged. One seed serves every ledger of a user; the key's
//! name is the ledger's origin, so a signature of one never fits another.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::Digest;
use serde_json::Value;

use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::note::{NOTE_BYTES_MAX, Note, Signer, Verifier};
use crate::storage::{Access, Storage, make_parents, put};

/// First word of a key file, so that nothing else is taken for one.
const KEY_WORD: &str = "palisade-ledger-key-1";

/// A key file is one short line.
const KEY_BYTES_MAX: usize = 256;

/// Ledgers remembered at most: more than a machine has, few enough to read on each verification.
const REMEMBERED_MAX: usize = 10_000;

/// Gives 32 unpredictable bytes.
pub type Entropy<'a> = dyn Fn() -> io::Result<[u8; 32]> + 'a;

/// The key file and the memory beside it.
pub struct Keyring<'a> {
    storage: &'a dyn Storage,
    file: String,
}

/// A ledger as it was when its last entry was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Where it lay.
    pub place: String,
    /// Its state.
    pub checkpoint: Checkpoint,
    /// The file, within the key's folder, that remembers it.
    pub file: String,
}

impl<'a> Keyring<'a> {
    /// The keyring whose key is `file` in `storage`.
    #[must_use]
    pub fn new(storage: &'a dyn Storage, file: &str) -> Self {
        Self { storage, file: file.to_owned() }
    }

    /// Name of the key file within its folder.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The signer for one ledger; `None` when there is no key yet.
    ///
    /// # Errors
    /// [`LedgerError`] when the key file is broken or open to others.
    pub fn signer(&self, origin: &str) -> Result<Option<Signer>, LedgerError> {
        match self.seed()? {
            Some(seed) => Signer::new(origin, &seed).map(Some).map_err(|error| LedgerError::Checkpoint(error.into())),
            None => Ok(None),
        }
    }

    /// The signer for one ledger, with a new key if there is none.
    ///
    /// # Errors
    /// [`LedgerError`] as for [`Keyring::signer`], or when the new key cannot be kept.
    pub fn signer_or_new(&self, origin: &str, entropy: &Entropy<'_>) -> Result<Signer, LedgerError> {
        if let Some(signer) = self.signer(origin)? {
            return Ok(signer);
        }
        let keep = LedgerError::storage("keep the new ledger key");
        make_parents(self.storage, &self.file, Access::Private).map_err(&keep)?;
        let _lock = self.storage.lock().map_err(&keep)?;
        // Another process may have made the key while this one waited.
        if let Some(signer) = self.signer(origin)? {
            return Ok(signer);
        }
        let seed = entropy().map_err(LedgerError::storage("draw random bytes for a key"))?;
        let text = format!("{KEY_WORD} {}\n", STANDARD.encode(seed));
        put(self.storage, &self.file, text.as_bytes(), Access::Private).map_err(&keep)?;
        self.signer(origin)?.ok_or(LedgerError::BadKey)
    }

    /// What is remembered of a ledger by its name.
    ///
    /// # Errors
    /// [`LedgerError::BadMemory`] when it cannot be read back.
    pub fn remembered(&self, origin: &str) -> Result<Option<Remembered>, LedgerError> {
        self.recall(&self.memory_file(origin), self.seed()?.as_ref())
    }

    /// Every ledger that was acknowledged at `place`.
    ///
    /// # Errors
    /// [`LedgerError::BadMemory`] when one of them cannot be read back.
    pub fn remembered_at(&self, place: &str) -> Result<Vec<Remembered>, LedgerError> {
        let Some(seed) = self.seed()? else { return Ok(Vec::new()) };
        let folder = self.memory_folder();
        let names = self.storage.list(&folder).map_err(LedgerError::storage("read the remembered checkpoints"))?;
        let mut out = Vec::new();
        for name in names.iter().filter(|name| !name.ends_with(".new")).take(REMEMBERED_MAX) {
            out.extend(self.recall(&format!("{folder}/{name}"), Some(&seed))?.filter(|known| known.place == place));
        }
        Ok(out)
    }

    /// Remembers the state of the ledger at `place`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`] when it cannot be made durable.
    pub(crate) fn remember(&self, place: &str, origin: &str, checkpoint: &Note) -> Result<(), LedgerError> {
        let failed = LedgerError::storage("remember the checkpoint beside the key");
        let file = self.memory_file(origin);
        make_parents(self.storage, &file, Access::Private).map_err(&failed)?;
        let text = format!("{}\n{checkpoint}", Value::from(place));
        put(self.storage, &file, text.as_bytes(), Access::Private).map_err(failed)
    }

    fn recall(&self, file: &str, seed: Option<&[u8; 32]>) -> Result<Option<Remembered>, LedgerError> {
        let bad = || LedgerError::BadMemory { file: file.to_owned() };
        let read = self.storage.read(file, NOTE_BYTES_MAX * 2);
        let Some(bytes) = read.map_err(LedgerError::storage("read a remembered checkpoint"))? else { return Ok(None) };
        let at = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(bad)?;
        let (place, note) = bytes.split_at(at);
        let Ok(Value::String(place)) = serde_json::from_slice(place) else { return Err(bad()) };
        let note = note.get(1..).unwrap_or(&[]);
        let claimed = Checkpoint::parse_unverified_danger(note).map_err(|_| bad())?;
        let signer = Signer::new(&claimed.origin, seed.ok_or_else(bad)?).map_err(|_| bad())?;
        let checkpoint = Checkpoint::verify(note, signer.verifier()).map_err(|_| bad())?;
        Ok(Some(Remembered { place, checkpoint, file: file.to_owned() }))
    }

    fn memory_folder(&self) -> String {
        format!("{}.seen", self.file)
    }

    fn memory_file(&self, origin: &str) -> String {
        let digest = Digest::of_parts(&[origin.as_bytes()]).to_string();
        format!("{}/{}", self.memory_folder(), digest.split_at(32).0)
    }

    fn seed(&self) -> Result<Option<[u8; 32]>, LedgerError> {
        let failed = LedgerError::storage("read the ledger key");
        let Some(bytes) = self.storage.read(&self.file, KEY_BYTES_MAX).map_err(&failed)? else { return Ok(None) };
        if self.storage.is_exposed(&self.file).map_err(&failed)? {
            return Err(LedgerError::ExposedKey);
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| LedgerError::BadKey)?;
        let encoded = text.strip_suffix('\n').unwrap_or(text).strip_prefix(KEY_WORD).and_then(|t| t.strip_prefix(' '));
        let seed = encoded.and_then(|encoded| STANDARD.decode(encoded).ok()).ok_or(LedgerError::BadKey)?;
        seed.try_into().map(Some).map_err(|_| LedgerError::BadKey)
    }
}

impl Keyring<'_> {
    /// The public key for one ledger; `None` when there is no key on this machine.
    ///
    /// # Errors
    /// [`LedgerError`] as for [`Keyring::signer`].
    pub fn verifier(&self, origin: &str) -> Result<Option<Verifier>, LedgerError> {
        Ok(self.signer(origin)?.map(|signer| signer.verifier().clone()))
    }
}
