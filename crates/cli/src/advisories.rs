//! `palisade db`: the index of advisories, built from what the user names, and opened where packages are compared.

mod artifact;
mod bucket;
mod cache;
mod fetch;
mod records;
mod signing;
mod source;

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use palisade_advisory::{About, Builder, Enrichment, Index};
use palisade_model::Timestamp;
use palisade_report::visible;
use serde_json::json;

use crate::arguments::packages::{DbPlace, DbUpdate, DbVerb};
use crate::arguments::{Global, PlainFormat};
use crate::console;
use crate::excepting::now;
use crate::exit::{Exit, hinted};
use cache::Cache;
use fetch::Fetcher;
use records::Found;
use source::Source;

/// Names of refused files that are shown.
const REFUSED_SHOWN_MAX: usize = 5;

/// Runs the verb.
pub(crate) fn run(verb: &DbVerb, global: &Global) -> anyhow::Result<Exit> {
    match verb {
        DbVerb::Update(arguments) => update(arguments, global),
        DbVerb::Status { place, verify, vkey, format } => status(place, *verify, vkey.as_deref(), *format),
    }
}

/// Where the index lies: as the user says, or beside the user's other data.
fn file_of(place: &DbPlace) -> anyhow::Result<PathBuf> {
    match (&place.index, usual_file()) {
        (Some(file), _) => Ok(file.clone()),
        (None, Some(file)) => Ok(file),
        (None, None) => Err(hinted(
            anyhow!("there is no home folder for the index"),
            "name a file with --index, or set XDG_DATA_HOME",
        )),
    }
}

/// Where scans look for it.
fn usual_file() -> Option<PathBuf> {
    let folder_of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(file) = folder_of("PALISADE_ADVISORIES") {
        return Some(file);
    }
    let data = folder_of("XDG_DATA_HOME").filter(|folder| folder.is_absolute());
    let data = data.or_else(|| folder_of("HOME").map(|home| home.join(".local/share")))?;
    Some(data.join("palisade/advisories.index"))
}

/// The index that scans compare with, if there is one.
///
/// # Errors
/// When there is one and it cannot be used: silence would look like a clean result.
pub(crate) fn open() -> anyhow::Result<Option<Arc<Index>>> {
    // One that was named has to be there.
    let named = std::env::var_os("PALISADE_ADVISORIES").is_some_and(|value| !value.is_empty());
    let Some(file) = usual_file().filter(|file| named || file.exists()) else { return Ok(None) };
    let shown = || format!("cannot use the advisory index {}", file.display());
    let index = open_file(&file).with_context(shown)?;
    signing::demand(&index, &file, None).with_context(shown)?;
    Ok(Some(Arc::new(index)))
}

fn open_file(path: &Path) -> anyhow::Result<Index> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(Index::open(Box::new(move |at, out: &mut [u8]| file.read_exact_at(out, at)), length)?)
}

