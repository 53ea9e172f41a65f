//! A target is read and scanned: directory, file, standard input, or part of a git repository.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use palisade_checks::code::OwnRules;
use palisade_checks::secrets::{Identity, UserRules};
use palisade_checks::{FileReport, Host, Scan, Scanner, Selection};
use palisade_gate::{BASELINE_BYTES_MAX, Baseline, EXCEPTIONS_FILE};
use palisade_inventory::{Facts, Format};
use palisade_model::{BINARY, Coverage, Skipped};
use palisade_report::{ImageTarget, ScanReport, Target};
use palisade_source::directory::{Directory, LINK};
use palisade_source::walk::{WalkOptions, walk};
use palisade_source::{Entry, File, Visit};

use crate::advisories;
use crate::arguments::Look;
use crate::bill;
use crate::config::{self, Config};
use crate::excepting::{self, Excepted};
use crate::exit::hinted;
use crate::git_target;
use crate::history;
use crate::image;
use crate::imports;
use crate::lookup;
use crate::renderer::Programs;
use crate::verify;
use crate::vex;

/// Standard input beyond this is refused: it is one file, held in memory.
const STDIN_BYTES_MAX: u64 = 64 << 20;

/// Where a target keeps the key of its fingerprints.
pub(crate) const IDENTITY_FILE: &str = ".palisade/identity.key";

/// A scanned target.
pub(crate) struct Looked {
    /// `directory`, `file`, `stdin`, `git-staged`, `git-range`, `git-revision`, `git-history`.
    pub(crate) kind: &'static str,
    /// As the user named it.
    pub(crate) path: String,
    /// The image that it is.
    pub(crate) image: Option<ImageTarget>,
    /// What was found.
    pub(crate) scan: Scan,
    /// The scanner, which knows the checks that ran.
    pub(crate) scanner: Scanner,
    /// The settings that held.
    pub(crate) config: Config,
    /// What the findings are compared with.
    pub(crate) before: Option<Before>,
    /// The exceptions that held, and which of them covered something.
    pub(crate) excepted: Excepted,
}

impl Looked {
    /// What is said about it, for any format.
    pub(crate) fn report(&self, duration: Duration) -> ScanReport<'_> {
        ScanReport {
            target: Target {
                kind: self.kind.to_owned(),
                path: self.path.clone(),
                name: name_of(&self.path),
                image: self.image.clone(),
            },
            scan: &self.scan,
            checks: self.scanner.checks(),
            duration,
            baseline: self.before.as_ref().map(|before| palisade_report::Baseline {
                name: before.name.clone(),
                before: before.baseline.before(),
                gone: before.baseline.gone(&self.scan.findings),
            }),
        }
    }
}

/// The path, or the directory's own name where the path is one like `.` and says nothing elsewhere.
fn name_of(path: &str) -> String {
    let here = Path::new(path).components().all(|part| matches!(part, Component::CurDir | Component::ParentDir));
    let own = || Some(std::fs::canonicalize(path).ok()?.file_name()?.to_string_lossy().into_owned());
    Some(path).filter(|_| here).and_then(|_| own()).unwrap_or_else(|| path.to_owned())
}

/// An earlier state of the target.
pub(crate) struct Before {
    /// A file or a revision, in the user's words.
    pub(crate) name: String,
    /// What was found then.
    pub(crate) baseline: Baseline,
}

/// Reads and scans a target, which may be a container image.
pub(crate) fn look_anywhere(target: &Path, settings: &Look, offline: bool) -> anyhow::Result<Looked> {
    match image::named(target) {
        Some(named) => image(&named, settings, offline),
        None => look(target, settings),
    }
}

