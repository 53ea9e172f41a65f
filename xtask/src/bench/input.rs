//! Inputs of the benchmark: public checkouts as they are, and folders made from them or from nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::{output, run};

/// Files of the hook's benchmark.
const STAGED: usize = 34;
/// Files of the one-pass benchmark.
const MANY: usize = 10_000;

/// The checkout as it is.
pub(super) fn checkout(source: &Path, _scratch: &Path) -> Result<PathBuf> {
    Ok(source.to_path_buf())
}

/// Only the `.github` folder of a checkout.
pub(super) fn workflows(source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "workflows")?;
    copy(&source.join(".github"), &folder.join(".github"))?;
    Ok(folder)
}

/// Only the Python files of a checkout.
pub(super) fn python(source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "python")?;
    tracked(source, "*.py", &folder)?;
    Ok(folder)
}

/// The files of five repositories side by side.
pub(super) fn several(corpus: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "several")?;
    for name in ["test-infra", "manifests", "openbao", "cloud-foundation-fabric", "terraform-aws-eks"] {
        tracked(&corpus.join(name), "*", &folder.join(name)).with_context(|| name)?;
    }
    Ok(folder)
}

/// Copies the regular files that git tracks and a pattern covers.
fn tracked(source: &Path, pattern: &str, folder: &Path) -> Result<()> {
    let listed = output(Command::new("git").args(["ls-files", "-z", "--", pattern]).current_dir(source))?;
    for path in listed.split_terminator('\0') {
        let from = source.join(path);
        if !from.is_file() || from.is_symlink() {
            continue;
        }
        let to = folder.join(path);
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::copy(from, to).with_context(|| path.to_owned())?;
    }
    Ok(())
}

/// A repository with the first files of a checkout staged and nothing committed but one file.
pub(super) fn staged(source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "staged")?;
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=bench", "-c", "user.email=bench@localhost"]).args(words).current_dir(&folder);
        command
    };
    run(&mut git(&["init", "--quiet", "--initial-branch=main"]))?;
    std::fs::write(folder.join("README.md"), "bench\n")?;
    run(&mut git(&["add", "."]))?;
    run(&mut git(&["commit", "--quiet", "--no-verify", "--message=Begin"]))?;
    let listed = output(Command::new("git").args(["ls-files", "*.go"]).current_dir(source))?;
    for (number, path) in listed.lines().take(STAGED).enumerate() {
        std::fs::copy(source.join(path), folder.join(format!("{number}.go"))).with_context(|| path.to_owned())?;
    }
    run(&mut git(&["add", "."]))?;
    Ok(folder)
}

/// A repository of 10,000 files of every kind: the shop's, many times over, each copy a little different.
pub(super) fn many_files(_source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "many")?;
    let shop = crate::project::root().join("examples/shop");
    let paths: Vec<String> = crate::project::files(&crate::project::root())?
        .into_iter()
        .filter_map(|path| path.strip_prefix("examples/shop/").map(str::to_owned))
        .collect();
    let mut written = 0;
    for part in 0.. {
        for path in &paths {
            if written == MANY {
                return Ok(folder);
            }
            // Workflows only count at the root of a repository.
            let to = match path.strip_prefix(".github/workflows/") {
                Some(name) => folder.join(format!(".github/workflows/{part}-{name}")),
                None => folder.join(format!("part-{part}")).join(path),
            };
            if let Some(parent) = to.parent() {
                std::fs::create_dir_all(parent)?;
            }
            let mut bytes = std::fs::read(shop.join(path))?;
            bytes.extend(format!("# part {part}\n").bytes());
            std::fs::write(&to, bytes)?;
            written += 1;
        }
    }
    Ok(folder)
}

/// An empty directory.
pub(super) fn empty(_source: &Path, scratch: &Path) -> Result<PathBuf> {
    fresh(scratch, "empty")
}

/// An empty folder of that name.
pub(super) fn fresh(scratch: &Path, name: &str) -> Result<PathBuf> {
    let folder = scratch.join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
