//! `cargo xtask bench --corpus DIR [--tools DIR] [--write]`: the table of speed and memory.
//!
//! Palisade and its peers run in turns, in one run, on the same input, so that
//! the machine's noise hits both. What cannot run is named and never guessed.
//! `--corpus` holds checkouts under the names that rows give; `--tools` is
//! searched for peers before `PATH`.

mod input;
mod measure;
mod packages;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project::{self, cargo, run as run_to_end};
pub(crate) use measure::child;
use measure::{Cost, measure};

/// Ours is run this often, and the fastest run counts; slow peers run once.
const RUNS: usize = 5;
/// A peer's run above this is not repeated.
const PEER_SECONDS_MAX: f64 = 10.0;

/// What the command line asks for.
pub(crate) struct Options {
    /// Holds the public checkouts.
    pub(crate) corpus: Option<PathBuf>,
    /// Holds the peers.
    pub(crate) tools: Option<PathBuf>,
    /// Whether `docs/src/benchmarks.md` is written.
    pub(crate) write: bool,
    /// Only rows whose name holds this text.
    pub(crate) only: Option<String>,
}

/// One line of the table.
struct Row {
    name: &'static str,
    /// The folder of the corpus that it needs.
    corpus: Option<&'static str>,
    /// Prepares the input; the commands run with its folder as `{}`.
    input: fn(&Path, &Path) -> Result<PathBuf>,
    /// Words `NAME=VALUE` before the program are its environment.
    ours: &'static [&'static str],
    peer: &'static [&'static str],
    bar: Bar,
}

/// What the row must reach.
enum Bar {
    /// At most this part of the peer's CPU time, and of memory in MB when given.
    OfPeer(f64, Option<u64>),
    /// At most so many seconds of CPU time, and so many MB.
    Absolute(f64, Option<u64>),
    /// At most so many MB.
    Memory(u64),
    /// At most so many times the slowest family alone.
    OfSlowestFamily(f64),
}