/// Reads and scans a target on disk.
pub(crate) fn look(target: &Path, look: &Look) -> anyhow::Result<Looked> {
    if target == Path::new("-") {
        imports::load(target, look, &Config::default())?;
        let (scanner, config) = scanner(Config::default(), look, None)?;
        let mut scan = stdin(&scanner, &look.stdin_path)?;
        verify::run(&scanner, &mut scan, look)?;
        let path = look.stdin_path.clone();
        let excepted = Excepted::default();
        return Ok(Looked {
            kind: "stdin",
            path,
            image: None,
            scan,
            scanner,
            config,
            before: baseline(look)?,
            excepted,
        });
    }
    let in_git = look.staged || look.history || look.range.is_some() || look.revision.is_some();
    if in_git && !target.is_dir() {
        return Err(anyhow!("{} is not a directory in a git repository", target.display()));
    }
    let (scanner, config) = prepare(target, look)?;
    let reports = imports::load(target, look, &config)?;
    let scanner = match &look.since {
        // What cannot be read then is an error: every package would seem new, or none.
        Some(revision) if scanner.asks_about_new_packages() => {
            scanner.with_earlier(bill::packages_of_revision(target, revision)?)
        }
        _ => scanner,
    };
    let (kind, mut scan) = if look.staged {
        ("git-staged", git_target::staged(&scanner, target, &config)?)
    } else if look.history {
        ("git-history", history::scan(&scanner, target, &config)?)
    } else if let Some(range) = &look.range {
        ("git-range", git_target::range(&scanner, target, range, &config)?)
    } else if let Some(revision) = &look.revision {
        ("git-revision", git_target::revision(&scanner, target, revision, &config)?)
    } else if target.is_dir() {
        ("directory", directory(&scanner, target, &config)?)
    } else {
        ("file", file(&scanner, target)?)
    };
    verify::run(&scanner, &mut scan, look)?;
    imports::apply(&scanner, &mut scan, target, look, reports)?;
    // The exceptions are those of what is looked at, not those that lie beside it on disk.
    let file = match (&look.revision, &look.range) {
        (Some(revision), _) => git_target::file_of_revision(target, revision, EXCEPTIONS_FILE)?,
        (None, Some(range)) => git_target::file_of_revision(target, git_target::tip_of(range), EXCEPTIONS_FILE)?,
        _ if look.staged => git_target::file_of_index(target, EXCEPTIONS_FILE)?,
        _ if target.is_dir() => excepting::file_of_folder(target)?,
        _ => None,
    };
    let excepted =
        excepting::apply(&mut scan, file, &config, look, &scanner, matches!(kind, "directory" | "git-revision"));
    let before = match &look.since {
        Some(revision) => {
            let then = git_target::revision(&scanner, target, revision, &config)?;
            let file = git_target::file_of_revision(target, revision, EXCEPTIONS_FILE)?;
            let exceptions = excepting::read(file.as_deref().unwrap_or_default(), &config, &scanner);
            let baseline = Baseline::of(&then.findings, &then.marks, &exceptions);
            Some(Before { name: revision.clone(), baseline })
        }
        None => baseline(look)?,
    };
    let path = target.display().to_string();
    Ok(Looked { kind, path, image: None, scan, scanner, config, before, excepted })
}

/// Reads and scans an image. Settings and exceptions are those of the current folder: an image has none of its own.
fn image(named: &image::Named, look: &Look, offline: bool) -> anyhow::Result<Looked> {
    if look.staged || look.history || look.range.is_some() || look.revision.is_some() || look.since.is_some() {
        return Err(anyhow!("{} is an image, and has no history in git", named.shown));
    }
    imports::refuse(look, &named.shown)?;
    let here = Path::new(".");
    let (scanner, config) = scanner(load_config(here)?, look, Some(here))?;
    let opened = named.open(look.platform.as_ref(), offline)?;
    let mut scan = image::scan(&scanner, &opened)?;
    verify::run(&scanner, &mut scan, look)?;
    let file = excepting::file_of_folder(here)?;
    let excepted = excepting::apply(&mut scan, file, &config, look, &scanner, false);
    let image = Some(image::described(&opened));
    Ok(Looked {
        kind: "image",
        path: named.shown.clone(),
        image,
        scan,
        scanner,
        config,
        before: baseline(look)?,
        excepted,
    })
}

/// The earlier scan that the user named.
fn baseline(look: &Look) -> anyhow::Result<Option<Before>> {
    let Some(path) = &look.baseline else { return Ok(None) };
    let name = path.display().to_string();
    let file = std::fs::File::open(path).with_context(|| format!("cannot read the baseline {name}"))?;
    let mut bytes = Vec::new();
    file.take(BASELINE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read the baseline {name}"))?;
    let baseline = Baseline::parse(&bytes).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("{name} is no baseline"));
        hinted(error, "write one with `palisade scan --format json -o FILE`")
    })?;
    Ok(Some(Before { name, baseline }))
}

/// The scanner for a target and the settings at its root.
pub(crate) fn prepare(target: &Path, look: &Look) -> anyhow::Result<(Scanner, Config)> {
    if !target.is_dir() {
        let mut config = Config::default();
        // A bill of materials brings no policy of its own: that of the folder one is in counts, as for images.
        config.settings.packages.licences = load_config(Path::new("."))?.settings.packages.licences;
        return scanner(config, look, None);
    }
    let mut config = load_config(target)?;
    config.settings.lock = lookup::read(target)?;
    scanner(config, look, Some(target))
}

