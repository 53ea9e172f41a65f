//! The arguments of `fix`.

use std::path::PathBuf;

use clap::Args;

use super::PlainFormat;

/// `palisade fix`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Fix {
    /// A directory or a file.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
    /// Only what these checks find: ids (`ci/persisted-credentials`) or families (`ci`); comma-separated or repeated.
    #[arg(long = "check", value_delimiter = ',', value_name = "CHECK")]
    pub(crate) checks: Vec<String>,
    /// Also fixes that may change behaviour. Read their diff first.
    #[arg(long = "unsafe")]
    pub(crate) with_unsafe: bool,
    /// Write the files instead of only showing what would change.
    #[arg(long)]
    pub(crate) write: bool,
    /// Ask about each fix, then write those that were taken.
    #[arg(long, conflicts_with_all = ["write", "commit"])]
    pub(crate) interactive: bool,
    /// Write the edits as a patch for `git apply`. It shows the files' lines as they are.
    #[arg(long, value_name = "FILE")]
    pub(crate) patch: Option<PathBuf>,
    /// Ask the repositories of actions and the registries of images what their tags stand for, and keep it in
    /// palisade.lock. With --unsafe also let cargo, npm, pnpm, go, uv and composer raise vulnerable versions in lock
    /// files, in a copy. This uses the network; without it, the lock file is used as it is.
    #[arg(long)]
    pub(crate) update: bool,
    /// Write the files and commit them in git, and nothing else.
    #[arg(long)]
    pub(crate) commit: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub(crate) format: PlainFormat,
}

const EXAMPLES: &str = "\
Examples:
  palisade fix                                 show the edits that cannot break what works
  palisade fix --write                         and write them
  palisade fix --unsafe --check ci             show all edits to workflows
  palisade fix --unsafe --interactive          take them one by one
  palisade fix --update --check ci/unpinned-action --write     pin actions to commits
  palisade fix --update --unsafe --check container/unpinned-base-image     pin images to digests
  palisade fix --unsafe --patch fixes.patch    for review, or for `git apply` elsewhere";
