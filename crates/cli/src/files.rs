//! Files replaced in one step.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};

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
