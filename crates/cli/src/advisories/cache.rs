//! Files that were fetched for the index, kept beside it so that what has not changed is not fetched again.
//!
//! Each is named by the digest of where it came from, and believed only if it still has the digest that was written down
//! with it. What a run fetches lies in a folder that goes away with the run, and is kept only once the index is written.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// Files that are kept; an index has a handful of sources.
const FILES_MAX: usize = 64;
/// Bytes that are kept in all.
const BYTES_MAX: u64 = 8 << 30;
/// A note is some lines.
const NOTE_BYTES_MAX: u64 = 64 << 10;

/// The folder of a run begins with this.
const WORK: &str = ".fetching-";
/// No run takes as long.
const WORK_TIME_MAX: Duration = Duration::from_secs(24 * 3600);

/// The folder beside an index.
pub(super) struct Cache {
    folder: PathBuf,
    work: Option<TempDir>,
    fetched: Vec<(String, PathBuf, Note)>,
    used: BTreeSet<String>,
}

/// What is written down of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Note {
    /// How its name ends.
    pub(super) ending: String,
    /// Hexadecimal.
    pub(super) sha256: String,
    /// What the server calls this state of it.
    #[serde(default)]
    pub(super) etag: String,
    /// When the server says that it was changed.
    #[serde(default)]
    pub(super) last_modified: String,
}

impl Cache {
    /// The one of an index. Nothing is made yet.
    pub(super) fn beside(index: &Path) -> Self {
        Self { folder: index.with_extension("sources"), work: None, fetched: Vec::new(), used: BTreeSet::new() }
    }

    /// The name that something goes by here.
    pub(super) fn key(of: &str) -> String {
        hex(&Sha256::digest(of.as_bytes()))
    }

    /// What is kept under a key, if it is whole.
    pub(super) fn kept(&self, key: &str) -> Option<(PathBuf, Note)> {
        let note = self.folder.join(format!("{key}.note"));
        let size = std::fs::metadata(&note).ok()?.len();
        let bytes = (size <= NOTE_BYTES_MAX).then(|| std::fs::read(&note).ok()).flatten()?;
        let note: Note = serde_json::from_slice(&bytes).ok()?;
        let sound = note.ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.');
        let path = self.folder.join(format!("{key}.{}", note.ending));
        let digest = File::open(&path).and_then(digest).ok().filter(|_| sound)?;
        (digest == note.sha256).then_some((path, note))
    }

    /// Says that this run used what is kept.
    pub(super) fn keep(&mut self, key: &str) {
        self.used.insert(key.to_owned());
    }

    /// An empty file for what comes, in the folder that goes away with the run.
    pub(super) fn file(&mut self, key: &str) -> anyhow::Result<(File, PathBuf)> {
        let failed = || format!("cannot write below {}", self.folder.display());
        if self.work.is_none() {
            std::fs::create_dir_all(&self.folder).with_context(failed)?;
            self.work = Some(tempfile::Builder::new().prefix(WORK).tempdir_in(&self.folder).with_context(failed)?);
        }
        let work = self.work.as_ref().context("there is no folder to fetch into")?;
        let path = work.path().join(format!("{key}.part"));
        Ok((File::create(&path).with_context(failed)?, path))
    }

    /// Gives what came its name; it is kept when the index is written, if that serves anything.
    pub(super) fn came(&mut self, key: &str, part: &Path, note: Note, worth_keeping: bool) -> anyhow::Result<PathBuf> {
        let path = part.with_extension(&note.ending);
        std::fs::rename(part, &path).with_context(|| format!("cannot write {}", path.display()))?;
        if worth_keeping {
            // One that was named twice came twice, and lies there once.
            self.fetched.retain(|(known, ..)| known != key);
            self.fetched.push((key.to_owned(), path.clone(), note));
        }
        Ok(path)
    }

    /// The index is written: what was fetched is kept for the next time. `alone` says that the index has no other sources
    /// than those of this run, so that what others left here serves nothing.
    pub(super) fn settle(mut self, alone: bool) -> io::Result<()> {
        for (key, path, note) in std::mem::take(&mut self.fetched) {
            let to = self.folder.join(format!("{key}.{}", note.ending));
            // Without a note nothing is believed, so that a crash in between leaves nothing wrong.
            std::fs::rename(&path, &to)?;
            let text = serde_json::to_vec(&note)?;
            let beside = path.with_extension("note");
            std::fs::write(&beside, text)?;
            std::fs::rename(&beside, self.folder.join(format!("{key}.note")))?;
            self.used.insert(key);
        }
        self.work.take().map_or(Ok(()), TempDir::close)?;
        self.prune(alone)
    }

    /// Removes what serves nothing, and beyond the bounds what is oldest.
    fn prune(&self, alone: bool) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(WORK) {
                // A run that was killed left it; one that goes on is younger.
                let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
                if age > WORK_TIME_MAX {
                    std::fs::remove_dir_all(entry.path())?;
                }
                continue;
            }
            let Some((key, _)) = name.split_once('.').filter(|(key, _)| is_key(key)) else { continue };
            let meta = entry.metadata()?;
            let used = self.used.contains(key);
            if alone && !used {
                std::fs::remove_file(entry.path())?;
            } else {
                files.push((used, meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), meta.len(), entry.path()));
            }
        }
        files.sort_by_key(|(used, modified, ..)| std::cmp::Reverse((*used, *modified)));
        let mut bytes = 0_u64;
        for (number, (_, _, size, path)) in files.into_iter().enumerate() {
            bytes = bytes.saturating_add(size);
            // Each has a note.
            if number >= 2 * FILES_MAX || bytes > BYTES_MAX {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        drop(self.work.take());
        // Only a folder in which nothing is kept can be removed so.
        drop(std::fs::remove_dir(&self.folder));
    }
}

fn is_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The digest of a file.
fn digest(mut file: File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

/// Hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
