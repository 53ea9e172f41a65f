//! The command line as data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

// The path is spelled out because xtask compiles this file in as well.
#[path = "arguments/access.rs"]
pub(crate) mod access;
#[path = "arguments/data.rs"]
pub(crate) mod data;
#[path = "arguments/fixing.rs"]
pub(crate) mod fixing;
#[path = "arguments/judging.rs"]
pub(crate) mod judging;
#[path = "arguments/packages.rs"]
pub(crate) mod packages;
#[path = "arguments/planning.rs"]
pub(crate) mod planning;
#[path = "arguments/quality.rs"]
pub(crate) mod quality;
#[path = "arguments/starting.rs"]
pub(crate) mod starting;

pub(crate) use access::IamVerb;
pub(crate) use data::DataVerb;
pub(crate) use fixing::Fix;
pub(crate) use judging::{ExceptionVerb, Gate, LedgerVerb};
pub(crate) use packages::{DbVerb, Sbom, VexVerb};
pub(crate) use planning::Plan;
pub(crate) use quality::QualityVerb;
pub(crate) use starting::Init;

/// Finds what is weak in a repository, gates its merges, and proves each decision.
#[derive(Debug, Parser)]
#[command(name = "palisade", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Settings of every verb.
    #[command(flatten)]
    pub(crate) global: Global,
    /// The verb.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or allowed, 1 denied, 2 could not decide, 3 nothing to look at.";

/// Settings of every verb.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Refuse what would ask others over the network: `scan --verify-live`, `fix --update`, `db update` from addresses,
    /// images of registries. Nothing else asks anybody; `data check` uses the database that you name, with this too.
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// When to colour output.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub(crate) color: Colour,
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
    /// Show the edits that remove findings, and write them when asked to.
    Fix(Fix),
    /// Judge a change, record the decision, and say what to do about each reason.
    #[command(subcommand)]
    Gate(Gate),
    /// Permissions for findings to stay for a while: add, list, renew, revoke.
    #[command(subcommand)]
    Exception(ExceptionVerb),
    /// The log of what the gates decided: show it, append to it, prove an entry, verify that nothing was changed.
    #[command(subcommand)]
    Ledger(LedgerVerb),
    /// Write what a repository lacks and what fits it: settings, workflows, hooks, owners, rules, runbooks.
    /// Never overwrites without asking.
    Init(Init),
    /// Turn what is weak into a backlog: epics and tickets with evidence, owner, effort and order.
    Plan(Plan),
    /// List the packages that a target ships: for a person, as CycloneDX or as SPDX.
    Sbom(Sbom),
    /// Statements about vulnerabilities: pass on what exceptions say of them.
    #[command(subcommand)]
    Vex(VexVerb),
    /// The index of advisories that packages are compared with: build it, and say what it holds.
    #[command(subcommand)]
    Db(DbVerb),
    /// Database migrations: run them up, down and up again where nothing can be lost.
    #[command(subcommand)]
    Data(DataVerb),
    /// Policies of AWS: take permissions away that were never used.
    #[command(subcommand)]
    Iam(IamVerb),
    /// Coverage and other numbers of tests: keep those of this run, so that later runs are compared with them.
    #[command(subcommand)]
    Quality(QualityVerb),
    /// Keep secrets out of commits and pushes with git hooks.
    #[command(subcommand)]
    Hook(Hook),
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
    pub(crate) target: PathBuf,
    /// How to print.
    #[arg(long, default_value = "human", value_parser = report_format())]
    pub(crate) format: palisade_report::Format,
    /// List every finding; by default a person is shown what can be read in one sitting.
    #[arg(long)]
    pub(crate) all: bool,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What is looked at, and how.
    #[command(flatten)]
    pub(crate) look: Look,
}

