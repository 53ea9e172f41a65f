//! Reports of other tools are found and read, before anything is scanned: what is missing or broken ends the run.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use palisade_checks::imported::{FORMATS, ImportError, REPORT_BYTES_MAX, Report, Sources, read};
use palisade_checks::{Scan, Scanner};
use palisade_inventory::glob::Glob;
use palisade_model::Date;
use palisade_source::directory::{Directory, Kind};

use crate::arguments::Look;
use crate::config::Config;
use crate::excepting::now;
use crate::exit::hinted;
use crate::git_target;

/// Folders and files that are looked through for the globs of the settings; a target with more names its reports.
const ENTRIES_MAX: usize = 200_000;

/// Reports of one run; each may be as large as [`REPORT_BYTES_MAX`].
const REPORTS_MAX: usize = 200;

/// Days after which a report is said to be old.
const OLD_DAYS: i64 = 7;

/// The reports that the command line and the settings name.
pub(crate) fn load(target: &Path, look: &Look, config: &Config) -> anyhow::Result<Vec<Report>> {
    if look.import.is_empty() && config.scan.import.is_empty() {
        return Ok(Vec::new());
    }
    if !target.is_dir() || look.history {
        let what = if look.history { "git's history".to_owned() } else { target.display().to_string() };
        return Err(refused(&what));
    }
    let root = std::fs::canonicalize(target).with_context(|| format!("cannot open {}", target.display()))?;
    let mut paths = BTreeSet::new();
    for pattern in &config.scan.import {
        named(&root, pattern, &mut paths)?;
    }
    for path in &look.import {
        let real = std::fs::canonicalize(path).with_context(|| format!("cannot read the report {}", path.display()))?;
        paths.insert(real);
    }
    if paths.len() > REPORTS_MAX {
        bail!("{} reports are named, and at most {REPORTS_MAX} are read", paths.len());
    }
    paths.iter().map(|path| load_one(&root, path)).collect()
}

/// An image has packages and layers of its own: reports about it are taken in with the folder that it is built from.
/// Those that the settings name are that folder's.
pub(crate) fn refuse(look: &Look, image: &str) -> anyhow::Result<()> {
    if look.import.is_empty() { Ok(()) } else { Err(refused(image)) }
}

fn refused(what: &str) -> anyhow::Error {
    let error = anyhow!("reports of other scanners are taken in where a folder is looked at, not with {what}");
    hinted(error, "leave --import out, or name the folder that the reports are of")
}

/// The files that a path or glob of the settings names.
fn named(root: &Path, pattern: &str, paths: &mut BTreeSet<PathBuf>) -> anyhow::Result<()> {
    let glob = Glob::parse(pattern).with_context(|| format!("[scan] import: `{pattern}` names no report"))?;
    let files = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let before = paths.len();
    if pattern.contains(['*', '?']) {
        let fixed: Vec<&str> = pattern.split('/').take_while(|part| !part.contains(['*', '?'])).collect();
        let mut open = vec![fixed.join("/")];
        let mut seen = 0;
        while let Some(folder) = open.pop() {
            let Ok(entries) = std::fs::read_dir(root.join(&folder)) else { continue };
            for entry in entries {
                let entry = entry.with_context(|| format!("cannot list {folder}"))?;
                seen += 1;
                if seen > ENTRIES_MAX {
                    let error = anyhow!("[scan] import: `{pattern}` looks through more than {ENTRIES_MAX} files");
                    return Err(hinted(error, "begin it with the folder that the reports are in"));
                }
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                // Links are followed where they are named, not where they are met.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(path),
                    Ok(kind) if kind.is_file() && glob.covers(&path) => {
                        paths.insert(root.join(path));
                    }
                    _ => {}
                }
            }
        }
    } else if files.kind(pattern) == Some(Kind::File) {
        paths.insert(std::fs::canonicalize(root.join(pattern)).with_context(|| format!("cannot read {pattern}"))?);
        return Ok(());
    }
    if paths.len() == before {
        let error = anyhow!("[scan] import: there is no report `{pattern}`");
        return Err(hinted(error, "run the scanner that writes it first, or take it out of palisade.toml"));
    }
    Ok(())
}

fn load_one(root: &Path, path: &Path) -> anyhow::Result<Report> {
    let name = match path.strip_prefix(root) {
        Ok(inside) => {
            let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            parts.join("/")
        }
        // Where it lies outside is the machine's own affair.
        Err(_) => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    let shown = path.display();
    if !path.is_file() {
        bail!("the report {shown} is no file");
    }
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read the report {shown}"))?;
    file.take(REPORT_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read the report {shown}"))?;
    if bytes.len() as u64 > REPORT_BYTES_MAX {
        bail!("the report {shown} is larger than {} MiB", REPORT_BYTES_MAX >> 20);
    }
    let runs = read(&bytes).map_err(|error| {
        let hint = match error {
            ImportError::Unknown => format!("read are {FORMATS}"),
            ImportError::Results => "let the tool leave out what nobody will look at".to_owned(),
            ImportError::Failed(_) => "mend what the tool complains of, and run it again".to_owned(),
            _ => "let the tool write it again; a part of a report would pass for all of it".to_owned(),
        };
        hinted(anyhow::Error::new(error).context(format!("the report {shown} cannot be taken in")), hint)
    })?;
    Ok(Report { path: name, runs })
}

/// Adds what the reports tell to a scan of the target.
pub(crate) fn apply(
    scanner: &Scanner,
    scan: &mut Scan,
    target: &Path,
    look: &Look,
    reports: Vec<Report>,
) -> anyhow::Result<()> {
    if reports.is_empty() {
        return Ok(());
    }
    let root = std::fs::canonicalize(target).with_context(|| format!("cannot open {}", target.display()))?;
    let files = Directory::new(&root).with_context(|| format!("cannot open {}", target.display()))?;
    let reader: Box<dyn Fn(&str) -> Option<Vec<u8>>> = match (&look.revision, &look.range) {
        (Some(revision), _) => git_target::reader_of_revision(target, revision)?,
        (None, Some(range)) => git_target::reader_of_revision(target, git_target::tip_of(range))?,
        (None, None) if look.staged => {
            let target = target.to_owned();
            Box::new(move |path| git_target::file_of_index(&target, path).ok()?)
        }
        (None, None) => Box::new(move |path| files.read(path).ok()),
    };
    let shown = root.to_str().map(|root| root.replace('\\', "/"));
    scanner.import(scan, reports, &Sources { read: &*reader, root: shown.as_deref() });
    let today = now().date();
    for import in &mut scan.imports {
        let made = import.created.as_deref().and_then(|made| Date::parse(made.get(..10)?).ok());
        if let Some(days) = made.map(|made| today.days_since(made)).filter(|days| *days > OLD_DAYS) {
            import.notes.push(format!("made {days} days ago"));
        }
    }
    Ok(())
}
