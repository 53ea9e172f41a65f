//! `plan` as data.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Look;

/// `palisade plan`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Plan {
    /// A directory; its CODEOWNERS names the owners of tickets.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
    /// How to print.
    #[arg(long, default_value = "markdown", value_parser = plan_format())]
    pub(crate) format: palisade_report::PlanFormat,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Plan what an earlier scan found, written by `palisade scan --format json`, instead of scanning.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// The plan before, written by `palisade plan --format json`: what it filed is not filed again, what is clean by
    /// now is closed. Without it, `.palisade/plan.json` of the target, when it is there.
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// Only this ticket: show it, and exit with 1 while it is open, with 2 when no check measured it.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["format", "output"])]
    pub(crate) ticket: Option<String>,
    /// What is looked at, and how.
    #[command(flatten)]
    pub(crate) look: Look,
}

const EXAMPLES: &str = "\
Examples:
  palisade plan                                             to read
  palisade plan --format jira-csv -o backlog.csv            for Jira's import
  palisade plan --format json -o .palisade/plan.json        keep what was filed
  palisade plan --format github-json                        what to do with each issue since then
  palisade plan --ticket E2-T2                              is it done?";

fn plan_format() -> impl TypedValueParser<Value = palisade_report::PlanFormat> {
    let names = palisade_report::PlanFormat::ALL.map(palisade_report::PlanFormat::name);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<palisade_report::PlanFormat>())
}
