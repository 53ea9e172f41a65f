//! `cargo xtask interop [NAME] [--tools DIR] [--corpus DIR]`: Palisade against outside programs.
//!
//! Each case runs a real program that others wrote and compares. A case that
//! cannot run says `SKIPPED` and why; that is never counted as passed. Python
//! packages are installed into the target folder, nothing else is.

mod formats;
mod hooks;
mod kubernetes;
mod ledger;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project::{self, cargo, run as run_to_end};

/// What a case has at hand.
pub(crate) struct Bench {
    /// The binary.
    pub(crate) palisade: PathBuf,
    /// An empty folder of the case's own.
    pub(crate) scratch: PathBuf,
    /// Searched for programs and schemas before `PATH`.
    pub(crate) tools: Option<PathBuf>,
    /// Public checkouts, for cases that compare on real input.
    pub(crate) corpus: Option<PathBuf>,
}

/// How a case ended, when it did not fail.
pub(crate) enum Outcome {
    /// It held; what was compared.
    Passed(String),
    /// It could not run, and why.
    Skipped(String),
}

/// A case and what it shows.
type Case = (&'static str, fn(&Bench) -> Result<Outcome>);

const CASES: [Case; 7] = [
    ("json-schema", formats::json),
    ("sarif-schema", formats::sarif),
    ("git-hooks", hooks::hooks),
    ("kustomize", kubernetes::kustomize),
    ("pod-security", kubernetes::pod_security),
    ("ledger-openssl", ledger::openssl),
    ("ledger-sumdb", ledger::sumdb),
];

/// Runs every case, or the one of a name.
pub(crate) fn run(only: Option<&str>, tools: Option<PathBuf>, corpus: Option<PathBuf>) -> Result<()> {
    run_to_end(&mut cargo(&["build", "--package", "palisade", "--locked", "--quiet"]))?;
    let palisade = project::target_dir().join("debug/palisade");
    let (mut passed, mut skipped, mut failed) = (0, Vec::new(), Vec::new());
    let chosen = CASES.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    for (name, case) in chosen {
        let scratch = project::target_dir().join("interop").join(name);
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch)?;
        }
        std::fs::create_dir_all(&scratch)?;
        let bench = Bench { palisade: palisade.clone(), scratch, tools: tools.clone(), corpus: corpus.clone() };
        match case(&bench) {
            Ok(Outcome::Passed(what)) => {
                println!("passed   {name}: {what}");
                passed += 1;
            }
            Ok(Outcome::Skipped(why)) => {
                println!("SKIPPED  {name}: {why}");
                skipped.push(*name);
            }
            Err(error) => {
                println!("FAILED   {name}: {error:#}");
                failed.push(*name);
            }
        }
    }
    println!("{passed} passed, {} SKIPPED, {} failed", skipped.len(), failed.len());
    if !failed.is_empty() {
        bail!("{} failed", failed.join(", "));
    }
    if passed == 0 {
        bail!("nothing was compared");
    }
    Ok(())
}

impl Bench {
    /// Palisade in a folder, with a configuration folder of the case's own.
    fn palisade(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(&self.palisade);
        command.args(words).current_dir(folder);
        command.env("HOME", &self.scratch).env("XDG_CONFIG_HOME", self.scratch.join("config"));
        command
    }

    /// A program or file of the tools' folder, or a program on `PATH`.
    fn tool(&self, name: &str) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.tools.iter().flat_map(|tools| [tools.clone(), tools.join("bin")]);
        folders.chain(std::env::split_paths(&path)).map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// Git in a folder, without the user's settings.
    fn git(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=interop", "-c", "user.email=interop@localhost"]).args(words).current_dir(folder);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("HOME", &self.scratch).env("XDG_CONFIG_HOME", self.scratch.join("config"));
        command
    }

    /// The files of an example of this checkout, in a new folder of the case's own.
    fn example(&self, name: &str) -> Result<PathBuf> {
        let root = project::root();
        let to = self.scratch.join(name);
        for path in project::files(&root)? {
            let Some(rest) = path.strip_prefix(&format!("examples/{name}/")) else { continue };
            let file = to.join(rest);
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::copy(root.join(&path), file)?;
        }
        if !to.is_dir() {
            bail!("examples/{name} has no files");
        }
        Ok(to)
    }
}

/// Runs a program whose exit code may say something, and returns code, output and errors.
fn observed(command: &mut Command) -> Result<(i32, String, String)> {
    let output = command.output().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr)))
}
