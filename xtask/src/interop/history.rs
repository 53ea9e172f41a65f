//! The sweep of history against git's own listing and every blob scanned whole.
//!
//! Git names the blobs and the paths at which they ever stood; each is written into
//! archives, which Palisade scans like any other file. The secrets found must be
//! those that `scan --history` finds: none missing, none too many.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Bench, Missing, observed};
use crate::project::{self, cargo, run};

/// Bytes and members of one archive, below what Palisade opens.
const ARCHIVE_BYTES_MAX: u64 = 512 << 20;
const ARCHIVE_MEMBERS_MAX: usize = 50_000;

/// Every repository in the folder given as `--corpus`, whole history against sweep.
pub(super) fn history(bench: &Bench) -> Result<String> {
    let Some(corpus) = &bench.corpus else {
        return Err(Missing("repositories to compare on: give their folder with --corpus".to_owned()).into());
    };
    // Gigabytes of text: only an optimised build gets through.
    run(&mut cargo(&["build", "--release", "--package", "palisade", "--locked", "--quiet"]))?;
    let palisade = project::target_dir().join("release/palisade");
    let mut repositories: Vec<PathBuf> = std::fs::read_dir(corpus)?.flatten().map(|entry| entry.path()).collect();
    repositories.retain(|path| path.join(".git").exists() || path.join("objects").is_dir());
    repositories.sort();
    let mut told = Vec::new();
    for repository in &repositories {
        let name = repository.file_name().unwrap_or_default().display();
        let (blobs, secrets) = compare(bench, &palisade, repository).with_context(|| format!("{name}"))?;
        println!("         {name}: {secrets} secrets in {blobs} blobs, the same both ways");
        told.push(format!("{name} {secrets}"));
    }
    if told.is_empty() {
        return Err(Missing(format!("git repositories in {}", corpus.display())).into());
    }
    Ok(format!("the sweep finds what whole blobs hold ({})", told.join(", ")))
}

fn compare(bench: &Bench, palisade: &Path, repository: &Path) -> Result<(usize, usize)> {
    let swept = secrets(bench, palisade, repository, &["--history"], |_| true)?;
    let places = places(bench, repository)?;
    let mut expected = BTreeMap::new();
    let mut archive = Archive::new(bench);
    let mut scan = |archive: &mut Archive| -> Result<()> {
        let written = archive.finish()?;
        // What stands in archives within blobs is another matter.
        let own = |path: &str| path.split_once('!').is_some_and(|(_, member)| written.contains(member));
        expected.append(&mut secrets(bench, palisade, &archive.path, &[], own)?);
        Ok(())
    };
    each_blob(bench, repository, &places, |path, bytes| {
        if archive.is_full_for(bytes) {
            scan(&mut archive)?;
        }
        archive.append(path, bytes)
    })?;
    if archive.builder.is_some() {
        scan(&mut archive)?;
    }
    std::fs::remove_file(&archive.path)?;
    let differ = |left: &BTreeMap<String, String>, right: &BTreeMap<String, String>| {
        let only: Vec<&String> = left.iter().filter(|(id, _)| !right.contains_key(*id)).map(|(_, what)| what).collect();
        (!only.is_empty()).then(|| {
            let shown: Vec<String> = only.iter().take(20).map(|what| format!("\n    {what}")).collect();
            format!("{}{}", only.len(), shown.concat())
        })
    };
    let (missed, extra) = (differ(&expected, &swept), differ(&swept, &expected));
    if missed.is_some() || extra.is_some() {
        bail!("the sweep misses {}\n  and has too many: {}", missed.unwrap_or_default(), extra.unwrap_or_default());
    }
    Ok((places.len(), swept.len()))
}

