//! `data` as data.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `palisade data`
#[derive(Debug, Subcommand)]
pub(crate) enum DataVerb {
    /// Run migrations up, down and up again in a database made for the purpose, and drop it.
    Check(DataCheck),
}

/// `palisade data check`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DataCheck {
    /// The root of the repository.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
    /// A PostgreSQL on this machine, as postgresql://USER@HOST:PORT/DATABASE. Nothing runs in DATABASE itself: a
    /// database of its own is created beside it and dropped. A password comes from PGPASSWORD or ~/.pgpass.
    #[arg(long, value_name = "URL")]
    pub(crate) database: String,
    /// The folder of migrations, when there are several.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<String>,
    /// A host other than this machine whose PostgreSQL holds nothing of worth, such as a service of a CI job.
    #[arg(long, value_name = "HOST")]
    pub(crate) scratch_host: Option<String>,
    /// Seconds that one migration may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) time_limit: u32,
    /// How to print.
    #[arg(long, default_value = "human", value_enum)]
    pub(crate) format: DataFormat,
}

const EXAMPLES: &str = "\
Examples:
  palisade data check --database postgresql://postgres@localhost/postgres
  palisade data check --database postgresql://postgres@postgres/postgres --scratch-host postgres
  palisade data check --database postgresql:///postgres --folder db/migrations --format json";

/// How `data check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataFormat {
    /// For a person.
    Human,
    /// For a program.
    Json,
}