/// The settings at the root of a target.
pub(crate) fn load_config(root: &Path) -> anyhow::Result<Config> {
    match std::fs::read_to_string(root.join(config::FILE)) {
        Ok(text) => Config::parse(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", config::FILE)),
    }
}

fn scanner(mut config: Config, look: &Look, root: Option<&Path>) -> anyhow::Result<(Scanner, Config)> {
    if let Some(version) = look.kubernetes_version {
        config.settings.kubernetes.version = version;
    }
    let select = if look.select.is_empty() { config.scan.select.clone() } else { look.select.clone() };
    let ignore = [look.ignore.clone(), config.scan.ignore.clone()].concat();
    let (rules, identity) = (own_rules(look, &config, root)?, own_identity(root)?);
    let mut code = own_code_rules(look, &config, root)?;
    let of_secrets = rules.iter().flat_map(|rules| &rules.rules).map(|rule| rule.detector().id());
    let own: Vec<&str> = of_secrets.chain(code.checks().map(|check| check.meta.id)).collect();
    let selection =
        Selection::among(select, ignore, &own).map_err(|error| hinted(error, "`palisade checks` lists every check"))?;
    code.retain(|meta| selection.takes(meta));
    let scanner = Scanner::new(config.settings.clone(), &selection);
    let scanner = match (rules, identity) {
        (None, None) => scanner,
        (rules, identity) => scanner.with_secrets(rules.unwrap_or_default(), identity.unwrap_or_default()),
    };
    let scanner = scanner.with_code(code);
    // Only who compares packages needs the index, or learns that it cannot be used.
    let index = match scanner.checks().iter().any(|check| check.meta.family() == "packages") {
        true => advisories::open()?,
        false => None,
    };
    let scanner = index.into_iter().fold(scanner, Scanner::with_advisories);
    let scanner = scanner.with_vex(vex::load(look, &config, root)?);
    let scanner = if look.verify_live { scanner.keeping_secrets() } else { scanner };
    Ok((scanner, config))
}

/// The user's own rules for secrets, from the command line or else from the settings of the target.
fn own_rules(look: &Look, config: &Config, root: Option<&Path>) -> anyhow::Result<Option<UserRules>> {
    let mut given = look.rules.iter().filter(|path| !is_code_rules(path));
    let path = match (given.next(), &config.secrets.rules, root) {
        (Some(path), _, _) => path.clone(),
        (None, Some(path), Some(root)) => root.join(path),
        _ => return Ok(None),
    };
    if let Some(second) = given.next() {
        bail!("rules for secrets are one file: `{}` or `{}`", path.display(), second.display());
    }
    let shown = path.display();
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read the rules {shown}"))?;
    let rules = UserRules::parse(&text).with_context(|| format!("{shown} is no file of rules"))?;
    Ok(Some(rules))
}

/// Whether a path holds rules on source code: YAML, or a folder of it.
fn is_code_rules(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml")
}

/// The user's own rules on source code, likewise.
fn own_code_rules(look: &Look, config: &Config, root: Option<&Path>) -> anyhow::Result<OwnRules> {
    let given: Vec<PathBuf> = look.rules.iter().filter(|path| is_code_rules(path)).cloned().collect();
    let paths = match (given.is_empty(), &config.code.rules, root) {
        (true, Some(path), Some(root)) => vec![root.join(path)],
        _ => given,
    };
    let mut rules = OwnRules::default();
    for path in paths {
        let shown = path.display().to_string();
        let mut files = vec![path.clone()];
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).with_context(|| format!("cannot read the rules {shown}"))?;
            files = entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| !path.is_dir() && is_code_rules(path))
                .collect();
            files.sort();
            if files.is_empty() {
                bail!("{shown} holds no `.yml` with rules on source code");
            }
        }
        for file in files {
            let shown = file.display().to_string();
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read the rules {shown}"))?;
            rules.add(&shown, &text)?;
        }
    }
    Ok(rules)
}

/// The key under which this target's secrets are hashed, if it has one of its own.
fn own_identity(root: Option<&Path>) -> anyhow::Result<Option<Identity>> {
    let Some(path) = root.map(|root| root.join(IDENTITY_FILE)) else { return Ok(None) };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {IDENTITY_FILE}")),
    };
    let digits = text.trim_end();
    let mut key = [0; 32];
    if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let error = anyhow!("{IDENTITY_FILE} is not 64 hexadecimal digits");
        return Err(hinted(error, "take it back from git; a new one makes every known secret new"));
    }
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair)?, 16)?;
    }
    Ok(Some(Identity::new(key)))
}

fn stdin(scanner: &Scanner, path: &str) -> anyhow::Result<Scan> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(STDIN_BYTES_MAX + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > STDIN_BYTES_MAX {
        return Err(anyhow!("standard input is larger than {} MiB", STDIN_BYTES_MAX >> 20));
    }
    let report = scanner.look_named(path, &bytes);
    Ok(scanner.finish(vec![report], Host::reading(&|name| (name == path).then(|| bytes.clone()))))
}

