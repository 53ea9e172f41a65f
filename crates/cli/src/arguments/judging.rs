//! The arguments of `gate`, `exception` and `ledger`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use palisade_advisory::vex::Justification;

use super::{Look, PlainFormat};

/// `palisade gate`
#[derive(Debug, Subcommand)]
pub(crate) enum Gate {
    /// Judge a merge: no secrets, no new high or critical findings, pinned actions where it deploys,
    /// lock files that can be read.
    Merge(Merge),
}

/// `palisade gate merge`
#[derive(Debug, Args)]
#[command(after_help = MERGE_EXAMPLES)]
pub(crate) struct Merge {
    /// The root of the repository.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
    /// Judge every finding, not only those that are new since --since or --baseline.
    #[arg(long)]
    pub(crate) all: bool,
    /// Say what would be decided, record nothing, and exit 0.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to print: human, json, markdown and github show the decision, the others the scan that it rests on.
    #[arg(long, default_value = "human", value_parser = super::report_format())]
    pub(crate) format: palisade_report::Format,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Where the decision is recorded; `.palisade/ledger` in the target by default.
    #[arg(long, value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// The key that signs the ledger.
    #[command(flatten)]
    pub(crate) key: Key,
    /// What is looked at, and how.
    #[command(flatten)]
    pub(crate) look: Look,
}

const MERGE_EXAMPLES: &str = "\
Without --since and --baseline every finding counts as new. Secrets, actions of deploys that no
commit pins, lock files that cannot be read and faults of exceptions count whether old or new.

Examples:
  palisade gate merge                            everything in the current directory
  palisade gate merge --since origin/main        what this branch brings, and the above
  palisade gate merge --baseline main.json       the same, against a scan that was kept
  palisade gate merge --dry-run                  advise, do not block

Exit codes: 0 allow, 1 deny, 2 could not decide, 3 nothing to judge.";

/// Where the key of the ledger is.
#[derive(Debug, Default, Args)]
pub(crate) struct Key {
    /// The key that signs the ledger, made on first use; also PALISADE_LEDGER_KEY. By default
    /// palisade/ledger.key in the user's configuration folder, outside of what it signs.
    #[arg(id = "key_file", long = "key", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// `palisade exception`
#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionVerb {
    /// Add an exception to .palisade/exceptions.toml.
    #[command(after_help = ADD_EXAMPLES)]
    Add(ExceptionAdd),
    /// List exceptions, with the days each has left.
    List {
        /// The root of the repository.
        #[arg(default_value = ".")]
        target: PathBuf,
        /// How to print.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
    /// Give an exception another last day.
    #[command(after_help = "Examples:\n  palisade exception renew EX-3 --days 30")]
    Renew {
        /// Which one.
        id: String,
        /// Until when.
        #[command(flatten)]
        until: Until,
        /// The root of the repository.
        #[arg(long, default_value = ".", value_name = "DIR")]
        target: PathBuf,
    },
    /// Take an exception out of the file.
    #[command(after_help = "Examples:\n  palisade exception revoke EX-3")]
    Revoke {
        /// Which one.
        id: String,
        /// The root of the repository.
        #[arg(long, default_value = ".", value_name = "DIR")]
        target: PathBuf,
    },
}

const ADD_EXAMPLES: &str = "\
Examples:
  palisade exception add --check kubernetes/host-path --path deploy/agent.yaml \\
      --owner platform@example.com --ticket OPS-123 --reason \"the agent reads the node's logs\" --days 60
  palisade exception add --fingerprint 3f0c… --owner me --ticket SEC-9 --reason \"test key\" --expires 2027-01-31
  palisade exception add --check packages/known-vulnerability --vex vex/parser.json --owner me --ticket SEC-31 \\
      --reason \"the vendor looked at each\" --days 60";

/// `palisade exception add`
#[derive(Debug, Args)]
pub(crate) struct ExceptionAdd {
    /// Its name in reports; the next free EX-N by default.
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// The check that it is for: an id, or a family glob such as kubernetes/*.
    #[arg(long, required_unless_present_any = ["fingerprint", "path"])]
    pub(crate) check: Option<String>,
    /// The one finding that it is for.
    #[arg(long)]
    pub(crate) fingerprint: Option<String>,
    /// The files that it is for, as a glob from the root.
    #[arg(long)]
    pub(crate) path: Option<String>,
    /// Only beside a comment `palisade:except ID`.
    #[arg(long)]
    pub(crate) inline: bool,
    /// Only what this VEX document states to be not affected or fixed, for as long as it states so.
    #[arg(long, value_name = "FILE")]
    pub(crate) vex: Option<String>,
    /// Why the known fault does not concern the product, in the words of VEX.
    #[arg(long, value_name = "WORD", value_parser = PossibleValuesParser::new(Justification::ALL.map(Justification::label)))]
    pub(crate) justification: Option<String>,
    /// Who answers for it.
    #[arg(long)]
    pub(crate) owner: String,
    /// Where it was decided.
    #[arg(long)]
    pub(crate) ticket: String,
    /// Why the finding may stay.
    #[arg(long)]
    pub(crate) reason: String,
    /// Until when.
    #[command(flatten)]
    pub(crate) until: Until,
    /// The root of the repository.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) target: PathBuf,
}

/// The last day of an exception.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Until {
    /// Last day on which it holds (UTC), as YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<String>,
    /// The same as a number of days from today.
    #[arg(long, value_name = "N")]
    pub(crate) days: Option<u32>,
}

