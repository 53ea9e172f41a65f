//! A directory, in parallel, each file read once.
//!
//! `.gitignore` is honoured as ripgrep does it: inside a git repository, with the
//! files of parent directories and `.git/info/exclude`, but without the user's
//! global one, so that a laptop and CI see the same. A file that git tracks all the
//! same is read: it is in every clone. Hidden files are read, `.git` is not. Links are named and never followed; pipes, sockets and devices are
//! named and never opened for waiting.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use ignore::overrides::OverrideBuilder;
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::archive;
use crate::directory::{OpenError, kind_name, open_regular};
use crate::entry::{Entry, Visit};
use crate::git::repository::Repository;
use crate::label::label;
use crate::stream;

/// More threads than this wait for the disk and for each other.
const THREADS_MAX: usize = 8;

/// Files above this size are read one at a time, whatever the number of threads.
const LARGE_BYTES: u64 = 4 << 20;

/// How to walk.
#[derive(Clone, Debug)]
pub struct WalkOptions {
    /// Leave out what `.gitignore` names. On by default.
    pub respect_gitignore: bool,
    /// Globs, as in `.gitignore`, to leave out as well.
    pub exclude: Vec<String>,
    /// Open archives and compressed files. On by default.
    pub open_archives: bool,
    /// What may come out of one archive. By default [`archive::USUAL`].
    pub archive_bounds: archive::Bounds,
    /// Threads; by default one per core, at most eight.
    pub threads: Option<NonZero<usize>>,
    /// Files below the root whose paths it does not take are passed over without a word. By default it takes all.
    pub wanted: fn(&str) -> bool,
}

impl Default for WalkOptions {
    fn default() -> WalkOptions {
        WalkOptions {
            respect_gitignore: true,
            exclude: Vec::new(),
            open_archives: true,
            archive_bounds: archive::USUAL,
            threads: None,
            wanted: |_| true,
        }
    }
}

/// Why a walk could not start.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The root does not exist or may not be read.
    #[error("cannot read {path}")]
    Root {
        /// As given.
        path: String,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// An exclude glob is malformed.
    #[error("{glob:?} is not a valid glob")]
    Glob {
        /// As given.
        glob: String,
        /// What is wrong with it.
        #[source]
        error: ignore::Error,
    },
}

/// The user's globs of what is left out, for readers that are no walk.
#[derive(Clone, Debug)]
pub struct Excluded(ignore::gitignore::Gitignore);

impl Excluded {
    /// Globs, as in `.gitignore`.
    ///
    /// # Errors
    /// When one is malformed.
    pub fn new(globs: &[String]) -> Result<Excluded, WalkError> {
        let told = |glob: &str, error| WalkError::Glob { glob: glob.to_owned(), error };
        let mut builder = ignore::gitignore::GitignoreBuilder::new("");
        for glob in globs {
            builder.add_line(None, glob).map_err(|error| told(glob, error))?;
        }
        Ok(Excluded(builder.build().map_err(|error| told(&globs.join(", "), error))?))
    }

    /// Whether a path within the target is left out.
    pub fn covers(&self, path: &str) -> bool {
        self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}

/// Visits every file under `root`, or `root` itself when it is a file.
///
/// Paths are relative to `root`; a single file is named as given. `visit` is
/// called from several threads, in no particular order.
///
/// # Errors
/// When the walk cannot start; later trouble is an [`Entry`].
pub fn walk(root: &Path, options: &WalkOptions, visit: &Visit<'_>) -> Result<(), WalkError> {
    let root_error = |error| WalkError::Root { path: label(root).into_owned(), error };
    let real_root = fs::canonicalize(root).map_err(root_error)?; // a root that is a link is what was asked for
    let metadata = fs::metadata(&real_root).map_err(root_error)?;
    if !metadata.is_dir() {
        let shown = label(root.strip_prefix("./").unwrap_or(root));
        let reader = Reader { options, large: &Mutex::new(()), visit };
        reader.file(&real_root, &shown, &mut Vec::new());
        return Ok(());
    }
    fs::read_dir(&real_root).map_err(root_error)?;

    let mut builder = WalkBuilder::new(&real_root);
    let threads = options.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get);
    builder
        .threads(threads.min(THREADS_MAX))
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .git_ignore(options.respect_gitignore)
        .git_exclude(options.respect_gitignore)
        .parents(options.respect_gitignore)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name() != ".git" || entry.depth() == 0);
    if !options.exclude.is_empty() {
        let mut overrides = OverrideBuilder::new(&real_root);
        for glob in &options.exclude {
            overrides.add(&format!("!{glob}")).map_err(|error| WalkError::Glob { glob: glob.clone(), error })?;
        }
        let glob = options.exclude.join(", ");
        builder.overrides(overrides.build().map_err(|error| WalkError::Glob { glob, error })?);
    }

    let large = Mutex::new(());
    let reader = Reader { options, large: &large, visit };
    // Whatever the walk does not meet of these is ignored and tracked.
    let left: Mutex<HashSet<PathBuf>> = Mutex::new(tracked(&real_root, options)?);
    builder.build_parallel().run(|| {
        let mut buffer = Vec::new();
        let (real_root, reader, left) = (&real_root, &reader, &left);
        Box::new(move |step| {
            match step {
                Ok(entry) => {
                    if let Ok(mut left) = left.lock() {
                        left.remove(entry.path());
                    }
                    reader.entry(real_root, &entry, &mut buffer);
                }
                Err(error) => report_walk_error(real_root, &error, visit),
            }
            WalkState::Continue
        })
    });
    let mut left: Vec<PathBuf> = left.into_inner().unwrap_or_default().into_iter().collect();
    left.sort();
    for path in left.iter().filter(|path| is_below(&real_root, path)) {
        reader.tracked(&real_root, path, &mut Vec::new());
    }
    Ok(())
}

