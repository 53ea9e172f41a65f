//! Files of a source → records of advisories, entries of CISA's catalogue, scores of EPSS; and what was none of these.

use std::path::Path;
use std::sync::Mutex;

use anyhow::anyhow;
use palisade_advisory::Builder;
use palisade_advisory::osv::Advisory;
use palisade_inventory::yaml::{Node, Yaml};
use palisade_source::Entry;
use palisade_source::archive::{Bounds, unpacked_head};
use palisade_source::walk::{WalkOptions, walk};
use serde_json::Value;

/// A record larger than this is none; the largest public ones have some 2 MB.
pub(super) const RECORD_BYTES_MAX: usize = 16 << 20;

/// Enough of a file to tell what it is.
pub(super) const HEAD_BYTES: usize = 4 << 10;

/// What may come out of one archive: OSV's largest have a quarter of a million records, some gigabytes in all.
const ARCHIVE_BOUNDS: Bounds =
    Bounds { entries_max: 2_000_000, unpacked_bytes_max: 32 << 30, directory_bytes_max: 256 << 20 };

/// Names of refused files that are kept in mind.
const REFUSED_KEPT_MAX: usize = 1000;

/// What a source holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) builder: Builder,
    pub(super) records: usize,
    pub(super) kev: Vec<(String, (String, String, bool))>,
    pub(super) epss: Vec<(String, (f32, f32))>,
    /// Files that looked like records and were none.
    pub(super) refused: usize,
    /// The first of them.
    pub(super) refused_names: Vec<String>,
    /// Whether this is what changed, which may be nothing.
    pub(super) is_change: bool,
}

impl Found {
    /// Nothing yet; records go to the builder.
    pub(super) fn new(builder: Builder) -> Self {
        Self { builder, ..Self::default() }
    }

    /// Reads a file, an archive or a folder. One that was fetched is told under the name that it was fetched by.
    ///
    /// # Errors
    /// When it cannot be read, or an archive not to its end: a part of the records would pass for all of them.
    pub(super) fn read(self, source: &Path, fetched_as: Option<&str>) -> anyhow::Result<Self> {
        let label = source.to_string_lossy();
        let cut_off = Mutex::new(None);
        let found = Mutex::new(self);
        let options = WalkOptions {
            respect_gitignore: false,
            wanted: is_record_name,
            archive_bounds: ARCHIVE_BOUNDS,
            ..WalkOptions::default()
        };
        walk(source, &options, &|entry| {
            let path = match (fetched_as, entry.path().strip_prefix(&*label)) {
                (Some(name), Some(inside)) => format!("{name}{inside}"),
                _ => entry.path().to_owned(),
            };
            // The name of a file that was fetched says nothing, but where it lies does.
            if !is_record_name(entry.path()) {
                return;
            }
            let one = match &entry {
                Entry::File(file) if file.is_whole() && file.bytes.len() <= RECORD_BYTES_MAX => {
                    One::of(entry.path(), file.bytes)
                }
                Entry::File(file) if !file.is_first() => return,
                Entry::Unreadable { reason, .. } if is_archive_name(entry.path()) => {
                    if let Ok(mut cut_off) = cut_off.lock() {
                        cut_off.get_or_insert_with(|| anyhow!("{path} cannot be read to its end: {reason}"));
                    }
                    return;
                }
                // What is encrypted, or stands behind a link, in an archive is in it all the same.
                Entry::Skipped { path, .. } if !path.contains('!') => return,
                Entry::File(_) | Entry::Unreadable { .. } | Entry::Skipped { .. } => One::Refused,
            };
            if let Ok(mut found) = found.lock() {
                found.take(&path, one);
            }
        })?;
        match cut_off.into_inner() {
            Ok(None) => found.into_inner().map_err(|_| anyhow!("a reading thread failed")),
            Ok(Some(error)) => Err(error),
            Err(_) => Err(anyhow!("a reading thread failed")),
        }
    }

    /// Takes a file in.
    pub(super) fn take(&mut self, path: &str, one: One) {
        match one {
            One::Record(record) => {
                self.builder.add(*record);
                self.records += 1;
            }
            One::Kev(entries) => self.kev.extend(entries),
            One::Epss(entries) => self.epss.extend(entries),
            One::Foreign => {}
            One::Refused => {
                self.refused += 1;
                if self.refused_names.len() < REFUSED_KEPT_MAX {
                    self.refused_names.push(path.to_owned());
                }
            }
        }
    }
}

fn is_record_name(path: &str) -> bool {
    is_archive_name(path) || [".json", ".yaml", ".yml", ".csv"].iter().any(|ending| path.ends_with(ending))
}

fn is_archive_name(path: &str) -> bool {
    [".zip", ".gz", ".tgz", ".tar"].iter().any(|ending| path.ends_with(ending))
}

/// What a file holds.
pub(super) enum One {
    Record(Box<Advisory>),
    Kev(Vec<(String, (String, String, bool))>),
    Epss(Vec<(String, (f32, f32))>),
    /// Something else, of which repositories of advisories have some.
    Foreign,
    Refused,
}

impl One {
    /// Reads a file; its name says in which notation.
    pub(super) fn of(path: &str, bytes: &[u8]) -> Self {
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

/// The ending of a file by how it begins, and for what has no mark of its own by the end of its address; none when it is
/// nothing that is read.
pub(super) fn ending(head: &[u8], name: &str) -> Option<&'static str> {
    if head.starts_with(b"PK\x03\x04") {
        return Some("zip");
    }
    if head.starts_with(&[0x1F, 0x8B]) {
        let inside = unpacked_head(head);
        // What is compressed twice is nothing that anybody publishes.
        return match if inside.starts_with(&[0x1F, 0x8B]) { None } else { ending(&inside, "") } {
            Some("tar") => Some("tar.gz"),
            Some("json") => Some("json.gz"),
            Some("csv") => Some("csv.gz"),
            _ => None,
        };
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("tar");
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    match text {
        [b'{' | b'[', ..] => Some("json"),
        _ if text.starts_with(b"#model_version") || text.starts_with(b"cve,epss") => Some("csv"),
        [b'<', ..] => None,
        _ if name.ends_with(".yaml") || name.ends_with(".yml") => Some("yaml"),
        _ => None,
    }
}
