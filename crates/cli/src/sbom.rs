//! `palisade sbom`: the packages of a target, in the formats that others read.

use std::path::Path;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow};
use palisade_inventory::package::{Bill, Read, is_manifest};
use palisade_model::Timestamp;
use palisade_report::SbomFormat;
use palisade_source::walk::{WalkOptions, walk};
use palisade_source::{Entry, Visit};

use crate::arguments::{Global, Sbom};
use crate::config::Config;
use crate::exit::{Exit, hinted};
use crate::{console, git_target, image, target};

/// Runs the verb.
pub(crate) fn run(arguments: &Sbom, global: &Global) -> anyhow::Result<Exit> {
    let path = &arguments.target;
    if let Some(named) = image::named(path) {
        return of_image(&named, arguments, global);
    }
    let config = if path.is_dir() { target::load_config(path)? } else { Config::default() };
    let mut version = None;
    let mut time = time_given()?;
    let reads = match &arguments.revision {
        Some(revision) => collect(|visit| {
            let commit = git_target::visit_revision(path, revision, &config, &is_manifest, visit)?;
            version = Some(commit.id.to_string());
            time = time.or(Some(Timestamp(commit.commit_seconds)));
            Ok(())
        })?,
        None => {
            let options = WalkOptions {
                exclude: config.scan.exclude.clone(),
                open_archives: false,
                wanted: is_manifest,
                ..WalkOptions::default()
            };
            collect(|visit| Ok(walk(path, &options, visit)?))?
        }
    };
    written(arguments, global, &Bill::of(reads), Named { name: name_of(path), version, layers: None, time })
}

/// What a bill is of.
struct Named {
    name: String,
    version: Option<String>,
    layers: Option<Vec<String>>,
    time: Option<Timestamp>,
}

/// The packages of a container image.
fn of_image(named: &image::Named, arguments: &Sbom, global: &Global) -> anyhow::Result<Exit> {
    if arguments.revision.is_some() {
        return Err(anyhow!("{} is an image, and has no revisions", named.shown));
    }
    let opened = named.open(arguments.platform.as_ref(), global.offline)?;
    let contents = image::read(&opened, None)?;
    let layers = opened.layers.iter().map(|layer| layer.id().to_owned()).collect();
    let name = Named {
        name: named.shown.clone(),
        version: Some(opened.digest.clone()),
        layers: Some(layers),
        time: time_given()?,
    };
    written(arguments, global, &contents.bill, name)
}

fn written(arguments: &Sbom, global: &Global, bill: &Bill, named: Named) -> anyhow::Result<Exit> {
    if bill.files.is_empty() {
        let error = anyhow!("{} holds no lock file or manifest that is known", arguments.target.display());
        crate::exit::print_error(
            &hinted(error, "`palisade sbom DIRECTORY` reads every lock file below it; git-ignored ones are left out"),
            false,
        );
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
        name: named.name,
        version: named.version,
        layers: named.layers.as_deref(),
        bill,
        time: named.time,
        now: Timestamp(i64::try_from(now).unwrap_or(i64::MAX)),
    };
    console::write(arguments.output.as_deref(), global, arguments.all, |style, out| {
        palisade_report::write_sbom(out, &sbom, arguments.format, *style)
    })?;
    Ok(Exit::Done)
}

/// Reads the manifests among the entries that a reader yields. One that cannot be read stays in the list, so that the
/// bill says what it lacks.
fn collect(read: impl FnOnce(&Visit<'_>) -> anyhow::Result<()>) -> anyhow::Result<Vec<Read>> {
    let reads = Mutex::new(Vec::new());
    read(&|entry| {
        let read = match &entry {
            Entry::File(file) if file.is_whole() => Read::of(file.path, file.bytes),
            Entry::File(file) if !file.is_first() => None,
            Entry::File(file) if file.binary => Some(Read::refused(file.path, "binary")),
            Entry::File(file) => Some(Read::refused(file.path, "too large to be read")),
            Entry::Skipped { path, reason } | Entry::Unreadable { path, reason } => Some(Read::refused(path, reason)),
        };
        if let Ok(mut reads) = reads.lock() {
            reads.extend(read);
        }
    })?;
    reads.into_inner().map_err(|_| anyhow!("a reading thread failed"))
}

/// The time that reproducible builds set (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn time_given() -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|text| text.parse::<i64>().ok()).filter(|seconds| *seconds >= 0);
    Ok(Some(Timestamp(seconds.context("SOURCE_DATE_EPOCH is not a number of seconds since 1970")?)))
}

/// What a person would call the target: the name of its folder or file.
fn name_of(path: &Path) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    real.file_name().map_or_else(|| "target".to_owned(), |name| name.to_string_lossy().into_owned())
}
