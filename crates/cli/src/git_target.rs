//! Parts of a git repository as targets: what is staged, what a range brought, what a revision holds.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Component, Path};
use std::sync::Mutex;

use anyhow::Context as _;
use palisade_checks::{FileReport, Host, Scan, Scanner};
use palisade_inventory::{Facts, Format};
use palisade_model::{Coverage, Skipped};
use palisade_source::git::repository::{Repository, RepositoryError};
use palisade_source::git::tree::Commit;
use palisade_source::walk::Excluded;
use palisade_source::{Entry, Visit};

use crate::config::Config;
use crate::exit::hinted;
use crate::target::{collect, directory, look_at};

/// Scans what `git commit` would record: the staged contents, not the files on disk.
pub(crate) fn staged(scanner: &Scanner, folder: &Path, config: &Config) -> anyhow::Result<Scan> {
    let repository = Repository::discover(folder)?;
    let index = index_given();
    let excluded = Excluded::new(&config.scan.exclude)?;
    let reports = collect(scanner, |visit| {
        Ok(repository.staged(index.as_deref(), &|entry| {
            if !excluded.covers(entry.path()) {
                visit(entry);
            }
        })?)
    })?;
    Ok(scanner.finish(reports, Host::reading(&|_| None)))
}

/// The bytes of one file below `folder` as the index holds it.
pub(crate) fn file_of_index(folder: &Path, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let repository = Repository::discover(folder)?;
    let path = prefix_of(&repository, folder) + path;
    Ok(repository.staged_file(index_given().as_deref(), &path)?)
}

/// Git hands hooks of `git commit FILE` an index of their own.
fn index_given() -> Option<std::path::PathBuf> {
    std::env::var_os("GIT_INDEX_FILE").map(std::path::PathBuf::from)
}

/// The revision that a range leads to.
pub(crate) fn tip_of(range: &str) -> &str {
    range.rsplit("..").next().map(|tip| tip.trim_start_matches('.')).filter(|tip| !tip.is_empty()).unwrap_or("HEAD")
}

/// Scans every version of every file that the commits of a range brought. A secret stays a finding when a
/// later commit of the range takes it away: it is in the history. Other faults count as the range leaves them.
pub(crate) fn range(scanner: &Scanner, folder: &Path, range: &str, config: &Config) -> anyhow::Result<Scan> {
    let repository = Repository::discover(folder)?;
    let reports: Mutex<Vec<FileReport>> = Mutex::new(Vec::new());
    let excluded = Excluded::new(&config.scan.exclude)?;
    let looked = repository.range(range, &|commit, entry| {
        if excluded.covers(entry.path()) {
            return;
        }
        let mut report = look_at(scanner, &entry);
        for finding in &mut report.findings {
            finding.location.commit = Some(commit.id.to_string());
        }
        if let Ok(mut reports) = reports.lock() {
            reports.push(report);
        }
    });
    looked.map_err(|error| unknown(&repository, error))?;
    let mut reports = reports.into_inner().unwrap_or_default();
    let tip = tip_of(range);
    let kept: HashSet<String> =
        repository.files(&repository.commit(tip)?, &|_| {}).into_iter().map(|file| file.path).collect();
    let last: HashMap<String, usize> =
        reports.iter().enumerate().map(|(at, report)| (report.facts.path.to_string(), at)).collect();
    for (at, report) in reports.iter_mut().enumerate() {
        let path = report.facts.path.to_string();
        if last.get(&path) != Some(&at) || !kept.contains(&path) {
            report.findings.retain(|finding| finding.check.family() == "secrets");
            report.facts = Facts::new(path.as_str().into(), Format::Other);
            report.coverage = Coverage::default();
        }
    }
    Ok(scanner.finish(reports, Host::reading(&|_| None)))
}

/// An error about a name for a commit, with what brings the commit here.
fn unknown(repository: &Repository, error: RepositoryError) -> anyhow::Error {
    let is_name = matches!(error, RepositoryError::Revision { .. });
    let gap = repository.gaps().into_iter().next();
    match gap.filter(|_| is_name) {
        Some(_) => hinted(
            error,
            "the clone does not hold the whole history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: \"0\"` at \
             GitLab, or `git fetch --unshallow`",
        ),
        None if is_name => {
            hinted(error, "`git branch --all` and `git tag` list the names; `git fetch` brings new ones")
        }
        None => error.into(),
    }
}

/// Scans the files that a revision holds below `folder`, as if they were checked out: whatever a scan of a folder does,
/// opening archives and rendering charts among it, it does here, so that the two can be compared.
pub(crate) fn revision(scanner: &Scanner, folder: &Path, revision: &str, config: &Config) -> anyhow::Result<Scan> {
    let repository = Repository::discover(folder)?;
    let prefix = prefix_of(&repository, folder);
    let commit = repository.commit(revision).map_err(|error| unknown(&repository, error))?;
    let place = tempfile::tempdir().context("cannot make a temporary folder for the files of the revision")?;
    let unread = check_out(&repository, &commit, &prefix, &Excluded::new(&config.scan.exclude)?, place.path())?;
    let mut scan = directory(scanner, place.path(), config)?;
    scan.coverage.seen += unread.len();
    scan.coverage.unreadable.extend(unread);
    scan.coverage.sort();
    Ok(scan)
}

