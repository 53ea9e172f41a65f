//! `init` as data.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `palisade init`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// The root of the repository.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Write nothing; say what would be written, and with --only show it.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Only these; comma-separated or repeated.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAME")]
    pub(crate) only: Vec<Part>,
    /// Who owns the repository, for CODEOWNERS: a team such as @shop/platform, a user, or an address. Repeat for more.
    #[arg(long, value_name = "OWNER", value_parser = owner)]
    pub(crate) owner: Vec<String>,
    /// Where people report a weakness, for SECURITY.md: an address or a page.
    #[arg(long, value_name = "WHERE", value_parser = one_line)]
    pub(crate) contact: Option<String>,
    /// The commit of Palisade that the workflow builds, in full. Without it the workflow calls the `palisade` of the
    /// runner.
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pub(crate) palisade_commit: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  palisade init --dry-run                            what fits this repository
  palisade init --owner @shop/platform               write it, with code owners
  palisade init --only runbooks,security             a part of it
  palisade init --only workflow --dry-run            show one file";

/// What `init` can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// palisade.toml, the exceptions, the key of fingerprints.
    Settings,
    /// A workflow of GitHub Actions: gate and scan.
    Workflow,
    /// Jobs of GitLab: gate and scan.
    Gitlab,
    /// Rules of the default branch, to import at GitHub.
    Ruleset,
    /// Who must approve changes. Needs --owner.
    Codeowners,
    /// Updates of dependencies.
    Dependabot,
    /// The hook that keeps secrets out of commits.
    PreCommit,
    /// An environment for development.
    Devcontainer,
    /// Where to report a weakness.
    Security,
    /// A threat model to fill in.
    ThreatModel,
    /// What to do when a credential leaks, a dependency turns bad, a deploy fails.
    Runbooks,
}

fn owner(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|sign| sign.is_alphanumeric() || "@/-_.+".contains(sign));
    if plain && text.contains('@') && text.len() > 1 {
        Ok(text.to_owned())
    } else {
        Err("an owner is @user, @organisation/team or an address".to_owned())
    }
}

fn one_line(text: &str) -> Result<String, String> {
    let fine = !text.trim().is_empty() && !text.contains(char::is_control);
    if fine { Ok(text.trim().to_owned()) } else { Err("one line, not empty".to_owned()) }
}

fn commit(text: &str) -> Result<String, String> {
    if text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a commit is given in full: 40 hexadecimal digits".to_owned())
    }
}
