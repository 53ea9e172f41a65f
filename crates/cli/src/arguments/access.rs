//! `iam` as data.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `palisade iam`
#[derive(Debug, Subcommand)]
pub(crate) enum IamVerb {
    /// Write the least policy that recorded calls needed, and say what it would break.
    Narrow(Narrow),
}

/// `palisade iam narrow`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Narrow {
    /// The policy as JSON: what a role, user or group may do.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// Records of CloudTrail: a file or folder of .json, .json.gz or lines of JSON. May be repeated.
    #[arg(long, value_name = "LOGS", required = true)]
    pub(crate) cloudtrail: Vec<PathBuf>,
    /// Only calls of principals whose ARN or name holds this text, such as role/ci.
    #[arg(long, value_name = "TEXT")]
    pub(crate) principal: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = NarrowFormat::Human)]
    pub(crate) format: NarrowFormat,
    /// Write the narrowed policy to a file as well.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How `iam narrow` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NarrowFormat {
    /// The difference, and what is to be known about it.
    Human,
    /// The narrowed policy and all that is known, as data.
    Json,
}

const EXAMPLES: &str = "\
Examples:
  palisade iam narrow --policy ci.json --cloudtrail logs/                       what would change
  palisade iam narrow --policy ci.json --cloudtrail logs/ -o ci.narrow.json     and write it
  palisade iam narrow --policy ci.json --cloudtrail logs/ --principal role/ci   one role's calls only";
