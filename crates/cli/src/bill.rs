//! The bill of materials of what a user names: a folder, a file of packages, a bill that was written before, or a
//! revision of the repository around the current folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::anyhow;
use palisade_checks::packages::Earlier;
use palisade_inventory::package::{Bill, Others, Read, Systems, completes, is_completed, is_manifest};
use palisade_model::Timestamp;
use palisade_source::image::Platform;
use palisade_source::walk::{WalkOptions, walk};
use palisade_source::{Entry, File, Visit};

use crate::config::Config;
use crate::exit::hinted;
use crate::{git_target, image, target};

/// Files that complete others are held up to this many bytes; what is beyond is read by itself.
const HELD_BYTES_MAX: usize = 256 << 20;

/// A bill, and what is known of what it is about.
pub(crate) struct Gathered {
    /// What a person would call it.
    pub(crate) name: String,
    /// Its version, when it is known.
    pub(crate) version: Option<String>,
    /// When it was as it is, when that is known.
    pub(crate) time: Option<Timestamp>,
    /// Of an image the digests of its layers.
    pub(crate) layers: Option<Vec<String>>,
    /// Its packages.
    pub(crate) bill: Bill,
}

/// The bill of a folder or file on disk. A file that was named may be a bill itself; in a folder none is read, because
/// the other files of the folder say what it ships, and a bill may be of another day.
pub(crate) fn of_path(path: &Path) -> anyhow::Result<Gathered> {
    let reads = if path.is_dir() {
        let options = WalkOptions {
            exclude: target::load_config(path)?.scan.exclude,
            open_archives: false,
            wanted: is_wanted,
            ..WalkOptions::default()
        };
        collect(Read::of, |visit| Ok(walk(path, &options, visit)?))?
    } else {
        let options = WalkOptions { open_archives: false, ..WalkOptions::default() };
        collect(Read::of_named, |visit| Ok(walk(path, &options, visit)?))?
    };
    let bill = Bill::of(reads);
    let about = bill.about.clone().unwrap_or_default();
    let name = Some(about.name).filter(|name| !name.is_empty()).unwrap_or_else(|| name_of(path));
    Ok(Gathered { name, version: about.version, time: about.created, layers: None, bill })
}

/// The bill of the files that a revision holds below a folder.
pub(crate) fn of_revision(folder: &Path, revision: &str) -> anyhow::Result<Gathered> {
    let config = if folder.is_dir() { target::load_config(folder)? } else { Config::default() };
    let mut commit = None;
    let reads = collect(Read::of, |visit| {
        commit = Some(git_target::visit_revision(folder, revision, &config, &is_wanted, visit)?);
        Ok(())
    })?;
    Ok(Gathered {
        name: name_of(folder),
        version: commit.as_ref().map(|commit| commit.id.to_string()),
        time: commit.map(|commit| Timestamp(commit.commit_seconds)),
        layers: None,
        bill: Bill::of(reads),
    })
}

/// The names of all packages of the files that a revision holds below a folder.
pub(crate) fn packages_of_revision(folder: &Path, revision: &str) -> anyhow::Result<Earlier> {
    let config = if folder.is_dir() { target::load_config(folder)? } else { Config::default() };
    let reads = collect(Read::of, |visit| {
        git_target::visit_revision(folder, revision, &config, &is_wanted, visit)?;
        Ok(())
    })?;
    let packages = reads.iter().flat_map(|read| &read.manifest.packages);
    let packages = packages.map(|package| package.purl.bare().to_string()).collect();
    Ok(Earlier { name: revision.to_owned(), packages })
}

/// The bill of a container image.
pub(crate) fn of_image(named: &image::Named, platform: Option<&Platform>, offline: bool) -> anyhow::Result<Gathered> {
    let opened = named.open(platform, offline)?;
    Ok(Gathered {
        name: named.shown.clone(),
        version: Some(opened.digest.clone()),
        time: None,
        layers: Some(opened.layers.iter().map(|layer| layer.id().to_owned()).collect()),
        bill: image::read(&opened, None)?.bill,
    })
}