/// Fingerprint → check and place of each secret that a scan reports at a path that counts.
fn secrets(
    bench: &Bench,
    palisade: &Path,
    target: &Path,
    words: &[&str],
    counts: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, String>> {
    let mut command = Command::new(palisade);
    command.arg("scan").arg(target).args(words).args(["--select", "secrets", "--format", "json", "--no-exceptions"]);
    command.current_dir(&bench.scratch).env("HOME", &bench.scratch).env("XDG_CONFIG_HOME", &bench.scratch);
    let (code, out, errors) = observed(&mut command)?;
    let report: Value = serde_json::from_str(&out).with_context(|| format!("ended with {code}: {errors}"))?;
    let mut found = BTreeMap::new();
    for finding in report.get("findings").and_then(Value::as_array).context("no findings")? {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let path_of = |place: &Value| text(place.pointer("/location/path"));
        let also = finding.get("also").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if let Some(path) = std::iter::once(finding).chain(also).map(path_of).find(|path| counts(path)) {
            let line = finding.pointer("/location/start/line").and_then(Value::as_u64).unwrap_or(0);
            found.insert(text(finding.get("fingerprint")), format!("{} {path}:{line}", text(finding.get("check"))));
        }
    }
    Ok(found)
}

/// Blob → every path at which some commit ever put it; blobs without one are called by their name.
fn places(bench: &Bench, repository: &Path) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let listed = git(bench, repository, &["cat-file", "--batch-all-objects", "--batch-check", "--unordered"], "")?;
    let mut commits = String::new();
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&listed).lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            [name, "commit", _] => commits.push_str(&format!("{name}\n")),
            [name, "blob", _] => drop(places.insert(name.to_owned(), BTreeSet::new())),
            _ => {}
        }
    }
    let raw = ["log", "--stdin", "--no-walk=unsorted", "--root", "--diff-merges=first-parent", "--no-renames"];
    let form = ["--raw", "--no-abbrev", "-z", "--format="];
    let log = git(bench, repository, &[&raw[..], &form[..]].concat(), &commits)?;
    let mut fields = log.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let change = String::from_utf8_lossy(field);
        let Some(change) = change.trim_start_matches('\n').strip_prefix(':') else { continue };
        let path = fields.next().context("git log ends in a change")?;
        if let [_, mode, _, blob, _] = change.split(' ').collect::<Vec<_>>()[..]
            && mode.starts_with("100")
            && let Some(paths) = places.get_mut(blob)
        {
            paths.insert(String::from_utf8_lossy(path).into_owned());
        }
    }
    for (blob, paths) in &mut places {
        if paths.is_empty() {
            paths.insert(format!("object {blob}"));
        }
    }
    Ok(places)
}

fn git(bench: &Bench, repository: &Path, words: &[&str], input: &str) -> Result<Vec<u8>> {
    let mut child = raw_git(bench, repository, words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().context("git has no input")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    if writer.join().is_err() || !output.status.success() {
        bail!("git {} failed", words.join(" "));
    }
    Ok(output.stdout)
}

/// Git without replacements, grafts and fetching on demand: what is stored here, as it is.
fn raw_git(bench: &Bench, repository: &Path, words: &[&str]) -> Command {
    let mut command = bench.git(repository, &[&["--no-replace-objects"], words].concat());
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_GRAFT_FILE", bench.scratch.join("no-grafts"));
    command
}

/// Hands out the bytes of each blob, once for each of its paths.
fn each_blob(
    bench: &Bench,
    repository: &Path,
    places: &BTreeMap<String, BTreeSet<String>>,
    mut visit: impl FnMut(&str, &[u8]) -> Result<()>,
) -> Result<()> {
    let words = ["cat-file", "--batch-all-objects", "--batch", "--unordered"];
    let mut child = raw_git(bench, repository, &words).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut out = BufReader::with_capacity(1 << 20, child.stdout.take().context("git has no output")?);
    let mut header = String::new();
    let mut bytes = Vec::new();
    while out.read_line(&mut header)? > 0 {
        let [name, _, size] = header.trim_end().split(' ').collect::<Vec<_>>()[..] else { bail!("git: {header}") };
        bytes.clear();
        (&mut out).take(size.parse::<u64>()? + 1).read_to_end(&mut bytes)?;
        bytes.pop();
        for path in places.get(name).into_iter().flatten() {
            visit(path, &bytes)?;
        }
        header.clear();
    }
    if child.wait()?.success() { Ok(()) } else { bail!("git cat-file failed") }
}

/// A tar archive that is written anew when it is full.
struct Archive {
    path: PathBuf,
    builder: Option<tar::Builder<BufWriter<File>>>,
    bytes: u64,
    members: HashSet<String>,
}

impl Archive {
    fn new(bench: &Bench) -> Archive {
        Archive { path: bench.scratch.join("blobs.tar"), builder: None, bytes: 0, members: HashSet::new() }
    }

    fn is_full_for(&self, bytes: &[u8]) -> bool {
        self.members.len() >= ARCHIVE_MEMBERS_MAX
            || !self.members.is_empty() && self.bytes + bytes.len() as u64 > ARCHIVE_BYTES_MAX
    }

    /// A folder stands before each path, so that its first part is read as it is.
    fn append(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut builder = match self.builder.take() {
            Some(builder) => builder,
            None => tar::Builder::new(BufWriter::with_capacity(1 << 20, File::create(&self.path)?)),
        };
        let member = format!("r/{path}");
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, &member, bytes)?;
        self.builder = Some(builder);
        self.bytes += bytes.len() as u64;
        self.members.insert(member);
        Ok(())
    }

    /// Ends the archive; gives the names of its members.
    fn finish(&mut self) -> Result<HashSet<String>> {
        if let Some(builder) = self.builder.take() {
            builder.into_inner()?.flush()?;
        }
        self.bytes = 0;
        Ok(std::mem::take(&mut self.members))
    }
}