const ROWS: &[Row] = &[
    Row {
        name: "test-infra: 122 workflows",
        corpus: Some("test-infra"),
        input: input::workflows,
        ours: &["palisade", "scan", "{}", "--select", "ci", "--format", "json"],
        peer: &["zizmor", "--offline", "--no-progress", "--no-exit-codes", "--format", "json", "{}"],
        bar: Bar::OfPeer(0.5, None),
    },
    Row {
        name: "test-infra: `fix` of every workflow finding",
        corpus: Some("test-infra"),
        input: input::workflows,
        ours: &["palisade", "fix", "{}", "--unsafe", "--check", "ci", "--format", "json"],
        // zizmor's `--fix` writes in place, so that it cannot take turns on one input.
        peer: &[],
        bar: Bar::Absolute(0.5, None),
    },
    Row {
        name: "manifests: 1,120 YAML files",
        corpus: Some("manifests"),
        input: input::checkout,
        ours: &["palisade", "scan", "{}", "--select", "kubernetes", "--format", "json"],
        peer: &[
            "checkov",
            "--directory",
            "{}",
            "--framework",
            "kubernetes",
            "--quiet",
            "--compact",
            "--soft-fail",
            "--skip-download",
            "--output",
            "json",
        ],
        bar: Bar::OfPeer(0.02, Some(200)),
    },
    Row {
        name: "test-infra: Python",
        corpus: Some("test-infra"),
        input: input::python,
        ours: &["palisade", "scan", "{}", "--select", "code", "--format", "json"],
        peer: &[
            "ruff",
            "check",
            "{}",
            "--isolated",
            "--no-cache",
            "--select",
            "S",
            "--exit-zero",
            "--output-format",
            "json",
        ],
        bar: Bar::Absolute(0.3, None),
    },
    // Checkov takes minutes for either, far more than a table can wait for.
    Row {
        name: "terraform-aws-eks",
        corpus: Some("terraform-aws-eks"),
        input: input::checkout,
        ours: &["palisade", "scan", "{}", "--select", "iac,iam", "--format", "json"],
        peer: &[],
        bar: Bar::Absolute(0.3, None),
    },
    Row {
        name: "cloud-foundation-fabric",
        corpus: Some("cloud-foundation-fabric"),
        input: input::checkout,
        ours: &["palisade", "scan", "{}", "--select", "iac,iam", "--format", "json"],
        peer: &[],
        bar: Bar::Absolute(1.5, None),
    },
    Row {
        name: "openbao: secrets in the tree",
        corpus: Some("openbao"),
        input: input::checkout,
        ours: &["palisade", "scan", "{}", "--select", "secrets", "--format", "json"],
        peer: &[
            "kingfisher",
            "scan",
            "{}",
            "--git-history=none",
            "--no-validate",
            "--format",
            "json",
            "--no-update-check",
        ],
        bar: Bar::OfPeer(0.5, Some(150)),
    },
    Row {
        name: "openbao: secrets in the history",
        corpus: Some("openbao"),
        input: input::checkout,
        ours: &["palisade", "scan", "{}", "--history", "--select", "secrets", "--format", "json"],
        peer: &["gitleaks", "git", "{}", "--no-banner", "--exit-code=0"],
        bar: Bar::Absolute(8.0, Some(300)),
    },
    Row {
        name: "34 staged files",
        corpus: Some("openbao"),
        input: input::staged,
        ours: &["palisade", "scan", "{}", "--staged", "--select", "secrets", "--format", "json"],
        peer: &["gitleaks", "git", "--staged", "{}", "--no-banner", "--exit-code=0"],
        bar: Bar::Absolute(0.060, None),
    },
    Row {
        name: "five repositories, 12,000 files, every family",
        corpus: Some(""),
        input: input::several,
        ours: &["palisade", "scan", "{}", "--format", "json"],
        peer: &[],
        bar: Bar::OfSlowestFamily(1.3),
    },
    // A fault in every few lines, in each family alike: the worst that there is.
    Row {
        name: "the shop 200 times, 10,000 files, every family",
        corpus: None,
        input: input::many_files,
        ours: &["palisade", "scan", "{}", "--format", "json"],
        peer: &[],
        bar: Bar::OfSlowestFamily(1.3),
    },
    Row {
        name: "70,000 advisories to an index",
        corpus: None,
        input: packages::records,
        ours: &["palisade", "db", "update", "--from", "{}/records.tar", "--index", "{}/index"],
        peer: &[],
        bar: Bar::Absolute(10.0, Some(500)),
    },
    Row {
        name: "deno's Cargo.lock: known vulnerabilities",
        corpus: Some("deno"),
        input: packages::rust,
        ours: &[
            "PALISADE_ADVISORIES={}/index",
            "palisade",
            "scan",
            "{}/Cargo.lock",
            "--select",
            "packages",
            "--format",
            "json",
        ],
        peer: &["cargo-audit", "audit", "--no-fetch", "--db", "{}/advisory-db", "--file", "{}/Cargo.lock", "--json"],
        bar: Bar::OfPeer(0.1, None),
    },
    Row {
        name: "paperless-ngx to CycloneDX",
        corpus: Some("paperless-ngx"),
        input: input::checkout,
        ours: &["palisade", "sbom", "{}", "--format", "cyclonedx"],
        peer: &["CDXGEN_NO_BANNER=true", "cdxgen", "--no-install-deps", "-r", "-o", "/dev/null", "{}"],
        bar: Bar::OfPeer(1.0 / 30.0, None),
    },
    Row {
        name: "a Debian image to findings",
        corpus: Some("debian-image"),
        input: input::checkout,
        ours: &["palisade", "scan", "{}", "--format", "json"],
        peer: &["syft", "scan", "oci-dir:{}", "-o", "json"],
        bar: Bar::Absolute(0.3, Some(100)),
    },
    Row {
        name: "an image layer of 3,000,000 files, its packages",
        corpus: None,
        input: packages::crowded,
        ours: &["palisade", "sbom", "{}", "--format", "cyclonedx"],
        peer: &[],
        bar: Bar::Memory(256),
    },
    Row {
        name: "an image layer of 3,000,000 files, its faults",
        corpus: None,
        input: packages::crowded,
        ours: &["palisade", "scan", "{}", "--format", "json"],
        peer: &[],
        bar: Bar::Memory(256),
    },
    Row {
        name: "`palisade --version`",
        corpus: None,
        input: input::empty,
        ours: &["palisade", "--version"],
        peer: &[],
        bar: Bar::Absolute(0.005, None),
    },
    Row {
        name: "an empty directory",
        corpus: None,
        input: input::empty,
        ours: &["palisade", "scan", "{}"],
        peer: &[],
        bar: Bar::Absolute(0.015, None),
    },
];