/// The bill of what a word names: a path where there is one, or else a revision of the repository around the current
/// folder. Whatever else can be named, such as an image, is to be told apart here.
pub(crate) fn operand(word: &str, offline: bool) -> anyhow::Result<Gathered> {
    let (here, path) = (Path::new("."), Path::new(word));
    let there = std::fs::symlink_metadata(path).is_ok();
    // A name such as `shop:1.2` may be a revision's too; what git knows is one.
    if let Some(named) = image::named(path).filter(|_| there || !git_target::is_revision(here, word)) {
        return of_image(&named, None, offline);
    }
    if there {
        if !word.contains(['/', '.']) && git_target::is_revision(here, word) {
            eprintln!("warning: `{word}` is a path and a revision: the path was taken");
            eprintln!("hint: `refs/heads/{word}` or `refs/tags/{word}` is the revision for certain");
        }
        let gathered = of_path(path)?;
        // A folder may have none any more; a file that holds no packages was named by mistake.
        if gathered.bill.files.is_empty() && !path.is_dir() {
            return Err(nothing_in(path));
        }
        return Ok(gathered);
    }
    of_revision(here, word).map_err(|error| {
        let hint = "A and B are each a folder, a lock file, a bill of materials in CycloneDX or SPDX, or a revision";
        hinted(error.context(format!("`{word}` is no path here, and no revision that can be read")), hint)
    })
}

/// That a target has no packages to list.
pub(crate) fn nothing_in(path: &Path) -> anyhow::Error {
    if path.is_file() {
        let error = anyhow!("{} is no lock file, manifest or bill of materials that is known", path.display());
        return hinted(error, "bills are read as CycloneDX (JSON, XML) and SPDX (JSON, YAML, tags; 3.0 as JSON-LD)");
    }
    let error = anyhow!("{} holds no lock file or manifest that is known", path.display());
    hinted(error, "`palisade sbom DIRECTORY` reads every lock file below it; git-ignored ones are left out")
}

/// Files that say what is shipped, complete what others say, or tell which system a list of installed packages is of.
fn is_wanted(path: &str) -> bool {
    is_manifest(path) || completes(path) || Systems::has(path)
}

/// Reads the files of packages among the entries that a reader yields. One that cannot be read stays in the list, so
/// that the bill says what it lacks.
fn collect(
    of: fn(&str, &[u8]) -> Option<Read>,
    read: impl FnOnce(&Visit<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<Read>> {
    let reads = Mutex::new(Vec::new());
    // What completes others, and what is completed by them, once all are known.
    let held: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::default();
    let held_bytes = AtomicUsize::new(0);
    let systems = Mutex::new(Systems::default());
    read(&|entry| {
        let read = match &entry {
            Entry::File(file) if Systems::has(file.path) => {
                if let (Ok(mut systems), true) = (systems.lock(), file.is_whole()) {
                    systems.add(file.path, &String::from_utf8_lossy(file.bytes));
                }
                None
            }
            // `etc/os-release` is a link to the other one.
            entry if Systems::has(entry.path()) => None,
            Entry::File(file) if file.is_whole() || file.is_whole_database() => {
                if (completes(file.path) || is_completed(file.path))
                    && held_bytes.fetch_add(file.bytes.len(), Ordering::Relaxed) < HELD_BYTES_MAX
                    && let Ok(mut held) = held.lock()
                {
                    held.insert(file.path.to_owned(), file.bytes.to_vec());
                }
                of(file.path, file.bytes)
            }
            Entry::File(File { path, .. }) | Entry::Skipped { path, .. } | Entry::Unreadable { path, .. }
                if !is_manifest(path) && completes(path) =>
            {
                None
            }
            Entry::File(file) if !file.is_first() => None,
            Entry::File(file) if file.binary => Some(Read::refused(file.path, "binary")),
            Entry::File(file) => Some(Read::refused(file.path, "too large to be read")),
            Entry::Skipped { path, reason } | Entry::Unreadable { path, reason } => Some(Read::refused(path, reason)),
        };
        if let Ok(mut reads) = reads.lock() {
            reads.extend(read);
        }
    })?;
    let failed = || anyhow!("a reading thread failed");
    let (mut reads, systems) = (reads.into_inner().map_err(|_| failed())?, systems.into_inner().map_err(|_| failed())?);
    let held = held.into_inner().map_err(|_| failed())?;
    let bytes_of = |path: &str| held.get(path).cloned();
    let others = Others::new(held.keys().map(String::as_str), &bytes_of);
    for read in &mut reads {
        if !others.is_empty() && is_completed(&read.path) {
            let completed = held.get(&*read.path).and_then(|bytes| Read::among(&read.path, bytes, &others));
            if let Some(completed) = completed {
                *read = completed;
            }
        }
        systems.name(&read.path, &mut read.manifest);
    }
    Ok(reads)
}

/// What a person would call the target: the name of its folder or file.
pub(crate) fn name_of(path: &Path) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    real.file_name().map_or_else(|| "target".to_owned(), |name| name.to_string_lossy().into_owned())
}
