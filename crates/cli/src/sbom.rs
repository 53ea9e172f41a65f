//! `palisade sbom`: the packages of a target, in the formats that others read.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow};
use palisade_checks::packages::{compare_versions, known};
use palisade_inventory::package::{Bill, diff};
use palisade_model::Timestamp;
use palisade_report::{DiffFormat, DiffSide, SbomFormat};

use crate::arguments::packages::{DiffForm, SbomDiff, SbomVerb};
use crate::arguments::{Global, Sbom};
use crate::bill::{self, Gathered};
use crate::exit::{Exit, hinted};
use crate::{advisories, console, image};

/// Runs the verb.
pub(crate) fn run(arguments: &Sbom, global: &Global) -> anyhow::Result<Exit> {
    if let Some(SbomVerb::Diff(arguments)) = &arguments.verb {
        return difference(arguments, global);
    }
    let path = &arguments.target;
    let image = image::named(path);
    let Gathered { name, version, time, layers, bill } = match (&arguments.revision, &image) {
        (Some(_), Some(named)) => return Err(anyhow!("{} is an image, and has no revisions", named.shown)),
        (None, Some(named)) => bill::of_image(named, arguments.platform.as_ref(), global.offline)?,
        (Some(revision), None) => bill::of_revision(path, revision)?,
        (None, None) => bill::of_path(path)?,
    };
    if bill.files.is_empty() {
        crate::exit::print_error(&bill::nothing_in(path), false);
        return Ok(Exit::Nothing);
    }
    let lacking = bill.files.iter().filter(|file| !file.gaps.is_empty()).count();
    if lacking > 0 && (arguments.format != SbomFormat::Human || arguments.output.is_some()) {
        let files = if lacking == 1 { "1 file was".to_owned() } else { format!("{lacking} files were") };
        eprintln!("warning: {files} not understood to the end, so the list may lack packages");
        eprintln!("hint: `palisade sbom` without --format names them");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let sbom = palisade_report::Sbom {
        name,
        version,
        layers: layers.as_deref(),
        bill: &bill,
        time: time_given()?.or(time),
        now: Timestamp(i64::try_from(now).unwrap_or(i64::MAX)),
    };
    console::write(arguments.output.as_deref(), global, arguments.all, |style, out| {
        palisade_report::write_sbom(out, &sbom, arguments.format, *style)
    })?;
    Ok(Exit::Done)
}

/// `palisade sbom diff`
fn difference(arguments: &SbomDiff, global: &Global) -> anyhow::Result<Exit> {
    let before = bill::operand(&arguments.before, global.offline)?.bill;
    let after = bill::operand(&arguments.after, global.offline)?.bill;
    if before.files.is_empty() && after.files.is_empty() {
        return Err(hinted(
            anyhow!("neither {} nor {} holds a lock file or manifest that is known", arguments.before, arguments.after),
            "`palisade sbom` says what is read; git-ignored files are left out",
        ));
    }
    let index = advisories::open()?;
    let side = |name: &str, bill: &Bill| {
        let faults = index.as_ref().map(|index| known(index, bill)).transpose();
        let name = if name == "." { "the working tree".to_owned() } else { name.to_owned() };
        faults.map(|faults| (name, faults)).context("cannot read the advisory index to its end")
    };
    let (old, new) = (side(&arguments.before, &before)?, side(&arguments.after, &after)?);
    let report = palisade_report::SbomDiff {
        changes: diff(&before, &after, &compare_versions),
        before: DiffSide { name: old.0, bill: &before, faults: old.1 },
        after: DiffSide { name: new.0, bill: &after, faults: new.1 },
        index: index.map(|index| index.digest()),
    };
    let format = match arguments.format {
        DiffForm::Human => DiffFormat::Human,
        DiffForm::Markdown => DiffFormat::Markdown,
        DiffForm::Json => DiffFormat::Json,
    };
    console::write(arguments.output.as_deref(), global, arguments.all, |style, out| {
        palisade_report::write_sbom_diff(out, &report, format, style)
    })?;
    Ok(Exit::Done)
}

/// The time that reproducible builds set (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub(crate) fn time_given() -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|text| text.parse::<i64>().ok()).filter(|seconds| *seconds >= 0);
    Ok(Some(Timestamp(seconds.context("SOURCE_DATE_EPOCH is not a number of seconds since 1970")?)))
}