/// Runs every row and prints the table.
pub(crate) fn run(options: &Options) -> Result<()> {
    run_to_end(&mut cargo(&["build", "--release", "--package", "palisade", "--locked"]))?;
    let scratch = project::target_dir().join("bench");
    std::fs::create_dir_all(&scratch)?;
    let mut table = String::from(
        "| work | Palisade: CPU, memory | peer: CPU, memory | ratio | bar | |\n|---|---|---|---|---|---|\n",
    );
    let mut missed = Vec::new();
    for row in ROWS.iter().filter(|row| options.only.as_deref().is_none_or(|only| row.name.contains(only))) {
        eprintln!("-- {}", row.name);
        match judge(row, options, &scratch) {
            Ok((line, good)) => {
                eprintln!("   {line}");
                let _ = writeln!(table, "{line}");
                if !good {
                    missed.push(row.name);
                }
            }
            Err(error) => {
                eprintln!("   SKIPPED: {error:#}");
                let _ = writeln!(table, "| {} | not measured: {error:#} | | | {} | |", row.name, row.bar.text());
            }
        }
    }
    if options.only.as_deref().is_none_or(|only| packages::LOOKUPS.contains(only)) {
        eprintln!("-- {}", packages::LOOKUPS);
        for (line, good) in packages::lookups(&palisade(), &scratch)? {
            eprintln!("   {line}");
            let _ = writeln!(table, "{line}");
            if !good {
                missed.push(packages::LOOKUPS);
            }
        }
    }
    println!("{table}");
    if options.write {
        let path = project::root().join("docs/src/benchmarks.md");
        let told = std::fs::read_to_string(&path).context("docs/src/benchmarks.md")?;
        std::fs::write(&path, page(&joined(&table, &told), remarks(&told))).context("docs/src/benchmarks.md")?;
        eprintln!("wrote docs/src/benchmarks.md");
    }
    if !missed.is_empty() {
        bail!("below the bar: {}", missed.join("; "));
    }
    Ok(())
}

fn judge(row: &Row, options: &Options, scratch: &Path) -> Result<(String, bool)> {
    let source = match row.corpus {
        Some(name) => {
            let corpus = options.corpus.as_deref().context("no --corpus DIR was given")?;
            let path = corpus.join(name);
            if !path.is_dir() {
                bail!("{} is missing: a checkout of that public repository", path.display());
            }
            path
        }
        None => scratch.to_path_buf(),
    };
    let input = (row.input)(&source, scratch)?;
    let peer = program(row.peer).map(|name| tool(name, options));
    let mut ours: Option<Cost> = None;
    let mut theirs: Option<Cost> = None;
    for _ in 0..RUNS {
        let cost = measure(&mut command(&palisade(), row.ours, &input))?;
        ours = Some(ours.map_or(cost, |best| best.min(cost)));
        if let Some(Ok(path)) = &peer
            && theirs.is_none_or(|best| best.seconds < PEER_SECONDS_MAX)
        {
            let cost = measure(&mut command(path, row.peer, &input))?;
            theirs = Some(theirs.map_or(cost, |best| best.min(cost)));
        }
    }
    let ours = ours.context("nothing was run")?;
    let (reference, shown) = match (&row.bar, theirs) {
        (Bar::OfSlowestFamily(_), _) => {
            let (family, cost) = slowest_family(&input)?;
            (Some(cost), format!("slowest alone, {family}: {}", cost.text()))
        }
        (_, Some(cost)) => (Some(cost), format!("{}: {}", program(row.peer).unwrap_or_default(), cost.text())),
        (_, None) => {
            let why =
                peer.and_then(Result::err).map_or_else(|| "none".to_owned(), |error| format!("not measured: {error}"));
            (None, why)
        }
    };
    let ratio = reference.map(|cost| ours.seconds / cost.seconds.max(0.000_1));
    let good = row.bar.is_met(ours, ratio);
    let verdict = match good {
        Some(true) => "met",
        Some(false) => "**missed**",
        None => "open",
    };
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"));
    let line = format!("| {} | {} | {shown} | {ratio} | {} | {verdict} |", row.name, ours.text(), row.bar.text());
    Ok((line, good != Some(false)))
}

fn slowest_family(input: &Path) -> Result<(String, Cost)> {
    let mut families: Vec<&str> = palisade_checks::catalogue().map(|check| check.meta.family()).collect();
    families.sort_unstable();
    families.dedup();
    let mut slowest: Option<(String, Cost)> = None;
    for family in families {
        let words = ["palisade", "scan", "{}", "--format", "json", "--select", family];
        let mut best: Option<Cost> = None;
        for _ in 0..RUNS {
            let cost = measure(&mut command(&palisade(), &words, input))?;
            best = Some(best.map_or(cost, |known| known.min(cost)));
        }
        if let Some(cost) = best
            && slowest.as_ref().is_none_or(|(_, known)| known.seconds < cost.seconds)
        {
            slowest = Some((family.to_owned(), cost));
        }
    }
    slowest.context("there are no families")
}