/// What is looked at, and how: the same for `scan` and `gate`.
#[derive(Debug, Default, Args)]
pub(crate) struct Look {
    /// Only these checks: ids (`ci/unpinned-action`) or families (`kubernetes`); comma-separated or repeated.
    #[arg(long, value_delimiter = ',', value_name = "CHECK")]
    pub(crate) select: Vec<String>,
    /// Not these checks.
    #[arg(long, value_delimiter = ',', value_name = "CHECK")]
    pub(crate) ignore: Vec<String>,
    /// More rules: for secrets in gitleaks' TOML format, for source code in ast-grep's YAML (a file or a folder);
    /// instead of those that palisade.toml names.
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Take in the report of another scanner: SARIF, or the JSON of Trivy, Grype, CycloneDX, npm audit, pip-audit or
    /// OWASP ZAP. Beside those that palisade.toml names; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) import: Vec<PathBuf>,
    /// Show what a VEX document (OpenVEX, CycloneDX, CSAF) states beside known faults of packages. Beside those that
    /// palisade.toml names; may be repeated. It takes nothing away: an exception may rest on it.
    #[arg(long, value_name = "FILE")]
    pub(crate) vex: Vec<PathBuf>,
    /// Judge manifests by the rules of this Kubernetes version, such as 1.31; the newest known by default.
    #[arg(long, value_name = "VERSION")]
    pub(crate) kubernetes_version: Option<palisade_checks::KubernetesVersion>,
    /// What is staged in git, as `git commit` would record it.
    #[arg(long, conflicts_with_all = ["range", "revision"])]
    pub(crate) staged: bool,
    /// Every version of every file that the commits of a git range brought, such as main..HEAD.
    #[arg(long, value_name = "A..B", conflicts_with = "revision")]
    pub(crate) range: Option<String>,
    /// The files of a git revision instead of those on disk.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
    /// Secrets in every version of every file that git ever stored here, deleted ones included.
    #[arg(long, conflicts_with_all = ["staged", "range", "revision", "since"])]
    pub(crate) history: bool,
    /// Compare with a git revision: say what is new, gone and unchanged since then.
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "range"])]
    pub(crate) since: Option<String>,
    /// Compare with an earlier scan, written by `palisade scan --format json`.
    #[arg(long, value_name = "FILE", conflicts_with = "since")]
    pub(crate) baseline: Option<PathBuf>,
    /// Show everything, as if there were no exceptions.
    #[arg(long)]
    pub(crate) no_exceptions: bool,
    /// Ask the provider of each secret whether it still works. Sends the secret to its provider, and to nobody
    /// else: one request that only reads, over HTTPS, for each distinct secret. Says which hosts before it asks.
    #[arg(long)]
    pub(crate) verify_live: bool,
    /// With --verify-live, ask an instance of your own instead of a provider's public one, such as
    /// gitlab.com=git.example.org or api.github.com=ghe.example.org/api/v3.
    #[arg(long, value_name = "HOST=YOURS", requires = "verify_live")]
    pub(crate) live_host: Vec<String>,
    /// Of an image for several platforms this one, such as linux/arm64; linux/amd64 by default.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<palisade_source::image::Platform>,
    /// The path that standard input stands for, which decides how it is read.
    #[arg(long, value_name = "PATH", default_value = "stdin")]
    pub(crate) stdin_path: String,
}

const SCAN_EXAMPLES: &str = "\
Examples:
  palisade scan                                 the current directory
  palisade scan --select kubernetes deploy/     one family
  palisade scan --format sarif -o out.sarif     for code scanning
  palisade scan --staged                        what `git commit` would record
  palisade scan --history                       secrets in all of git's history
  palisade scan --since origin/main             what is new since then
  palisade scan --select secrets --verify-live  ask providers which secrets still work
  kubectl get pods -A -o yaml | palisade scan - --stdin-path pods.yaml";

/// `palisade hook`
#[derive(Debug, Subcommand)]
pub(crate) enum Hook {
    /// Install hooks in the repository at hand: pre-commit and pre-push, unless you name others.
    Install {
        /// Which hooks.
        #[arg(value_enum)]
        kinds: Vec<HookKind>,
    },
    /// Remove the hooks that `hook install` wrote: all of them, unless you name some. Other hooks stay.
    ///
    /// Exit codes: 0 removed, 2 a hook was edited since and stays, 3 there was none of ours.
    Uninstall {
        /// Which hooks.
        #[arg(value_enum)]
        kinds: Vec<HookKind>,
    },
    /// Print the script of a hook, for servers (pre-receive) and hook managers.
    Print {
        /// Which hook.
        #[arg(value_enum)]
        kind: HookKind,
    },
    /// What the installed hooks call.
    #[command(hide = true)]
    Run {
        /// Which hook.
        #[arg(value_enum)]
        kind: HookKind,
        /// The remote, as git names it to pre-push.
        remote: Option<String>,
        /// Whatever else git gives.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
}

/// Hooks of git that can stop a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HookKind {
    /// Before a commit is recorded.
    PreCommit,
    /// Before a push leaves.
    PrePush,
    /// On a server, before a push is taken.
    PreReceive,
}

/// Formats of what is no scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// `palisade checks`
#[derive(Debug, Args)]
pub(crate) struct Checks {
    /// Only this family.
    pub(crate) family: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub(crate) format: PlainFormat,
}

/// `palisade explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A check, such as kubernetes/host-path, or a family, such as kubernetes, whose checks are listed.
    pub(crate) id: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub(crate) format: PlainFormat,
}

/// `palisade completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

/// The names of formats, so that shells complete them.
fn report_format() -> impl TypedValueParser<Value = palisade_report::Format> {
    let names = palisade_report::Format::ALL.map(palisade_report::Format::name);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<palisade_report::Format>())
}