/// `palisade ledger`
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerVerb {
    /// List the newest entries: when, what was decided, and on what. Only entries that are as signed are shown.
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// How many of the newest entries.
        #[arg(long, value_name = "N", default_value_t = 20)]
        last: u64,
        /// Where the ledger is.
        #[command(flatten)]
        place: LedgerPlace,
        /// The public key to check against, instead of this machine's.
        #[arg(long, value_name = "KEY")]
        vkey: Option<String>,
        /// How to print; JSON has the whole entries.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
    /// Append entries by hand: each line of a file is one JSON value.
    #[command(after_help = APPEND_EXAMPLES)]
    Append {
        /// The lines; `-` reads standard input.
        file: PathBuf,
        /// Where the ledger is.
        #[command(flatten)]
        place: LedgerPlace,
        /// How to print.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
    /// Print a proof that entry N is in the ledger. It verifies without the ledger.
    #[command(after_help = PROVE_EXAMPLES)]
    Prove {
        /// Index of the entry, from 0.
        index: u64,
        /// Where the ledger is.
        #[command(flatten)]
        place: LedgerPlace,
        /// The public key to check against first, instead of this machine's.
        #[arg(long, value_name = "KEY")]
        vkey: Option<String>,
    },
    /// Check every entry against what was signed, and name what was edited, removed, added or moved.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
}

const SHOW_EXAMPLES: &str = "\
Exit codes: 0 shown, 1 the ledger was changed, 2 could not be decided, 3 there is nothing to show.

Examples:
  palisade ledger show
  palisade ledger show --last 100 --format json";

const APPEND_EXAMPLES: &str = "\
An object with `kind` and `payload` (and perhaps `time`) becomes that entry; any other value becomes the
payload of an entry of kind `manual`. Never put a secret into an entry.

Examples:
  palisade ledger append reviews.jsonl
  echo '{\"kind\":\"drill\",\"payload\":{\"name\":\"token leak\"}}' | palisade ledger append -";

const PROVE_EXAMPLES: &str = "\
Examples:
  palisade ledger prove 12 > decision.tlog-proof
  palisade ledger verify --proof decision.tlog-proof --vkey 'palisade-ledger/…'";

const VERIFY_EXAMPLES: &str = "\
Exit codes: 0 intact, 1 something was changed, 2 could not be decided, 3 there is no ledger.

Examples:
  palisade ledger verify                           with the key of this machine
  palisade ledger verify --vkey 'palisade-ledger/…'   with the public key, anywhere
  palisade ledger verify --proof decision.tlog-proof --vkey 'palisade-ledger/…'";

/// `palisade ledger verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Where the ledger is.
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The public key, from whoever keeps the ledger, instead of this machine's.
    #[arg(long, value_name = "KEY")]
    pub(crate) vkey: Option<String>,
    /// Verify a proof that `ledger prove` printed; needs no ledger.
    #[arg(long, value_name = "FILE")]
    pub(crate) proof: Option<PathBuf>,
    /// Take the key that lies in the ledger's own folder: shows accidents, not attacks.
    #[arg(long, conflicts_with_all = ["vkey", "proof"])]
    pub(crate) trust_stored_key: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub(crate) format: PlainFormat,
}

/// Where a ledger and its key are.
#[derive(Debug, Args)]
pub(crate) struct LedgerPlace {
    /// The folder of the ledger.
    #[arg(id = "ledger_folder", long = "ledger", value_name = "DIR", default_value = ".palisade/ledger")]
    pub(crate) folder: PathBuf,
    /// The key that signs it.
    #[command(flatten)]
    pub(crate) key: Key,
}
