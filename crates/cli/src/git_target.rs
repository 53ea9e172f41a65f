//! Parts of a git repository as targets: what is staged, what a range brought, what a revision holds.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Mutex;

use palisade_checks::{FileReport, Host, Scan, Scanner};
use palisade_inventory::{Facts, Format};
use palisade_model::Coverage;
use palisade_source::Visit;
use palisade_source::git::repository::{Repository, RepositoryError};
use palisade_source::git::tree::Commit;
use palisade_source::walk::Excluded;

use crate::config::Config;
use crate::exit::hinted;
use crate::target::{collect, look_at};

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

/// Scans the files that a revision holds below `folder`.
pub(crate) fn revision(scanner: &Scanner, folder: &Path, revision: &str, config: &Config) -> anyhow::Result<Scan> {
    let repository = Repository::discover(folder)?;
    let prefix = prefix_of(&repository, folder);
    let excluded = Excluded::new(&config.scan.exclude)?;
    let commit = repository.commit(revision).map_err(|error| unknown(&repository, error))?;
    let files: HashMap<String, _> = repository
        .files(&commit, &|_| {})
        .into_iter()
        .filter_map(|file| Some((file.path.strip_prefix(&prefix)?.to_owned(), file.blob)))
        .filter(|(path, _)| !excluded.covers(path))
        .collect();
    let reports = collect(scanner, |visit| {
        for (path, blob) in &files {
            repository.deliver(path, *blob, visit);
        }
        Ok(())
    })?;
    let read = |path: &str| files.get(path).and_then(|blob| repository.blob(*blob).ok());
    Ok(scanner.finish(reports, Host { whole: true, ..Host::reading(&read) }))
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
    for file in repository.files(&commit, visit) {
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
    let file = repository.files(&commit, &|_| {}).into_iter().find(|file| file.path == path);
    Ok(file.map(|file| repository.blob(file.blob)).transpose()?)
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
