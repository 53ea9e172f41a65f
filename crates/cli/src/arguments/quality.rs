//! `quality` as data.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `palisade quality`
#[derive(Debug, Subcommand)]
pub(crate) enum QualityVerb {
    /// Add the numbers of this run to .palisade/trend.jsonl, which later runs are compared with.
    Record(QualityRecord),
}

/// `palisade quality record`
#[derive(Debug, Args)]
pub(crate) struct QualityRecord {
    /// The root of the repository.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
}
