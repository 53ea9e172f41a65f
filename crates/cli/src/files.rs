//! Files replaced in one step, and a word when git would not take them.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use palisade_gate::shell_word;
use palisade_source::ignored;

use crate::exit::printable;

/// Replaces a file of a target in one step, so that a crash leaves the old bytes or the new ones. Its permissions stay.
///
/// # Errors
/// When a part of `path` is a symbolic link, which could lead out of the target; when the file may not be written.
pub(crate) fn replace(root: &Path, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let mut place = root.to_path_buf();
    for part in path.split('/') {
        place.push(part);
        if std::fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_symlink()) {
            return Err(anyhow!("{} is a symbolic link", place.display()));
        }
    }
    let failed = || format!("cannot write {}", place.display());
    let folder = place.parent().unwrap_or(root);
    std::fs::create_dir_all(folder).with_context(failed)?;
    let before = std::fs::metadata(&place).ok();
    if before.as_ref().is_some_and(|meta| meta.permissions().readonly()) {
        return Err(anyhow!("{} is read-only", place.display()));
    }
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.palisade-{}", std::process::id()));
    let written = (|| {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        if let Some(before) = before {
            file.set_permissions(before.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, &place)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.with_context(failed)
}

/// Says on standard error which of these files git leaves out of commits, by which line, and what helps: a clone would
/// not have them.
pub(crate) fn warn_of_ignored(root: &Path, paths: &[&str]) {
    let mut told: Vec<(String, String, Vec<&str>)> = Vec::new();
    for path in paths {
        let Some(found) = ignored(root, path) else { continue };
        let line = found.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = format!("{}{line} (`{}`)", found.file, found.pattern);
        match told.iter_mut().find(|(known, remedy, _)| *known == place && *remedy == found.remedy) {
            Some((_, _, paths)) => paths.push(path),
            None => told.push((place, found.remedy, vec![path])),
        }
    }
    for (place, remedy, paths) in told {
        let names = paths.join(", ");
        eprintln!("warning: git ignores {}, for {}: a clone will not have it", printable(&names), printable(&place));
        let word = |path: &&str| {
            let full = root.join(path).display().to_string();
            shell_word(full.strip_prefix("./").unwrap_or(&full))
        };
        let add = paths.iter().map(word).collect::<Vec<_>>().join(" ");
        eprintln!("hint: `git add -f {}`, or add the line `{}` to .gitignore", printable(&add), printable(&remedy));
    }
}
