//! `sbom` as data.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use palisade_report::SbomFormat;

/// `palisade sbom`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Sbom {
    /// A directory, or one lock file or manifest.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
    /// How to print; `json` is CycloneDX 1.6.
    #[arg(long, default_value = "human", value_parser = format())]
    pub(crate) format: SbomFormat,
    /// List every file; by default a person is shown the first of them.
    #[arg(long)]
    pub(crate) all: bool,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The files of a git revision instead of those on disk.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  palisade sbom                                        what this directory ships, as a table
  palisade sbom --format cyclonedx -o sbom.cdx.json    CycloneDX 1.6
  palisade sbom --format spdx-3.0 --revision v1.2.0    SPDX 3.0 of a tag

The same input gives the same bytes. CycloneDX carries a time only if one is known: that of the commit with --revision,
or SOURCE_DATE_EPOCH. SPDX demands one, and has the present where none is known.";

/// The names of formats, so that shells complete them.
fn format() -> impl TypedValueParser<Value = SbomFormat> {
    PossibleValuesParser::new(SbomFormat::names()).try_map(|name| name.parse::<SbomFormat>())
}
