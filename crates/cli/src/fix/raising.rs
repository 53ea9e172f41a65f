//! Versions in lock files are raised by the package manager that wrote them, in a copy of what it needs.
//!
//! Programs run without a shell, with scripts and plugins of packages switched off, and see nothing of the target but
//! manifests, lock files and, where they ask for it, sources: no settings that name programs of their own. What comes
//! out stands only when the findings are gone and no other is there instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use palisade_checks::{Fixed, FixedFile, Refused};
use palisade_inventory::package::Manifest;
use palisade_model::{Finding, Upgrade};
use palisade_source::Entry;
use palisade_source::walk::{WalkOptions, walk};

use crate::program;
use crate::target::Looked;

/// A program that takes longer is stopped; resolvers ask for one package after the other.
const TIME_MAX: Duration = Duration::from_secs(180);
/// Commands for one lock file.
const COMMANDS_MAX: usize = 50;
/// Files and bytes that are copied.
const FILES_MAX: usize = 50_000;
const BYTES_MAX: u64 = 512 << 20;

/// What a program has to see.
struct Needs {
    /// Files with their bytes, by name or ending.
    whole: &'static [&'static str],
    /// Files that only have to be there, by ending.
    empty: &'static [&'static str],
    /// What is set for it.
    environment: &'static [(&'static str, &'static str)],
    /// What ends its work.
    last: &'static [&'static str],
}

fn needs_of(program: &str) -> Option<Needs> {
    let plain = |whole| Needs { whole, empty: &[], environment: &[], last: &[] };
    Some(match program {
        "cargo" => Needs { empty: &[".rs"], ..plain(&["Cargo.toml", "Cargo.lock"]) },
        "npm" => plain(&["package.json", "package-lock.json", "npm-shrinkwrap.json"]),
        "pnpm" => plain(&["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"]),
        "go" => Needs {
            environment: &[("GOTOOLCHAIN", "local"), ("GOFLAGS", "-mod=mod"), ("GOWORK", "off")],
            last: &["mod", "tidy"],
            ..plain(&["go.mod", "go.sum", ".go"])
        },
        "uv" => plain(&["pyproject.toml", "uv.lock"]),
        "composer" => plain(&["composer.json", "composer.lock"]),
        _ => return None,
    })
}

/// The files that change when these findings' packages are raised.
pub(super) fn raised(looked: &Looked, root: &Path, findings: &[&Finding]) -> anyhow::Result<Vec<FixedFile>> {
    let mut by_lock: BTreeMap<&str, Vec<(&Finding, &Upgrade)>> = BTreeMap::new();
    for finding in findings {
        if let Some(upgrade) = finding.upgrade.as_deref().filter(|upgrade| upgrade.command.is_some()) {
            by_lock.entry(&finding.location.path).or_default().push((finding, upgrade));
        }
    }
    let mut changed: Vec<FixedFile> = Vec::new();
    for (lock, wanted) in by_lock {
        changed.extend(raise(looked, root, lock, &wanted)?);
    }
    Ok(changed)
}

