//! `cargo xtask interop [NAME] [--tools DIR] [--corpus DIR]`: Palisade against outside programs.
//!
//! Each case runs a real program that others wrote and compares. A case that
//! cannot run says `SKIPPED` and why; that is never counted as passed. What is
//! missing is installed by name: Debian's packages when this runs as root, Go
//! modules and Python packages into the target folder.

mod advisories;
mod code_rules;
mod dockerfile;
mod fixes;
mod formats;
mod history;
mod hooks;
mod images;
mod kubernetes;
mod ledger;
mod licences;
mod network;
mod policies;
mod postgresql;
mod purl;
mod registry;
mod rpm;
mod sbom;
mod secrets;
mod tools;
mod versions;
mod workflows;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project::{self, cargo, run as run_to_end};
use tools::Missing;

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

/// A case: its name, and what returns in words what was compared.
type Case = (&'static str, fn(&Bench) -> Result<String>);

const CASES: [Case; 28] = [
    ("json-schema", formats::json),
    ("sarif-schema", formats::sarif),
    ("gitlab-quality", formats::gitlab),
    ("git-hooks", hooks::hooks),
    ("git-history", history::history),
    ("fixes", fixes::fixes),
    ("dockerfile-buildkit", dockerfile::buildkit),
    ("no-network", network::silent),
    ("helm", kubernetes::helm),
    ("kustomize", kubernetes::kustomize),
    ("pod-security", kubernetes::pod_security),
    ("actionlint", workflows::actionlint),
    ("zizmor", workflows::zizmor),
    ("parliament-actions", policies::parliament),
    ("purl-specification", purl::specification),
    ("rpm-databases", rpm::databases),
    ("sbom-schemas", sbom::schemas),
    ("licence-expressions", licences::expressions),
    ("version-orders", versions::orders),
    ("image-forms", images::forms),
    ("advisory-artifacts", advisories::artifacts),
    ("postgresql-grammar", postgresql::grammar),
    ("postgresql-check", postgresql::check),
    ("gitleaks-rules", secrets::gitleaks),
    ("ast-grep", code_rules::ast_grep),
    ("ledger-openssl", ledger::openssl),
    ("ledger-sumdb", ledger::sumdb),
    ("ledger-receipts", formats::ledger),
];

/// Runs every case, or the one of a name.
pub(crate) fn run(only: Option<&str>, tools: Option<PathBuf>, corpus: Option<PathBuf>) -> Result<()> {
    // As users have it: whole repositories and their histories would take an unoptimised build an hour.
    run_to_end(&mut cargo(&["build", "--release", "--package", "palisade", "--locked", "--quiet"]))?;
    let palisade = project::target_dir().join("release/palisade");
    let (mut passed, mut skipped, mut failed) = (0, Vec::new(), Vec::new());
    if let Some(only) = only.filter(|only| !CASES.iter().any(|(name, _)| name == only)) {
        bail!("there is no case `{only}`; there are {}", CASES.map(|(name, _)| name).join(", "));
    }
    let chosen = CASES.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    for (name, case) in chosen {
        let scratch = project::target_dir().join("interop").join(name);
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch)?;
        }
        std::fs::create_dir_all(&scratch)?;
        let bench = Bench { palisade: palisade.clone(), scratch, tools: tools.clone(), corpus: corpus.clone() };
        match case(&bench) {
            Ok(what) => {
                println!("passed   {name}: {what}");
                passed += 1;
            }
            Err(error) if error.is::<Missing>() => {
                println!("SKIPPED  {name}: {error:#}");
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
        self.surround(&mut command);
        command
    }

    /// Git in a folder, without the user's settings; its hooks find the binary that is tested.
    fn git(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=interop", "-c", "user.email=interop@localhost"]).args(words).current_dir(folder);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        self.surround(&mut command);
        command
    }

    fn surround(&self, command: &mut Command) {
        command.env("HOME", &self.scratch).env("XDG_CONFIG_HOME", self.scratch.join("config"));
        if let Some(path) = self.path() {
            command.env("PATH", path);
        }
    }

    /// `palisade scan WORDS --format json` in a folder, which must end well.
    fn scan(&self, folder: &Path, words: &[&str]) -> Result<Value> {
        let (code, out, errors) =
            observed(&mut self.palisade(folder, &[&["scan", "--format", "json"], words].concat()))?;
        if code != 0 {
            bail!("scan {} ended with {code}: {errors}", words.join(" "));
        }
        serde_json::from_str(&out).context("the scan's JSON")
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

/// The findings of a scan.
fn findings(document: &Value) -> Result<&Vec<Value>> {
    document.get("findings").and_then(Value::as_array).context("the scan has no findings")
}

/// The text at a pointer, or nothing.
fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// Runs a program whose exit code may say something, and returns code, output and errors.
fn observed(command: &mut Command) -> Result<(i32, String, String)> {
    let output = command.output().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr)))
}

/// Runs a program that must end well.
fn carry_out(command: &mut Command) -> Result<()> {
    let (code, out, errors) = observed(command)?;
    if code != 0 {
        bail!("{} ended with {code}: {out}{errors}", command.get_program().display());
    }
    Ok(())
}
