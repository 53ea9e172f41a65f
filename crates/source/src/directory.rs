//! One file of a directory by its relative path, for checks that follow references.
//!
//! Never leaves the directory: `..` beyond the root, absolute paths and symbolic
//! links that lead outside are refused.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::stream::WHOLE_BYTES_MAX;

/// The reason for which a link is passed over.
pub const LINK: &str = "symbolic link";

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
}

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The path leads out of the directory, by itself or through a link.
    #[error("leads out of the target")]
    Outside,
    /// Nothing is there.
    #[error("does not exist")]
    Missing,
    /// A device, a pipe, a socket, or a directory where a file was asked for.
    #[error("is not a regular file")]
    NotAFile,
    /// Larger than what is read in one piece.
    #[error("is larger than {} MiB", WHOLE_BYTES_MAX >> 20)]
    TooLarge,
    /// The system refused.
    #[error("cannot be read")]
    Io(#[source] io::Error),
}

/// A directory that files can be asked from.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Opens the directory at `root`.
    ///
    /// # Errors
    /// When there is no such directory.
    pub fn new(root: &Path) -> io::Result<Directory> {
        Ok(Directory { root: fs::canonicalize(root)? })
    }

    /// What stands at `path`, if it is inside.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        let metadata = fs::metadata(self.resolve(path).ok()?).ok()?;
        if metadata.is_dir() { Some(Kind::Directory) } else { metadata.is_file().then_some(Kind::File) }
    }

    /// The bytes of the regular file at `path`.
    ///
    /// # Errors
    /// See [`LookupError`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, LookupError> {
        let resolved = self.resolve(path)?;
        let (file, size) = open_regular(&resolved).map_err(|error| match error {
            OpenError::NotAFile(_) => LookupError::NotAFile,
            OpenError::Io(error) => from_io(error),
        })?;
        if size > WHOLE_BYTES_MAX as u64 {
            return Err(LookupError::TooLarge);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        file.take(WHOLE_BYTES_MAX as u64).read_to_end(&mut bytes).map_err(from_io)?;
        Ok(bytes)
    }

    /// The real path behind a relative one, proven to be inside.
    fn resolve(&self, path: &str) -> Result<PathBuf, LookupError> {
        let mut depth = 0_usize;
        for component in Path::new(path).components() {
            match component {
                Component::Normal(_) => depth += 1,
                Component::CurDir => {}
                Component::ParentDir => depth = depth.checked_sub(1).ok_or(LookupError::Outside)?,
                Component::RootDir | Component::Prefix(_) => return Err(LookupError::Outside),
            }
        }
        let real = fs::canonicalize(self.root.join(path)).map_err(from_io)?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(LookupError::Outside) }
    }
}

fn from_io(error: io::Error) -> LookupError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput => LookupError::Missing,
        _ => LookupError::Io(error),
    }
}

/// Why [`open_regular`] returned nothing.
pub(crate) enum OpenError {
    /// Something else stands there; its name for a person.
    NotAFile(&'static str),
    /// The system refused.
    Io(io::Error),
}

/// Opens a regular file and nothing else: no link is followed, no pipe is waited for.
pub(crate) fn open_regular(path: &Path) -> Result<(fs::File, u64), OpenError> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let file = options.open(path).map_err(|error| match error.raw_os_error() {
        #[cfg(unix)]
        Some(libc::ELOOP) => OpenError::NotAFile(LINK),
        #[cfg(unix)]
        Some(libc::ENXIO) => OpenError::NotAFile("socket or device"),
        _ => OpenError::Io(error),
    })?;
    let metadata = file.metadata().map_err(OpenError::Io)?;
    if metadata.is_file() {
        Ok((file, metadata.len()))
    } else {
        Err(OpenError::NotAFile(kind_name(metadata.file_type())))
    }
}

/// A file type in words.
pub(crate) fn kind_name(kind: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return "named pipe";
        } else if kind.is_socket() {
            return "socket";
        } else if kind.is_block_device() || kind.is_char_device() {
            return "device";
        }
    }
    if kind.is_symlink() {
        LINK
    } else if kind.is_dir() {
        "directory"
    } else {
        "not a regular file"
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[cfg(unix)]
    #[test]
    fn stays_inside() {
        use std::os::unix::fs::symlink;

        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("root");
        fs::create_dir_all(root.join("base")).unwrap();
        fs::write(root.join("base/a.yaml"), "a").unwrap();
        fs::write(outer.path().join("secret"), "s").unwrap();
        symlink("../../secret", root.join("base/out")).unwrap();
        symlink("a.yaml", root.join("base/in")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let directory = Directory::new(&root).unwrap();

        assert_eq!(directory.read("base/a.yaml").unwrap(), b"a");
        assert_eq!(directory.read("base/../base/in").unwrap(), b"a");
        assert_eq!(directory.kind("base"), Some(Kind::Directory));
        assert!(matches!(directory.read("base"), Err(LookupError::NotAFile)));
        assert!(matches!(directory.read("base/out"), Err(LookupError::Outside)));
        assert!(matches!(directory.read("../secret"), Err(LookupError::Outside)));
        assert!(matches!(directory.read("/etc/passwd"), Err(LookupError::Outside)));
        assert!(matches!(directory.read("loop"), Err(LookupError::Io(_))));
        assert!(matches!(directory.read("base/none"), Err(LookupError::Missing)));
        assert_eq!(directory.kind("base/out"), None);
    }
}
