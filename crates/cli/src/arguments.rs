//! The command line as data.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Finds what is weak in a repository, gates its merges, and proves each decision.
#[derive(Debug, Parser)]
#[command(name = "palisade", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Settings of every verb.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or allowed, 1 denied, 2 could not decide, 3 nothing to look at.";

/// Settings of every verb.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Never use the network (nothing in this version does without being asked).
    #[arg(long, global = true)]
    pub offline: bool,
    /// When to colour output.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at a target and report what is weak. Never judges: findings do not change the exit code.
    Scan(Scan),
    /// List every check.
    Checks(Checks),
    /// Explain a check: what it finds, why it matters, examples.
    Explain(Explain),
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// `palisade scan`
#[derive(Debug, Args)]
#[command(after_help = SCAN_EXAMPLES)]
pub(crate) struct Scan {
    /// A directory, file or archive; `-` reads one file from standard input.
    #[arg(default_value = ".")]
    pub target: PathBuf,
    /// How to print.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    pub format: OutputFormat,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What is looked at, and how.
    #[command(flatten)]
    pub look: Look,
}

/// What is looked at, and how: the same for `scan` and `gate`.
#[derive(Debug, Default, Args)]
pub(crate) struct Look {
    /// Only these checks: ids (`ci/unpinned-action`) or families (`kubernetes`); comma-separated or repeated.
    #[arg(long, value_delimiter = ',', value_name = "CHECK")]
    pub select: Vec<String>,
    /// Not these checks.
    #[arg(long, value_delimiter = ',', value_name = "CHECK")]
    pub ignore: Vec<String>,
    /// Judge manifests by the rules of this Kubernetes version, such as 1.31; the newest known by default.
    #[arg(long, value_name = "VERSION")]
    pub kubernetes_version: Option<palisade_checks::KubernetesVersion>,
    /// Show everything, as if there were no exceptions.
    #[arg(long)]
    pub no_exceptions: bool,
    /// The path that standard input stands for, which decides how it is read.
    #[arg(long, value_name = "PATH", default_value = "stdin")]
    pub stdin_path: String,
}

const SCAN_EXAMPLES: &str = "\
Examples:
  palisade scan                                 the current directory
  palisade scan --select kubernetes deploy/     one family
  palisade scan --format sarif -o out.sarif     for code scanning
  kubectl get pods -A -o yaml | palisade scan - --stdin-path pods.yaml";

/// Output formats of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people.
    Human,
    /// The contract: `palisade.scan/1`.
    Json,
}

/// `palisade checks`
#[derive(Debug, Args)]
pub(crate) struct Checks {
    /// Only this family.
    pub family: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `palisade explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A check, such as kubernetes/host-path.
    pub id: String,
}

/// `palisade completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub shell: clap_complete::Shell,
}