fn file(scanner: &Scanner, path: &Path) -> anyhow::Result<Scan> {
    let own = path.file_name().and_then(|name| name.to_str());
    let look = |entry: &Entry<'_>| match entry {
        // What stands in an archive is not what was named.
        Entry::File(file) if file.is_whole() && Some(file.path) == own => scanner.look_named(file.path, file.bytes),
        _ => look_at(scanner, entry),
    };
    let reports = collect_with(&look, |visit| Ok(walk(path, &WalkOptions::default(), visit)?))?;
    // Members of an archive are not read again, and neither is what is no plain file.
    let alone = reports.first().filter(|_| reports.len() == 1).map(|report| report.facts.path.to_string());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = Directory::new(folder).with_context(|| format!("cannot open {}", folder.display()))?;
    let file_name = path.file_name().and_then(|name| name.to_str());
    let read = |name: &str| folder.read(file_name.filter(|_| alone.as_deref() == Some(name))?).ok();
    let mut scan = scanner.finish(reports, Host::reading(&read));
    drop_fixes_in_archives(&mut scan, &|inside| path.as_os_str() == inside);
    Ok(scan)
}

/// Scans a folder on disk.
pub(crate) fn directory(scanner: &Scanner, root: &Path, config: &Config) -> anyhow::Result<Scan> {
    let options = WalkOptions { exclude: config.scan.exclude.clone(), ..WalkOptions::default() };
    let reports = collect(scanner, |visit| Ok(walk(root, &options, visit)?))?;
    let files = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let read = |path: &str| files.read(path).ok();
    let programs = Programs::new(root);
    let mut scan = scanner.finish(reports, Host { read: &read, renderer: Some(&programs), whole: true });
    drop_fixes_in_archives(&mut scan, &|path| root.join(path).exists());
    Ok(scan)
}

/// Takes the fixes from findings inside of archives, which are not written.
fn drop_fixes_in_archives(scan: &mut Scan, exists: &dyn Fn(&str) -> bool) {
    let inside = |path: &str| path.contains('!') && !exists(path);
    for finding in scan.findings.iter_mut().filter(|finding| inside(&finding.location.path)) {
        finding.fix = None;
    }
}

/// Scans every entry that a reader yields, on the reader's threads.
pub(crate) fn collect(
    scanner: &Scanner,
    read: impl FnOnce(&Visit<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<FileReport>> {
    collect_with(&|entry| look_at(scanner, entry), read)
}

fn collect_with(
    look: &(dyn Fn(&Entry<'_>) -> FileReport + Sync),
    read: impl FnOnce(&Visit<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<FileReport>> {
    let reports = Mutex::new(Vec::new());
    read(&|entry| {
        let report = look(&entry);
        if let Ok(mut reports) = reports.lock() {
            reports.push(report);
        }
    })?;
    reports.into_inner().map_err(|_| anyhow!("a scanning thread failed"))
}

/// Scans one entry.
pub(crate) fn look_at(scanner: &Scanner, entry: &Entry<'_>) -> FileReport {
    let (path, reason): (&str, &str) = match entry {
        Entry::File(file) if file.is_whole() => return scanner.look(file.path, file.bytes),
        Entry::File(file) if file.is_whole_database() => return scanner.look_database(file.path, file.bytes),
        Entry::File(File { path, binary: true, .. }) => (path, BINARY),
        Entry::File(file) => (file.path, "too large to be parsed, searched for secrets only"),
        Entry::Skipped { path, reason } | Entry::Unreadable { path, reason } => (path, reason),
    };
    let mut coverage = Coverage { seen: 1, ..Coverage::default() };
    let list = match entry {
        Entry::File(File { binary: true, .. }) | Entry::Skipped { .. } => &mut coverage.skipped,
        Entry::File(_) => &mut coverage.partial,
        Entry::Unreadable { .. } => &mut coverage.unreadable,
    };
    list.push(Skipped { path: path.to_owned(), reason: reason.to_owned() });
    let mut findings = Vec::new();
    if let Entry::File(file) = entry
        && !file.binary
    {
        findings = scanner.secrets_in_window(path, file.bytes, file.owned.clone(), file.offset, file.lines_before);
        if !file.is_first() {
            coverage = Coverage::default(); // its first window has counted the file
        }
    }
    let facts = Facts { link: reason == LINK, ..Facts::new(path.into(), Format::Other) };
    FileReport { findings, facts, coverage, marks: Vec::new() }
}