fn update(arguments: &DbUpdate, global: &Global) -> anyhow::Result<Exit> {
    let place = file_of(&arguments.place)?;
    let mut builder = Builder::default();
    let mut enrichment = Enrichment::default();
    if arguments.keep {
        let index = open_file(&place)
            .and_then(|index| Ok(builder.keep(&index)?))
            .with_context(|| format!("cannot keep what {} holds", place.display()));
        index.map_err(|error| hinted(error, "build it from all of its sources, without --keep"))?;
    }
    let sources: Vec<Source> =
        arguments.from.iter().map(|from| Source::parse(from, global.offline)).collect::<anyhow::Result<_>>()?;
    let mut fetcher = Fetcher::new(Cache::beside(&place));
    for source in &sources {
        let shown = &source.shown;
        let since = builder.newest_of(shown).map(str::to_owned);
        builder.source(shown);
        let mut found = source.read(&mut fetcher, since.as_deref(), Found::new(builder))?;
        builder = found.builder;
        if found.records + found.kev.len() + found.epss.len() == 0 && !found.is_change {
            bail!("{shown} holds no advisory of OSV's schema, no catalogue of CISA and no scores of EPSS");
        }
        builder.refuse(found.refused);
        found.refused_names.sort();
        if found.refused > REFUSED_SHOWN_MAX {
            let first = found.refused_names.first().map(String::as_str).unwrap_or_default();
            eprintln!("warning: {} files of {shown} are no advisories, such as {}", found.refused, visible(first));
        } else {
            found.refused_names.iter().for_each(|name| eprintln!("warning: not an advisory: {}", visible(name)));
        }
        enrichment.kev.extend(found.kev);
        enrichment.epss.extend(found.epss);
    }
    if builder.is_empty() {
        bail!("there was no advisory among the sources");
    }
    let bytes = builder.finish(&enrichment, now().0)?;
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let name = place.file_name().and_then(|name| name.to_str()).context("the index has no name")?;
    // A signature of the index that was there says nothing of this one.
    let note = signing::note_of(&place);
    match std::fs::remove_file(&note) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", note.display()));
        }
        _ => {}
    }
    crate::files::replace(folder, name, &bytes)?;
    if let Err(error) = fetcher.cache.settle(!arguments.keep) {
        // The index is whole without it.
        eprintln!("warning: what was fetched is not kept for the next time: {error}");
    }
    if arguments.sign {
        let (text, key) = signing::signed(&open_file(&place)?.digest(), &arguments.key)?;
        crate::files::replace(folder, &format!("{name}.note"), text.as_bytes())?;
        eprintln!("signed; its public key, for PALISADE_ADVISORIES_KEY: {key}");
    }
    status(&arguments.place, false, None, arguments.format)
}

fn status(place: &DbPlace, verify: bool, vkey: Option<&str>, format: PlainFormat) -> anyhow::Result<Exit> {
    let path = file_of(place)?;
    let opened = open_file(&path).with_context(|| format!("cannot use the advisory index {}", path.display()));
    let index = opened.map_err(|error| hinted(error, "`palisade db update --from DIRECTORY` builds one"))?;
    if verify {
        index.verify().with_context(|| format!("{} cannot be trusted", path.display()))?;
    }
    let signer = signing::demand(&index, &path, vkey)?;
    let about = index.about()?;
    let (digest, days) = (index.digest(), now().date().days_since(Timestamp(about.built).date()));
    console::print(|out| match format {
        PlainFormat::Json => {
            let document = json!({
                "schema": "palisade.db/1", "index": path.display().to_string(), "digest": format!("sha256:{digest}"),
                "verified": verify, "signer": signer, "built": Timestamp(about.built).rfc3339(), "newest": about.newest,
                "advisories": about.advisories, "withdrawn": about.withdrawn, "packages": about.packages,
                "ecosystems": about.ecosystems.iter().map(|(name, count)| (name.clone(), json!(count))).collect::<serde_json::Map<_, _>>(),
                "sources": about.sources,
            });
            writeln!(out, "{document:#}")
        }
        PlainFormat::Human => human(out, &path, &about, &digest, days, verify, signer.as_deref()),
    })?;
    Ok(Exit::Done)
}

fn human(
    out: &mut dyn std::io::Write,
    path: &Path,
    about: &About,
    digest: &str,
    days: i64,
    verified: bool,
    signer: Option<&str>,
) -> std::io::Result<()> {
    let age = match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    };
    let counted = |count: u32, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    let (advisories, packages) =
        (counted(about.advisories, "advisory", "advisories"), counted(about.packages, "package", "packages"));
    writeln!(out, "{advisories} on {packages}, built {age}")?;
    writeln!(out, "  newest     {}", visible(&about.newest))?;
    writeln!(out, "  withdrawn  {}, left out", about.withdrawn)?;
    for (name, count) in &about.ecosystems {
        writeln!(out, "  {count:>9}  {}", visible(name))?;
    }
    for source in &about.sources {
        let taken = counted(source.taken, "record", "records");
        writeln!(out, "  from       {} ({taken}, {} refused)", visible(&source.name), source.refused)?;
    }
    let checked = if verified { ", every byte checked" } else { "" };
    writeln!(out, "  digest     sha256:{digest}{checked}")?;
    if let Some(signer) = signer {
        writeln!(out, "  signed by  {}", visible(signer))?;
    }
    writeln!(out, "  index      {}", visible(&path.display().to_string()))
}
