//! [`Storage`] in a directory of the file system. It follows no symbolic link below its root and opens
//! nothing but regular files, because a ledger may lie in a repository that somebody else wrote.

#![expect(clippy::disallowed_methods, reason = "this is the ledger's store: the one place that touches files")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::storage::{Access, Lock, Storage};

/// Name of the file that writers lock; it stays empty.
const LOCK_FILE: &str = ".lock";

/// A directory as storage. Made when first written to.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The storage under `root`, which need not exist yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where it lies.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The place of a relative path, once no folder on the way is a symbolic link.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let mut place = self.root.clone();
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            place.push(part);
            if parts.peek().is_some() && fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_symlink()) {
                return Err(refused(&place, "a symbolic link where a folder belongs"));
            }
        }
        Ok(place)
    }
}

struct FileLock {
    _file: File,
}

impl Lock for FileLock {}

impl Storage for Directory {
    fn read(&self, path: &str, bytes_max: usize) -> io::Result<Option<Vec<u8>>> {
        let place = self.place(path)?;
        let meta = match fs::symlink_metadata(&place) {
            Ok(meta) => meta,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if !meta.is_file() {
            return Err(refused(&place, "not a regular file"));
        }
        let mut bytes = Vec::new();
        File::open(&place)?.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > bytes_max {
            return Err(refused(&place, "larger than any such file of a ledger"));
        }
        Ok(Some(bytes))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let place = self.place(folder)?;
        if fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_symlink()) && !folder.is_empty() {
            return Err(refused(&place, "a symbolic link where a folder belongs"));
        }
        let names = match fs::read_dir(&place) {
            Ok(names) => names,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        let mut out = names
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<Vec<String>>>()?;
        out.sort();
        Ok(out)
    }

    fn make_folder(&self, folder: &str, access: Access) -> io::Result<()> {
        let place = self.place(folder)?;
        if fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_dir()) || (folder.is_empty() && place.is_dir()) {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(folder.is_empty());
        #[cfg(unix)]
        if access == Access::Private {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        #[cfg(not(unix))]
        let _ = access;
        builder.create(&place)
    }

    fn write(&self, path: &str, bytes: &[u8], access: Access) -> io::Result<()> {
        let place = self.place(path)?;
        // A leftover of an earlier crash, or a link somebody planted: neither is written through.
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if access == Access::Private {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        #[cfg(not(unix))]
        let _ = access;
        options.open(&place)?.write_all(bytes)
    }

    fn sync_file(&self, path: &str) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.place(path)?)?.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.place(from)?, self.place(to)?)
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        #[cfg(unix)]
        File::open(self.place(folder)?)?.sync_all()?;
        #[cfg(not(unix))]
        let _ = folder;
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.place(path)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn lock(&self) -> io::Result<Box<dyn Lock + '_>> {
        self.make_folder("", Access::Shared)?;
        let place = self.place(LOCK_FILE)?;
        if fs::symlink_metadata(&place).is_ok_and(|meta| !meta.is_file()) {
            return Err(refused(&place, "not a regular file"));
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(place)?;
        file.lock()?;
        Ok(Box::new(FileLock { _file: file }))
    }

    fn is_exposed(&self, path: &str) -> io::Result<bool> {
        let meta = fs::metadata(self.place(path)?)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            Ok(meta.permissions().mode() & 0o077 != 0)
        }
        #[cfg(not(unix))]
        {
            let _ = meta;
            Ok(false)
        }
    }
}

fn refused(place: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", place.display()))
}
