//! The few file operations that durability rests on, one method per step that can fail.
//!
//! A ledger is written through this trait only, so that tests can fail each
//! step, before and after it took effect, and pull the plug in between.

use std::io;

/// Whether others on the machine may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// As the umask says.
    Shared,
    /// The owner alone: private keys.
    Private,
}

/// Held while one writer is at work; dropping it lets the next one in.
pub trait Lock {}

/// A tree of files under one root. Paths are relative, with `/` between parts, and never leave the root.
pub trait Storage {
    /// The bytes of a regular file; `None` when there is no such file.
    ///
    /// # Errors
    /// When it cannot be read, is no regular file, or is longer than `bytes_max`.
    fn read(&self, path: &str, bytes_max: usize) -> io::Result<Option<Vec<u8>>>;

    /// Names in a folder, sorted; empty when there is no such folder.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Makes one folder if it is missing; its parent exists. The root is the empty path.
    ///
    /// # Errors
    /// When it cannot be made.
    fn make_folder(&self, folder: &str, access: Access) -> io::Result<()>;

    /// Writes a new file, or replaces the bytes of one. Nothing is durable before [`Storage::sync_file`].
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, path: &str, bytes: &[u8], access: Access) -> io::Result<()>;

    /// Makes the bytes of a file durable.
    ///
    /// # Errors
    /// When the disk refuses; then nothing may be assumed about the file.
    fn sync_file(&self, path: &str) -> io::Result<()>;

    /// Gives a file its final name, replacing what is there in one step.
    ///
    /// # Errors
    /// When it cannot be renamed.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// When the disk refuses.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;

    /// Removes a file; a missing one is fine.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Waits until no other writer holds the root, and holds it.
    ///
    /// # Errors
    /// When the lock file cannot be opened.
    fn lock(&self) -> io::Result<Box<dyn Lock + '_>>;

    /// Whether a person other than the owner may read the file.
    ///
    /// # Errors
    /// When the file cannot be examined.
    fn is_exposed(&self, path: &str) -> io::Result<bool>;
}

/// Makes the folders above `path`, each durable in its parent.
///
/// # Errors
/// The first step that fails.
pub(crate) fn make_parents(storage: &dyn Storage, path: &str, access: Access) -> io::Result<()> {
    storage.make_folder("", access)?;
    for (at, _) in path.match_indices('/') {
        let folder = path.get(..at).unwrap_or("");
        storage.make_folder(folder, access)?;
        storage.sync_folder(parent(folder))?;
    }
    Ok(())
}

/// Puts a file in place so that a crash leaves the old one or the new one, never a mixture: written beside,
/// synced, renamed, and the folder synced.
///
/// # Errors
/// The first step that fails. The old file may then have been replaced or not.
pub(crate) fn put(storage: &dyn Storage, path: &str, bytes: &[u8], access: Access) -> io::Result<()> {
    let beside = format!("{path}.new");
    storage.write(&beside, bytes, access)?;
    storage.sync_file(&beside)?;
    storage.rename(&beside, path)?;
    storage.sync_folder(parent(path))
}

/// The folder of a path; the root is the empty path.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
