//! `sbom` and `db` as data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use palisade_report::SbomFormat;

use super::PlainFormat;
use super::judging::Key;

/// `palisade sbom`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Sbom {
    /// What to do instead of listing; a folder of that name is `./diff`.
    #[command(subcommand)]
    pub(crate) verb: Option<SbomVerb>,
    /// A directory, one lock file or manifest, a bill of materials in CycloneDX or SPDX, or a container image: a layout
    /// or an archive on disk, or a name with a tag, a digest or a registry.
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
    /// Of an image for several platforms this one, such as linux/arm64; linux/amd64 by default.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<palisade_source::image::Platform>,
    /// The files of a git revision instead of those on disk.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
}

/// What can be done with bills beside listing.
#[derive(Debug, Subcommand)]
pub(crate) enum SbomVerb {
    /// Say what is different between two lists of packages: added, removed, upgraded, downgraded, licences, sources,
    /// scripts, vulnerabilities.
    Diff(SbomDiff),
}

/// `palisade sbom diff`
#[derive(Debug, Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct SbomDiff {
    /// The earlier one: a folder, a lock file, a bill of materials in CycloneDX or SPDX, or a git revision.
    #[arg(value_name = "A")]
    pub(crate) before: String,
    /// The later one, likewise.
    #[arg(value_name = "B", default_value = ".")]
    pub(crate) after: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t = DiffForm::Human)]
    pub(crate) format: DiffForm,
    /// List every package; by default a person is shown the first of them.
    #[arg(long)]
    pub(crate) all: bool,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  palisade sbom diff main                              what the working tree changes against main
  palisade sbom diff v1.0.0 v1.1.0 --format markdown   for the notes of a release, or a pull request
  palisade sbom diff vendor-old.json vendor-new.xml    two bills, in whatever form each is

A path wins over a revision of the same name. Exit codes: 0, whatever is different; 2 when something cannot be read.";

/// Formats of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffForm {
    /// For people.
    Human,
    /// For a comment on a pull request.
    Markdown,
    /// For programs.
    Json,
}

const EXAMPLES: &str = "\
Examples:
  palisade sbom                                        what this directory ships, as a table
  palisade sbom --format cyclonedx -o sbom.cdx.json    CycloneDX 1.6
  palisade sbom --format spdx-3.0 --revision v1.2.0    SPDX 3.0 of a tag
  palisade sbom registry.example/shop:1.2              an image of a registry
  palisade sbom oci:build/shop:1.2                     an image in a layout on disk
  palisade sbom vendor.cdx.json --format spdx          another form of a bill that somebody wrote
  palisade sbom diff main                              what changed since main

The same input gives the same bytes. CycloneDX carries a time only if one is known: that of the commit with --revision,
or SOURCE_DATE_EPOCH. SPDX demands one, and has the present where none is known.";

/// The names of formats, so that shells complete them.
fn format() -> impl TypedValueParser<Value = SbomFormat> {
    PossibleValuesParser::new(SbomFormat::names()).try_map(|name| name.parse::<SbomFormat>())
}

/// `palisade vex`
#[derive(Debug, Subcommand)]
pub(crate) enum VexVerb {
    /// Write the exceptions of a target from known faults of its packages as VEX: an accepted risk as `affected` with
    /// what was decided, one whose exception has a `justification` as `not_affected`.
    Export(VexExport),
}

/// `palisade vex export`
#[derive(Debug, Args)]
#[command(after_help = VEX_EXAMPLES)]
pub(crate) struct VexExport {
    /// A directory with a lock file and exceptions.
    #[arg(default_value = ".")]
    pub(crate) target: PathBuf,
    /// The standard.
    #[arg(long, value_enum, default_value_t = VexForm::Openvex)]
    pub(crate) format: VexForm,
    /// Who states it.
    #[arg(long)]
    pub(crate) author: String,
    /// What the statements are about, as a package URL; `pkg:generic/NAME` of the directory by default.
    #[arg(long, value_name = "PURL")]
    pub(crate) product: Option<String>,
    /// The author's own address on the web, which CSAF demands.
    #[arg(long, value_name = "URL", required_if_eq("format", "csaf"))]
    pub(crate) namespace: Option<String>,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

const VEX_EXAMPLES: &str = "\
Examples:
  palisade vex export --author \"Shop <security@example.com>\" --product pkg:npm/shop@1.2.3
  palisade vex export --format csaf --author Shop --namespace https://shop.example -o shop.vex.json

The same input gives the same bytes where SOURCE_DATE_EPOCH sets the time.";

/// Standards of VEX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VexForm {
    /// OpenVEX 0.2.
    Openvex,
    /// CycloneDX 1.6 with analyses.
    Cyclonedx,
    /// CSAF 2.0, profile VEX.
    Csaf,
}

/// `palisade db`
#[derive(Debug, Subcommand)]
pub(crate) enum DbVerb {
    /// Build the index of advisories anew from folders, archives and files on this machine, or from where they are
    /// published.
    Update(DbUpdate),
    /// Say how old the index is, what it was built from and what it holds.
    Status {
        /// Where it lies.
        #[command(flatten)]
        place: DbPlace,
        /// Read all of it and compare with its digest.
        #[arg(long)]
        verify: bool,
        /// The key that must have signed it, as `db update --sign` prints it; also PALISADE_ADVISORIES_KEY.
        #[arg(long, value_name = "KEY")]
        vkey: Option<String>,
        /// How to print.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
}

/// `palisade db update`
#[derive(Debug, Args)]
#[command(after_help = DB_EXAMPLES)]
pub(crate) struct DbUpdate {
    /// Where advisories are: folders (such as a checkout of a database), archives (such as OSV's all.zip) or files, in
    /// OSV's schema as JSON or YAML; CISA's catalogue of exploited vulnerabilities as JSON; EPSS scores as CSV. Or
    /// `https://HOST/FILE` of one of these; `https://HOST/ECOSYSTEM/`, with a slash at its end, of a mirror of OSV's;
    /// `oci://REGISTRY/NAME:TAG` or `oci:PATH`, an artifact whose layers are such archives. Repeated for each. The index
    /// holds what these hold and nothing of earlier ones, unless --keep is given.
    #[arg(long, value_name = "SOURCE", required = true)]
    pub(crate) from: Vec<PathBuf>,
    /// Begin with what the index holds already, and put these on top: for a day's changes. Of a mirror only what changed
    /// since is fetched.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Sign the index; the signature lies beside it as `.note`.
    #[arg(long)]
    pub(crate) sign: bool,
    /// What signs it.
    #[command(flatten)]
    pub(crate) key: Key,
    /// Where the index goes.
    #[command(flatten)]
    pub(crate) place: DbPlace,
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub(crate) format: PlainFormat,
}

/// Where the index lies.
#[derive(Debug, Args)]
pub(crate) struct DbPlace {
    /// The file of the index, instead of palisade/advisories.index in XDG_DATA_HOME or ~/.local/share; also
    /// PALISADE_ADVISORIES, which scans follow too.
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
}

const DB_EXAMPLES: &str = "\
Examples:
  palisade db update --from vulndb/data/osv --from advisory-database/vulns
  palisade db update --from all.zip --from known_exploited_vulnerabilities.json --from epss_scores.csv.gz
  palisade db update --keep --from todays-changes
  palisade db update --keep --from https://mirror.example/osv/Go/ --from https://mirror.example/osv/npm/
  palisade db update --from oci://registry.example/security/advisories:latest
  palisade db update --sign --from all.zip --index team.index
  PALISADE_ADVISORIES=team.index palisade scan --select packages";
