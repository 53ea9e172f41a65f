//! `palisade sbom`: the packages of a target, in the formats that others read.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use palisade_model::Timestamp;
use palisade_report::SbomFormat;

use crate::arguments::{Global, Sbom};
use crate::bill::{self, Gathered};
use crate::console;
use crate::exit::Exit;

/// Runs the verb.
pub(crate) fn run(arguments: &Sbom, global: &Global) -> anyhow::Result<Exit> {
    let path = &arguments.target;
    let Gathered { name, version, time, bill } = match &arguments.revision {
        Some(revision) => bill::of_revision(path, revision)?,
        None => bill::of_path(path)?,
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
        bill: &bill,
        time: time_given()?.or(time),
        now: Timestamp(i64::try_from(now).unwrap_or(i64::MAX)),
    };
    console::write(arguments.output.as_deref(), global, arguments.all, |style, out| {
        palisade_report::write_sbom(out, &sbom, arguments.format, *style)
    })?;
    Ok(Exit::Done)
}

/// The time that reproducible builds set (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn time_given() -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|text| text.parse::<i64>().ok()).filter(|seconds| *seconds >= 0);
    Ok(Some(Timestamp(seconds.context("SOURCE_DATE_EPOCH is not a number of seconds since 1970")?)))
}