impl Bar {
    fn text(&self) -> String {
        let memory = |megabytes: &Option<u64>| megabytes.map_or_else(String::new, |most| format!(", < {most} MB"));
        match self {
            Self::OfPeer(part, most) => format!("≤ {:.3} × the peer{}", part, memory(most)),
            Self::Memory(most) => format!("< {most} MB"),
            Self::Absolute(seconds, most) if *seconds < 1.0 => format!("≤ {:.0} ms{}", seconds * 1000.0, memory(most)),
            Self::Absolute(seconds, most) => format!("≤ {seconds} s{}", memory(most)),
            Self::OfSlowestFamily(times) => format!("≤ {times} × the slowest family alone"),
        }
    }

    /// `None` when the peer is missing and the bar cannot be judged.
    fn is_met(&self, ours: Cost, ratio: Option<f64>) -> Option<bool> {
        let fits = |most: &Option<u64>| most.is_none_or(|most| ours.megabytes < most);
        match self {
            Self::OfPeer(part, most) => Some(ratio? <= *part && fits(most)),
            Self::Absolute(seconds, most) => Some(ours.seconds <= *seconds && fits(most)),
            Self::Memory(most) => Some(ours.megabytes < *most),
            Self::OfSlowestFamily(times) => Some(ratio? <= *times),
        }
    }
}

fn palisade() -> PathBuf {
    project::target_dir().join("release/palisade")
}

/// Words `NAME=VALUE` at the start go into the environment, the one after them is replaced by the program's path, and
/// `{}` by the input everywhere.
fn command(program: &Path, words: &[&str], input: &Path) -> Command {
    let mut command = Command::new(program);
    let input = input.to_string_lossy();
    let mut words = words.iter().map(|word| word.replace("{}", &input));
    for word in words.by_ref() {
        match word.split_once('=') {
            Some((name, value)) => command.env(name, value),
            None => break,
        };
    }
    command.args(words);
    command
}

/// The program of a row's words.
fn program(words: &'static [&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|word| !word.contains('='))
}

fn tool(name: &str, options: &Options) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = options.tools.iter().flat_map(|tools| [tools.clone(), tools.join("bin")]);
    folders
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .with_context(|| format!("{name} is not installed"))
}

/// The new table; rows that did not run this time stay as the page has them.
fn joined(table: &str, told: &str) -> String {
    fn name(line: &str) -> &str {
        line.split(" | ").next().unwrap_or(line)
    }
    let (head, fresh): (Vec<&str>, Vec<&str>) =
        table.lines().partition(|line| ["| work", "|---|---|---|---|---|---|"].contains(&name(line)));
    let old = told.lines().skip_while(|line| name(line) != "| work").skip(2).take_while(|line| !line.is_empty());
    let kept = old.filter(|line| !fresh.iter().any(|one| name(one) == name(line)));
    let mut rows: Vec<&str> = kept.chain(fresh.iter().copied()).collect();
    let place = |line: &&str| ROWS.iter().position(|row| name(line) == format!("| {}", row.name));
    rows.sort_by_key(|line| place(line).unwrap_or(usize::MAX));
    head.into_iter().chain(rows).map(|line| format!("{line}\n")).collect()
}

/// What somebody wrote below the table, which stays.
fn remarks(page: &str) -> &str {
    let rest = page.split_once("\n| work |").map_or("", |(_, rest)| rest);
    rest.split_once("\n\n").map_or("", |(_, remarks)| remarks)
}

fn page(table: &str, remarks: &str) -> String {
    format!(
        "<!-- Written by `cargo xtask bench --write`. -->\n\n# Benchmarks\n\n\
         CPU time (user and system, of all threads) and largest resident memory, side by side in one run; \
         the fastest of {RUNS} runs counts, slow peers run once. Rows may be of different days, the two sides of a row are \
         not. Make the table yourself:\n\n\
         ```sh\ncargo xtask bench --corpus DIR --tools DIR --write\n```\n\n\
         `--corpus` is a folder with checkouts of pytorch/test-infra, kubeflow/manifests, openbao/openbao, \
         terraform-aws-modules/terraform-aws-eks and GoogleCloudPlatform/cloud-foundation-fabric, denoland/deno, \
         paperless-ngx/paperless-ngx, rustsec/advisory-db as `advisory-db` and its branch `osv` as `rustsec-osv`, and \
         with an image of Debian as a layout of OCI in `debian-image`; \
         `--tools` is searched for zizmor, checkov, ruff, kingfisher, gitleaks, cargo-audit, cdxgen and syft before \
         `PATH`. \
         What is missing is said in the table.\n\n{table}\n{remarks}"
    )
}
