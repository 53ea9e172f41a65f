//! Outside programs: found, or else installed by name. Nothing is downloaded by address.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Bench, observed};
use crate::project;

/// Something that a case needs and that cannot be had here: the case is skipped, loudly.
#[derive(Debug)]
pub(crate) struct Missing(pub(crate) String);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// A program that is a Go module.
pub(crate) struct GoTool {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its package.
    pub(crate) package: &'static str,
    /// The version that the cases were written against.
    pub(crate) version: &'static str,
}

/// Helm.
pub(crate) const HELM: GoTool = GoTool { name: "helm", package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0" };
/// gitleaks.
pub(crate) const GITLEAKS: GoTool =
    GoTool { name: "gitleaks", package: "github.com/zricethezav/gitleaks/v8", version: "v8.30.1" };
/// actionlint.
pub(crate) const ACTIONLINT: GoTool =
    GoTool { name: "actionlint", package: "github.com/rhysd/actionlint/cmd/actionlint", version: "v1.7.12" };

/// ORAS, which pushes files to registries.
pub(crate) const ORAS: GoTool = GoTool { name: "oras", package: "oras.land/oras/cmd/oras", version: "v1.3.6" };

impl Bench {
    /// What children search for programs: the binary's folder, the tools, what was installed, then `PATH`.
    pub(crate) fn path(&self) -> Option<OsString> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = self.palisade.parent().map(Path::to_path_buf);
        let tools = self.tools.iter().flat_map(|tools| [tools.clone(), tools.join("bin")]);
        let made = [made().join("bin"), python_folder().join("bin")];
        std::env::join_paths(own.into_iter().chain(tools).chain(made).chain(std::env::split_paths(&path))).ok()
    }

    /// A program or file of the tools' folder, one that was installed, or one on `PATH`.
    pub(crate) fn found(&self, name: &str) -> Option<PathBuf> {
        let path = self.path()?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// A program of a Debian package, which is installed when this runs as root.
    pub(crate) fn debian(&self, name: &str, package: &str) -> Result<PathBuf> {
        if let Some(path) = self.found(name) {
            return Ok(path);
        }
        let root = observed(Command::new("id").arg("-u")).is_ok_and(|(_, out, _)| out.trim() == "0");
        if root && self.found("apt-get").is_some() {
            eprintln!("  apt-get install {package}");
            let mut command = Command::new("apt-get");
            command.args(["install", "--yes", "--no-install-recommends", "--quiet", package]);
            // What it says is only worth reading when the program is still not there.
            drop(observed(command.env("DEBIAN_FRONTEND", "noninteractive")));
        }
        let missing = || Missing(format!("{name} is not installed (Debian's package {package} has it)"));
        Ok(self.found(name).ok_or_else(missing)?)
    }

    fn go(&self) -> Result<PathBuf> {
        Ok(self.found("go").ok_or_else(|| Missing("Go is not installed, at least 1.26".to_owned()))?)
    }

    /// A program that is a Go module, built on first use.
    pub(crate) fn go_tool(&self, tool: &GoTool) -> Result<PathBuf> {
        if let Some(path) = self.found(tool.name) {
            return Ok(path);
        }
        let go = self.go()?;
        let from = format!("{}@{}", tool.package, tool.version);
        eprintln!("  go install {from}");
        let bin = made().join("bin");
        std::fs::create_dir_all(&bin)?;
        let (code, _, errors) = observed(Command::new(go).args(["install", &from]).env("GOBIN", &bin))?;
        let last = errors.lines().last().unwrap_or("");
        Ok(self
            .found(tool.name)
            .filter(|_| code == 0)
            .ok_or_else(|| Missing(format!("{} does not build: {last}", tool.name)))?)
    }

    /// The folder of a Go module's sources.
    pub(crate) fn go_module(&self, module: &str, version: &str) -> Result<PathBuf> {
        let go = self.go()?;
        let name = format!("{module}@{version}");
        let (code, out, errors) =
            observed(Command::new(go).args(["mod", "download", "-json", &name]).current_dir(&self.scratch))?;
        if code != 0 {
            return Err(Missing(format!("{name} cannot be had: {out}{errors}")).into());
        }
        let said: serde_json::Value = serde_json::from_str(&out)?;
        Ok(said.get("Dir").and_then(serde_json::Value::as_str).context("go says no folder")?.into())
    }

    /// A program of ours below `xtask/interop`, built with Go on the libraries that serve as oracle.
    pub(crate) fn oracle(&self, name: &str) -> Result<PathBuf> {
        let go = self.go()?;
        let built = self.scratch.join("oracle");
        let source = project::root().join("xtask/interop").join(name);
        let (code, _, errors) =
            observed(Command::new(go).args(["build", "-o"]).arg(&built).arg(".").current_dir(&source))?;
        if code != 0 {
            let last = errors.lines().last().unwrap_or("");
            return Err(Missing(format!("the oracle {name} does not build: {last}")).into());
        }
        Ok(built)
    }

    /// A Python that has a package: one at hand, or one made in the target folder.
    pub(crate) fn python(&self, package: &str) -> Result<PathBuf> {
        let has = |python: &Path| {
            let show = ["-m", "pip", "show", "--quiet", package];
            observed(Command::new(python).args(show)).is_ok_and(|(code, ..)| code == 0)
        };
        let made = python_folder();
        let ours = made.join("bin/python");
        if has(&ours) {
            return Ok(ours);
        }
        let system = self.debian("python3", "python3-venv")?;
        eprintln!("  pip install {package}");
        let (code, _, errors) = observed(Command::new(system).args(["-m", "venv"]).arg(&made))?;
        if code != 0 {
            return Err(Missing(format!("python3 makes no environment (python3-venv): {errors}")).into());
        }
        let (_, _, errors) = observed(Command::new(&ours).args(["-m", "pip", "install", "--quiet", package]))?;
        let last = errors.lines().last().unwrap_or("");
        has(&ours).then_some(ours).ok_or_else(|| Missing(format!("{package} does not install: {last}")).into())
    }
}

/// Where Go programs are installed.
fn made() -> PathBuf {
    project::target_dir().join("interop-tools")
}

/// Where Python packages are installed.
fn python_folder() -> PathBuf {
    project::target_dir().join("interop-python")
}