/// What git tracks below `root`, but for what the user leaves out. Nothing where there is no repository, or none whose
/// index can be read: the walk itself needs neither.
fn tracked(root: &Path, options: &WalkOptions) -> Result<HashSet<PathBuf>, WalkError> {
    let repository = options.respect_gitignore.then(|| Repository::discover(root).ok()).flatten();
    let folder = repository.as_ref().and_then(Repository::work_folder).and_then(|folder| fs::canonicalize(folder).ok());
    let (Some(repository), Some(folder)) = (repository, folder) else { return Ok(HashSet::new()) };
    let excluded = Excluded::new(&options.exclude)?;
    let paths = repository.tracked().unwrap_or_default().into_iter();
    // An index is bytes from anybody: names that lead elsewhere are none of git's.
    let plain = paths.filter(|path| path.components().all(|part| matches!(part, Component::Normal(_))));
    let below = plain
        .map(|path| folder.join(path))
        .filter(|path| path.strip_prefix(root).is_ok_and(|inside| !excluded.covers(&label(inside))));
    Ok(below.collect())
}

/// Whether a path leads below `root` without a symbolic link on the way.
fn is_below(root: &Path, path: &Path) -> bool {
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
    path.starts_with(root)
        && folders.into_iter().all(|folder| fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir()))
}

struct Reader<'a> {
    options: &'a WalkOptions,
    large: &'a Mutex<()>,
    visit: &'a Visit<'a>,
}

impl Reader<'_> {
    fn entry(&self, root: &Path, entry: &DirEntry, buffer: &mut Vec<u8>) {
        let Some(kind) = entry.file_type() else { return }; // only standard input has none
        if kind.is_dir() {
            return;
        }
        let path = label(entry.path().strip_prefix(root).unwrap_or(entry.path()));
        if !(self.options.wanted)(&path) {
            return;
        }
        if kind.is_file() {
            self.file(entry.path(), &path, buffer);
        } else {
            (self.visit)(Entry::Skipped { path: &path, reason: kind_name(kind) });
        }
    }

    /// A tracked file that the walk passed over; one that is not there was deleted, one that is a folder is a submodule.
    fn tracked(&self, root: &Path, real: &Path, buffer: &mut Vec<u8>) {
        let path = label(real.strip_prefix(root).unwrap_or(real));
        let Ok(metadata) = fs::symlink_metadata(real) else { return };
        if metadata.is_dir() || !(self.options.wanted)(&path) {
            return;
        }
        if metadata.is_file() {
            self.file(real, &path, buffer);
        } else {
            (self.visit)(Entry::Skipped { path: &path, reason: kind_name(metadata.file_type()) });
        }
    }

    fn file(&self, real: &Path, path: &str, buffer: &mut Vec<u8>) {
        let visit = self.visit;
        let (mut file, size) = match open_regular(real) {
            Ok(opened) => opened,
            Err(OpenError::NotAFile(reason)) => return visit(Entry::Skipped { path, reason }),
            Err(OpenError::Io(error)) => return visit(Entry::Unreadable { path, reason: &io_reason(&error) }),
        };
        let guard = (size > LARGE_BYTES).then(|| self.large.lock());
        let is_archive = |head: &[u8]| self.options.open_archives && archive::is_archive(head);
        match stream::deliver_unless(&mut file, path, Some(size), buffer, &is_archive, visit) {
            Ok(true) => {}
            Ok(false) => archive::unpack_file(&file, size, path, self.options.archive_bounds, visit),
            Err(error) => visit(Entry::Unreadable { path, reason: &io_reason(&error) }),
        }
        drop(guard);
    }
}

/// A directory that could not be listed, or a `.gitignore` that could not be understood.
fn report_walk_error(root: &Path, error: &ignore::Error, visit: &Visit<'_>) {
    let path = error_path(error).map_or("".into(), |path| label(path.strip_prefix(root).unwrap_or(path)));
    let reason = error.io_error().map_or_else(|| error.to_string(), io_reason);
    visit(Entry::Unreadable { path: &path, reason: &reason });
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Partial(errors) => errors.iter().find_map(error_path),
        _ => None,
    }
}

/// What the system said, without its numbers.
pub(crate) fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "gone while the scan ran".to_owned(),
        _ => error.to_string(),
    }
}
