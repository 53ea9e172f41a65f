//! A target is read and scanned: directory, file, standard input.

use std::io::Read as _;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use palisade_checks::{FileReport, Host, Scan, Scanner, Selection};
use palisade_inventory::{Facts, Format};
use palisade_model::{Coverage, Skipped};
use palisade_source::directory::Directory;
use palisade_source::walk::{WalkOptions, walk};
use palisade_source::{Entry, File};

use crate::arguments::Look;
use crate::config::{self, Config};
use crate::exit::hinted;

/// Standard input beyond this is refused: it is one file, held in memory.
const STDIN_BYTES_MAX: u64 = 64 << 20;

/// A scanned target.
pub(crate) struct Looked {
    /// `directory`, `file` or `stdin`.
    pub(crate) kind: &'static str,
    /// As the user named it.
    pub(crate) path: String,
    /// What was found.
    pub(crate) scan: Scan,
    /// The scanner, which knows the checks that ran.
    pub(crate) scanner: Scanner,
    /// The settings that held.
    pub(crate) config: Config,
}

/// Reads and scans a target.
pub(crate) fn look(target: &Path, look: &Look) -> anyhow::Result<Looked> {
    let path = target.display().to_string();
    if target == Path::new("-") {
        let (scanner, config) = scanner(Config::default(), look)?;
        let scan = stdin(&scanner, &look.stdin_path)?;
        return Ok(Looked { kind: "stdin", path: look.stdin_path.clone(), scan, scanner, config });
    }
    let directory = target.is_dir();
    let config = if directory { load_config(target)? } else { Config::default() };
    let (scanner, config) = scanner(config, look)?;
    let scan = if directory { self::directory(&scanner, target, &config)? } else { file(&scanner, target)? };
    Ok(Looked { kind: if directory { "directory" } else { "file" }, path, scan, scanner, config })
}

fn load_config(root: &Path) -> anyhow::Result<Config> {
    match std::fs::read_to_string(root.join(config::FILE)) {
        Ok(text) => Config::parse(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", config::FILE)),
    }
}

fn scanner(mut config: Config, look: &Look) -> anyhow::Result<(Scanner, Config)> {
    if let Some(version) = look.kubernetes_version {
        config.settings.kubernetes.version = version;
    }
    let select = if look.select.is_empty() { config.scan.select.clone() } else { look.select.clone() };
    let ignore = [look.ignore.clone(), config.scan.ignore.clone()].concat();
    let selection =
        Selection::new(select, ignore).map_err(|error| hinted(error, "`palisade checks` lists every check"))?;
    Ok((Scanner::new(config.settings.clone(), &selection), config))
}

fn stdin(scanner: &Scanner, path: &str) -> anyhow::Result<Scan> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(STDIN_BYTES_MAX + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > STDIN_BYTES_MAX {
        return Err(anyhow!("standard input is larger than {} MiB", STDIN_BYTES_MAX >> 20));
    }
    Ok(scanner.scan_files(&[(path.to_owned(), bytes)]))
}

fn file(scanner: &Scanner, path: &Path) -> anyhow::Result<Scan> {
    let reports = collect(scanner, |visit| Ok(walk(path, &WalkOptions::default(), visit)?))?;
    Ok(scanner.finish(reports, Host { read: &|_| None }))
}

fn directory(scanner: &Scanner, root: &Path, config: &Config) -> anyhow::Result<Scan> {
    let options = WalkOptions { exclude: config.scan.exclude.clone(), ..WalkOptions::default() };
    let reports = collect(scanner, |visit| Ok(walk(root, &options, visit)?))?;
    let files = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let read = |path: &str| files.read(path).ok();
    Ok(scanner.finish(reports, Host { read: &read }))
}

/// Scans every entry that a reader yields, on the reader's threads.
fn collect(
    scanner: &Scanner,
    read: impl FnOnce(&palisade_source::Visit<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<FileReport>> {
    let reports = Mutex::new(Vec::new());
    read(&|entry| {
        let report = match entry {
            Entry::File(file) => look_at(scanner, &file),
            Entry::Skipped { path, reason } => passed(path, |coverage, skipped| coverage.skipped.push(skipped), reason),
            Entry::Unreadable { path, reason } => {
                passed(path, |coverage, skipped| coverage.unreadable.push(skipped), reason)
            }
        };
        if let Ok(mut reports) = reports.lock() {
            reports.push(report);
        }
    })?;
    reports.into_inner().map_err(|_| anyhow!("a scanning thread failed"))
}

fn look_at(scanner: &Scanner, file: &File<'_>) -> FileReport {
    if file.is_whole() {
        return scanner.look(file.path, file.bytes);
    }
    if file.binary {
        return passed(file.path, |coverage, skipped| coverage.skipped.push(skipped), "binary");
    }
    passed(file.path, |coverage, skipped| coverage.partial.push(skipped), "too large to be parsed")
}

/// A file that was not looked at, as a line of the coverage.
fn passed(path: &str, put: impl FnOnce(&mut Coverage, Skipped), reason: &str) -> FileReport {
    let mut coverage = Coverage { seen: 1, ..Coverage::default() };
    put(&mut coverage, Skipped { path: path.to_owned(), reason: reason.to_owned() });
    let facts = Facts::new(path.into(), Format::Other);
    FileReport { findings: Vec::new(), facts, coverage }
}
