//! What was fixed as a commit of its own, with nothing that is somebody else's work.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, anyhow};
use palisade_checks::FixedFile;

use crate::exit::hinted;

/// Those of the paths that hold changes which are not committed, staged or not.
///
/// # Errors
/// When `root` is in no git repository.
pub(super) fn with_changes(root: &Path, paths: &[&str]) -> anyhow::Result<Vec<String>> {
    let mut busy = Vec::new();
    for path in paths {
        let output = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(["status", "--porcelain", "--untracked-files=no", "--", &format!(":(literal){path}")])
            .output()
            .context("cannot start git")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let error = anyhow!("nothing was written, for git cannot commit here: {said}");
            return Err(hinted(error, "--write writes the files without a commit"));
        }
        if !output.stdout.is_empty() {
            busy.push((*path).to_owned());
        }
    }
    Ok(busy)
}

/// Commits what was written, whatever else is staged.
pub(super) fn commit(root: &Path, planned: &[FixedFile], written: &[&str]) -> anyhow::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in planned.iter().filter(|file| written.contains(&&*file.path)) {
        for fixed in &file.fixed {
            *counts.entry(fixed.finding.check.id).or_default() += 1;
        }
    }
    let mut message = format!("Fix {} of palisade\n\n", counted(counts.values().sum(), "finding"));
    for (id, count) in counts {
        message.push_str(&format!("- {id}: {count}\n"));
    }
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["commit", "--quiet", "--only", "--message", &message, "--"])
        .args(written.iter().map(|path| format!(":(literal){path}")))
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(hinted(anyhow!("git did not commit: {said}"), "the files are written; commit them yourself"));
    }
    println!("committed {}", counted(written.len(), "file"));
    Ok(())
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
