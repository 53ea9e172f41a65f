//! `palisade db`: the index of advisories, built from what lies on this machine, and opened where packages are compared.

mod signing;

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, anyhow, bail};
use palisade_advisory::osv::Advisory;
use palisade_advisory::{About, Builder, Enrichment, Index};
use palisade_inventory::yaml::{Node, Yaml};
use palisade_model::Timestamp;
use palisade_report::visible;
use palisade_source::Entry;
use palisade_source::walk::{WalkOptions, walk};
use serde_json::{Value, json};

use crate::arguments::PlainFormat;
use crate::arguments::packages::{DbPlace, DbUpdate, DbVerb};
use crate::console;
use crate::excepting::now;
use crate::exit::{Exit, hinted};

/// A record larger than this is none; the largest public ones have some 2 MB.
const RECORD_BYTES_MAX: usize = 16 << 20;

/// Names of refused files that are shown.
const REFUSED_SHOWN_MAX: usize = 5;

/// Runs the verb.
pub(crate) fn run(verb: &DbVerb) -> anyhow::Result<Exit> {
    match verb {
        DbVerb::Update(arguments) => update(arguments),
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

fn update(arguments: &DbUpdate) -> anyhow::Result<Exit> {
    let place = file_of(&arguments.place)?;
    let mut builder = Builder::default();
    let mut enrichment = Enrichment::default();
    if arguments.keep {
        let index = open_file(&place)
            .and_then(|index| Ok(builder.keep(&index)?))
            .with_context(|| format!("cannot keep what {} holds", place.display()));
        index.map_err(|error| hinted(error, "build it from all of its sources, without --keep"))?;
    }
    for source in &arguments.from {
        let shown = source.display().to_string();
        builder.source(&shown);
        let mut read = read(source, builder)?;
        builder = read.builder;
        read.refused.sort();
        if read.records + read.kev.len() + read.epss.len() == 0 {
            bail!("{shown} holds no advisory of OSV's schema, no catalogue of CISA and no scores of EPSS");
        }
        for name in &read.refused {
            builder.refuse();
            if read.refused.len() <= REFUSED_SHOWN_MAX {
                eprintln!("warning: not an advisory: {}", visible(name));
            }
        }
        if read.refused.len() > REFUSED_SHOWN_MAX {
            let first = read.refused.first().map(String::as_str).unwrap_or_default();
            eprintln!("warning: {} files of {shown} are no advisories, such as {}", read.refused.len(), visible(first));
        }
        enrichment.kev.extend(read.kev);
        enrichment.epss.extend(read.epss);
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
    if arguments.sign {
        let (text, key) = signing::signed(&open_file(&place)?.digest(), &arguments.key)?;
        crate::files::replace(folder, &format!("{name}.note"), text.as_bytes())?;
        eprintln!("signed; its public key, for PALISADE_ADVISORIES_KEY: {key}");
    }
    status(&arguments.place, false, None, arguments.format)
}

/// What a source holds.
#[derive(Default)]
struct Found {
    builder: Builder,
    records: usize,
    kev: Vec<(String, (String, String, bool))>,
    epss: Vec<(String, (f32, f32))>,
    refused: Vec<String>,
}

/// Reads a file, an archive or a folder, and hands its records to the builder.
fn read(source: &Path, builder: Builder) -> anyhow::Result<Found> {
    let found = Mutex::new(Found { builder, ..Found::default() });
    let options = WalkOptions { respect_gitignore: false, wanted: is_record_name, ..WalkOptions::default() };
    walk(source, &options, &|entry| {
        let path = entry.path().to_owned();
        if !is_record_name(&path) {
            return;
        }
        let one = match entry {
            Entry::File(file) if file.is_whole() && file.bytes.len() <= RECORD_BYTES_MAX => parse(&path, file.bytes),
            Entry::File(file) if !file.is_first() => return,
            Entry::File(_) | Entry::Unreadable { .. } => One::Refused,
            Entry::Skipped { .. } => return,
        };
        let Ok(mut found) = found.lock() else { return };
        match one {
            One::Record(record) => {
                found.builder.add(*record);
                found.records += 1;
            }
            One::Kev(entries) => found.kev.extend(entries),
            One::Epss(entries) => found.epss.extend(entries),
            One::Foreign => {}
            One::Refused => found.refused.push(path),
        }
    })?;
    found.into_inner().map_err(|_| anyhow!("a reading thread failed"))
}

fn is_record_name(path: &str) -> bool {
    [".json", ".yaml", ".yml", ".csv", ".zip", ".gz", ".tgz", ".tar"].iter().any(|ending| path.ends_with(ending))
}

/// What a file holds.
enum One {
    Record(Box<Advisory>),
    Kev(Vec<(String, (String, String, bool))>),
    Epss(Vec<(String, (f32, f32))>),
    /// Something else, of which repositories of advisories have some.
    Foreign,
    Refused,
}

fn parse(path: &str, bytes: &[u8]) -> One {
    if path.ends_with(".csv") {
        return epss(bytes).map_or(One::Foreign, One::Epss);
    }
    let has = |words: &[u8]| memchr::memmem::find(bytes, words).is_some();
    if has(b"\"catalogVersion\"") && has(b"\"cveID\"") {
        return kev(bytes).map_or(One::Refused, One::Kev);
    }
    let is_json = path.ends_with(".json");
    // Every record has a name and says what it is about; settings of the repository say neither.
    let looks = if is_json {
        has(b"\"id\"") && (has(b"\"affected\"") || has(b"\"withdrawn\""))
    } else {
        has(b"id:") && (has(b"\naffected:") || has(b"\nwithdrawn:"))
    };
    if !looks {
        return One::Foreign;
    }
    let record = if is_json { Advisory::parse(bytes) } else { Advisory::from_value(from_yaml(bytes)) };
    record.map_or(One::Refused, |record| One::Record(Box::new(record)))
}

/// YAML as the JSON that it stands for; records hold texts, lists and mappings.
fn from_yaml(bytes: &[u8]) -> Value {
    fn value(node: Node<'_>) -> Value {
        let node = node.resolve();
        if node.is_mapping() {
            let entry = |entry: palisade_inventory::yaml::Entry<'_>| {
                (entry.key.as_str().unwrap_or("").to_owned(), value(entry.value))
            };
            Value::Object(node.entries().map(entry).collect())
        } else if node.is_sequence() {
            Value::Array(node.items().map(value).collect())
        } else if node.is_null() {
            Value::Null
        } else {
            Value::String(node.as_str().unwrap_or("").to_owned())
        }
    }
    let yaml = Yaml::parse(String::from_utf8_lossy(bytes));
    yaml.root().map_or(Value::Null, value)
}

/// CISA's catalogue of known exploited vulnerabilities (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>).
fn kev(bytes: &[u8]) -> Option<Vec<(String, (String, String, bool))>> {
    let catalogue: Value = serde_json::from_slice(bytes).ok()?;
    let entries = catalogue.get("vulnerabilities")?.as_array()?.iter();
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let entries = entries.filter_map(|entry| {
        let ransomware = text(entry, "knownRansomwareCampaignUse").as_deref() == Some("Known");
        Some((
            text(entry, "cveID")?,
            (text(entry, "dateAdded")?, text(entry, "dueDate").unwrap_or_default(), ransomware),
        ))
    });
    Some(entries.collect())
}

/// Scores of EPSS (<https://www.first.org/epss/data_stats>): a comment, a head, and `cve,epss,percentile` on each line.
fn epss(bytes: &[u8]) -> Option<Vec<(String, (f32, f32))>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines().skip_while(|line| line.starts_with('#'));
    lines.next().filter(|head| head.starts_with("cve,epss,percentile"))?;
    let entries = lines.filter_map(|line| {
        let mut cells = line.split(',');
        let (cve, chance, rank) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        Some((cve.to_owned(), (chance, rank)))
    });
    Some(entries.collect())
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