/// Writes the files of a commit that stand below `prefix` to an empty folder; gives those that could not be read.
///
/// # Errors
/// When the folder cannot be written.
fn check_out(
    repository: &Repository,
    commit: &Commit,
    prefix: &str,
    excluded: &Excluded,
    place: &Path,
) -> anyhow::Result<Vec<Skipped>> {
    let unread = Mutex::new(Vec::new());
    let refuse = |path: &str, reason: String| {
        if let Ok(mut unread) = unread.lock() {
            unread.push(Skipped { path: path.to_owned(), reason });
        }
    };
    let mut files = repository.files(commit, &|entry| {
        if let Entry::Unreadable { path, reason } = entry {
            refuse(path, reason.to_owned());
        }
    });
    // Links come last: nothing is written through one.
    files.sort_by_key(|file| file.link);
    for file in files {
        let Some(path) = file.path.strip_prefix(prefix).filter(|path| !excluded.covers(path)) else { continue };
        // A tree is bytes from anybody: a name that leads elsewhere is not followed.
        let odd = |part: Component<'_>| !matches!(part, Component::Normal(name) if !name.eq_ignore_ascii_case(".git"));
        if Path::new(path).components().any(odd) {
            refuse(path, "its name leads out of the target".to_owned());
            continue;
        }
        let bytes = match repository.blob(file.blob) {
            Ok(bytes) => bytes,
            Err(error) => {
                refuse(path, error.to_string());
                continue;
            }
        };
        let to = place.join(path);
        let written = to.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| match file.link {
            true => link(&bytes, &to),
            false => std::fs::OpenOptions::new().write(true).create_new(true).open(&to)?.write_all(&bytes),
        });
        written.with_context(|| format!("cannot write the revision's {path} to {}", place.display()))?;
    }
    Ok(unread.into_inner().unwrap_or_default())
}

#[cfg(unix)]
fn link(target: &[u8], at: &Path) -> std::io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), at)
}

#[cfg(not(unix))]
fn link(target: &[u8], at: &Path) -> std::io::Result<()> {
    // As git does it where there are no links.
    std::fs::write(at, target)
}

/// Whether a word names a commit of the repository around a folder.
pub(crate) fn is_revision(folder: &Path, word: &str) -> bool {
    Repository::discover(folder).is_ok_and(|repository| repository.commit(word).is_ok())
}

/// Visits the files that a revision holds below `folder` and whose paths are `wanted`; gives the commit.
pub(crate) fn visit_revision(
    folder: &Path,
    revision: &str,
    config: &Config,
    wanted: &dyn Fn(&str) -> bool,
    visit: &Visit<'_>,
) -> anyhow::Result<Commit> {
    let repository = Repository::discover(folder)?;
    let prefix = prefix_of(&repository, folder);
    let excluded = Excluded::new(&config.scan.exclude)?;
    let commit = repository.commit(revision).map_err(|error| unknown(&repository, error))?;
    for file in repository.files(&commit, visit).into_iter().filter(|file| !file.link) {
        if let Some(path) = file.path.strip_prefix(&prefix).filter(|path| wanted(path) && !excluded.covers(path)) {
            repository.deliver(path, file.blob, visit);
        }
    }
    Ok(commit)
}

/// The bytes of one file below `folder` as a revision holds it.
pub(crate) fn file_of_revision(folder: &Path, revision: &str, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let repository = Repository::discover(folder)?;
    let path = prefix_of(&repository, folder) + path;
    let commit = repository.commit(revision)?;
    let file = repository.files(&commit, &|_| {}).into_iter().find(|file| file.path == path && !file.link);
    Ok(file.map(|file| repository.blob(file.blob)).transpose()?)
}

/// What reads files of a revision, which are listed once.
pub(crate) fn reader_of_revision(
    folder: &Path,
    revision: &str,
) -> anyhow::Result<Box<dyn Fn(&str) -> Option<Vec<u8>>>> {
    let repository = Repository::discover(folder)?;
    let prefix = prefix_of(&repository, folder);
    let commit = repository.commit(revision)?;
    let files = repository.files(&commit, &|_| {}).into_iter().filter(|file| !file.link);
    let files: std::collections::HashMap<_, _> = files.map(|file| (file.path, file.blob)).collect();
    Ok(Box::new(move |path| repository.blob(*files.get(&format!("{prefix}{path}"))?).ok()))
}

/// Path of `folder` within the work tree, with a slash behind it; empty at the root.
fn prefix_of(repository: &Repository, folder: &Path) -> String {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let inside =
        repository.work_folder().and_then(real).zip(real(folder)).and_then(|(root, folder)| {
            folder.strip_prefix(root).ok().map(|inside| inside.to_string_lossy().into_owned())
        });
    inside.filter(|inside| !inside.is_empty()).map(|inside| inside + "/").unwrap_or_default()
}