fn raise(looked: &Looked, root: &Path, lock: &str, wanted: &[(&Finding, &Upgrade)]) -> anyhow::Result<Vec<FixedFile>> {
    let commands: BTreeSet<&Vec<String>> = wanted.iter().filter_map(|(_, upgrade)| upgrade.command.as_ref()).collect();
    let program = commands.first().and_then(|command| command.first()).map_or("", String::as_str);
    let needs = needs_of(program).ok_or_else(|| anyhow!("nothing is known of the program {program}"))?;
    let copy = tempfile::tempdir().context("cannot make a temporary folder")?;
    let files = copied(looked, root, &needs, copy.path())?;
    let Some(before) = files.get(lock) else { return Err(anyhow!("{lock} was gone when it was to be raised")) };
    let folder = lock.rsplit_once('/').map_or("", |(folder, _)| folder);
    let place = copy.path().join(folder);
    let run = |arguments: &[String]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&place).envs(needs.environment.iter().copied());
        program::run(command, TIME_MAX).map(|_| ()).map_err(|said| last_words(&said))
    };
    let mut said: BTreeMap<&Vec<String>, String> = BTreeMap::new();
    for command in commands.iter().take(COMMANDS_MAX) {
        if let Err(reason) = run(command.get(1..).unwrap_or_default()) {
            said.insert(command, reason);
        }
    }
    let ended = match needs.last {
        [] => Ok(()),
        last => run(&last.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()),
    };
    let now = |path: &str| std::fs::read(copy.path().join(path)).unwrap_or_default();
    let after = now(lock);
    let then: BTreeSet<String> = prints(looked, lock, before);
    let found = prints(looked, lock, &after);
    let brought = found.iter().find(|print| !then.contains(*print));
    let objection = match (&ended, brought) {
        (Err(reason), _) => Some(format!("`{program} {}` failed: {reason}", needs.last.join(" "))),
        (_, Some(_)) => Some("other versions with known faults would come instead".to_owned()),
        _ => None,
    };
    let mut file = FixedFile::unchanged(Arc::from(lock), before.clone());
    for (finding, upgrade) in wanted {
        let command = upgrade.command.as_ref();
        let reason = match (&objection, command.and_then(|command| said.get(command))) {
            (_, Some(reason)) => Some(reason.clone()),
            (Some(reason), None) => Some(reason.clone()),
            (None, None) if found.contains(&finding.fingerprint.to_string()) => {
                Some("its version stays: what needs it asks for one of those that are at fault".to_owned())
            }
            (None, None) => None,
        };
        match reason {
            Some(reason) => file.refused.push(Refused { finding: (*finding).clone(), reason }),
            None => file.fixed.push(Fixed { finding: (*finding).clone(), at: place_of(lock, &after, upgrade) }),
        }
    }
    if objection.is_some() || file.fixed.is_empty() {
        return Ok(vec![file]);
    }
    file.after = after;
    let beside = files.iter().filter(|(path, _)| path.as_str() != lock).filter_map(|(path, before)| {
        let after = std::fs::read(copy.path().join(path)).ok().filter(|after| after != before)?;
        Some(FixedFile { after, ..FixedFile::unchanged(Arc::from(path.as_str()), before.clone()) })
    });
    Ok(std::iter::once(file).chain(beside).collect())
}

/// Copies what a program needs; the paths and bytes of what it may change.
fn copied(looked: &Looked, root: &Path, needs: &Needs, to: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let fits = |path: &str, names: &[&str]| {
        let name = path.rsplit('/').next().unwrap_or(path);
        names.iter().any(|wanted| if wanted.starts_with('.') { name.ends_with(wanted) } else { name == *wanted })
    };
    let files = Mutex::new(BTreeMap::new());
    let options =
        WalkOptions { exclude: looked.config.scan.exclude.clone(), open_archives: false, ..WalkOptions::default() };
    walk(root, &options, &|entry| {
        let Entry::File(file) = entry else { return };
        let whole = fits(file.path, needs.whole);
        if (whole && file.is_whole() || file.is_first() && fits(file.path, needs.empty))
            && let Ok(mut files) = files.lock()
        {
            files.insert(file.path.to_owned(), if whole { file.bytes.to_vec() } else { Vec::new() });
        }
    })?;
    let files: BTreeMap<String, Vec<u8>> = files.into_inner().map_err(|_| anyhow!("a reading thread failed"))?;
    let bytes: u64 = files.values().map(|bytes| bytes.len() as u64).sum();
    if files.len() > FILES_MAX || bytes > BYTES_MAX {
        return Err(anyhow!("{} files of {} MiB are too many to be copied", files.len(), bytes >> 20));
    }
    for (path, bytes) in &files {
        let place = to.join(path);
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&place, bytes).with_context(|| format!("cannot copy {path}"))?;
    }
    Ok(files.into_iter().filter(|(path, _)| fits(path, needs.whole)).collect())
}

/// The identities of what is known of the packages in a text.
fn prints(looked: &Looked, path: &str, text: &[u8]) -> BTreeSet<String> {
    let report = looked.scanner.look(path, text);
    let found = report.findings.iter().filter(|finding| matches!(finding.check.family(), "packages" | "scan"));
    found.map(|finding| finding.fingerprint.to_string()).collect()
}

/// Where the raised package stands in the new text.
fn place_of(path: &str, text: &[u8], upgrade: &Upgrade) -> usize {
    let bare = upgrade.package.bare();
    let manifest = Manifest::read(path, &String::from_utf8_lossy(text)).unwrap_or_default();
    let raised = manifest.packages.iter().filter(|package| package.purl.bare() == bare);
    let raised = raised.max_by_key(|package| package.purl.version() == Some(upgrade.to.as_str()));
    raised.map_or(0, |package| package.version_span.unwrap_or(package.span).start as usize)
}

/// The last lines of what a program says when it fails: the first often tell of its progress.
fn last_words(said: &str) -> String {
    const LINES_MAX: usize = 4;
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.iter().skip(lines.len().saturating_sub(LINES_MAX)).copied().collect::<Vec<_>>().join("; ")
}
