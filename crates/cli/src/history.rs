//! Secrets in all of history: every blob ever stored, each stored byte looked at once.
//!
//! The sweep knows no paths, so it looks with the most open eye; what it saw is then judged again in the
//! files where it stood, each with its path. A secret that no commit holds any more is reported by the name
//! of its blob.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use palisade_checks::secrets::{Engine, Match};
use palisade_checks::{FileReport, Host, Scan, Scanner};
use palisade_inventory::{Facts, Format};
use palisade_model::{Coverage, Finding, Fingerprint, History, Skipped, Span, Timestamp};
use palisade_source::git::history::{self, Place, places};
use palisade_source::git::objects::Objects;
use palisade_source::git::pack::Tools;
use palisade_source::git::repository::Repository;
use palisade_source::git::sweep::{Detect, Extent, Swept};
use palisade_source::git::{ObjectId, ObjectKind};
use palisade_source::walk::Excluded;

use crate::config::Config;

/// A secret that stands in more files than this is judged in the first ones.
const PLACES_TRIED_MAX: usize = 16;

/// More threads than this wait for each other.
const THREADS_MAX: usize = 8;

/// Scans every blob of the repository that `folder` is in.
pub(crate) fn scan(scanner: &Scanner, folder: &Path, config: &Config) -> anyhow::Result<Scan> {
    let repository = Repository::discover(folder)?;
    let excluded = Excluded::new(&config.scan.exclude)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let objects = repository.objects();
    let (held, coverage) = sweep(scanner.engine(), &objects, threads);
    let blobs: HashSet<ObjectId> = held.blobs.iter().map(|(blob, _)| *blob).collect();
    let history = if blobs.is_empty() {
        history::History::default()
    } else {
        places(&objects, &blobs, repository.head(), threads)
    };
    let findings = judge(scanner, &objects, &held, &history, &excluded, threads);
    let facts = Facts::new("".into(), Format::Other);
    Ok(scanner.finish(
        vec![FileReport { findings, facts, coverage, marks: Vec::new() }],
        Host { read: &|_| None, renderer: None },
    ))
}

/// What a sweep saw: values, and the blobs that hold them.
#[derive(Default)]
pub(crate) struct Held {
    /// One match for each value, as it was first met.
    pub(crate) values: Vec<Match>,
    /// Blob → values, by number.
    pub(crate) blobs: Vec<(ObjectId, Vec<u32>)>,
}

/// Looks at every blob.
pub(crate) fn sweep(engine: &Engine, objects: &Objects, threads: usize) -> (Held, Coverage) {
    let looker = Looker { engine, table: Mutex::default() };
    let blobs = Mutex::new(BTreeMap::<ObjectId, HashSet<u32>>::new());
    let unreadable = Mutex::new(Vec::new());
    let statistics = objects.sweep(&looker, threads, &|swept| match swept {
        Swept::Found { blob, extents, .. } => {
            let numbers = looker.settled(extents);
            if let Ok(mut blobs) = blobs.lock() {
                blobs.entry(blob).or_default().extend(numbers);
            }
        }
        Swept::Unreadable { object, error } => {
            if let Ok(mut unreadable) = unreadable.lock() {
                unreadable.push(Skipped { path: format!("object {object}"), reason: error.to_string() });
            }
        }
    });
    let unreadable = unreadable.into_inner().unwrap_or_default();
    let blobs_read = usize::try_from(statistics.blobs - statistics.binary).unwrap_or(usize::MAX);
    let mut coverage =
        Coverage { parsed: blobs_read, seen: blobs_read + unreadable.len(), unreadable, ..Coverage::default() };
    if statistics.binary > 0 {
        let reason = format!("{} binary versions of files", statistics.binary);
        coverage.skipped.push(Skipped { path: "history".to_owned(), reason });
        coverage.seen += 1;
    }
    for (path, error) in objects.problems() {
        coverage.seen += 1;
        coverage.unreadable.push(Skipped { path: path.display().to_string(), reason: error.to_string() });
    }
    let blobs = blobs.into_inner().unwrap_or_default().into_iter();
    let blobs = blobs.map(|(blob, numbers)| (blob, numbers.into_iter().collect())).collect();
    (Held { values: looker.table.into_inner().unwrap_or_default().values, blobs }, coverage)
}

/// The engine as the sweep's detector.
struct Looker<'a> {
    engine: &'a Engine,
    table: Mutex<Table>,
}

/// Values by number.
#[derive(Default)]
struct Table {
    numbers: HashMap<(&'static str, Box<[u8]>), u32>,
    values: Vec<Match>,
}

impl Detect for Looker<'_> {
    fn disturbed(&self, bytes: &[u8], join: usize) -> Range<usize> {
        self.engine.disturbed(bytes, join)
    }

    fn detect(&self, bytes: &[u8], asked: Range<usize>, found: &mut Vec<Extent>) {
        self.engine.scan_part("", bytes, asked, &mut |part| {
            let offset = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
            let (start, end) = part.found.as_ref().map_or((0, 0), |one| (one.span.start, one.span.end));
            let mark = part.found.and_then(|one| self.number(one));
            found.push(Extent { at: offset(part.at), from: offset(part.from), to: offset(part.to), start, end, mark });
        });
    }
}

impl Looker<'_> {
    fn number(&self, one: Match) -> Option<u32> {
        let mut table = self.table.lock().ok()?;
        let table = &mut *table;
        let next = u32::try_from(table.values.len()).ok()?;
        Some(*table.numbers.entry((one.detector.id(), one.value.clone())).or_insert_with(|| {
            table.values.push(one);
            next
        }))
    }

    /// The values of one blob, after settling those that overlap.
    fn settled(&self, extents: &[Extent]) -> Vec<u32> {
        let mut marked: Vec<&Extent> = extents.iter().filter(|extent| extent.mark.is_some()).collect();
        marked.sort_unstable_by_key(|extent| (extent.start, extent.end));
        if marked.windows(2).all(|pair| pair.first().map(|one| one.end) <= pair.last().map(|one| one.start)) {
            return marked.into_iter().filter_map(|extent| extent.mark).collect();
        }
        let mut values = Vec::new();
        if let Ok(table) = self.table.lock() {
            values.extend(marked.iter().filter_map(|extent| {
                let value = table.values.get(extent.mark? as usize)?;
                Some(Match { span: Span { start: extent.start, end: extent.end }, ..value.clone() })
            }));
        }
        Engine::settle(values).into_iter().filter_map(|one| self.number(one)).collect()
    }
}

/// Judges each value in the places where it stood, oldest first, until one makes it a finding.
fn judge(
    scanner: &Scanner,
    objects: &Objects,
    held: &Held,
    history: &history::History,
    excluded: &Excluded,
    threads: usize,
) -> Vec<Finding> {
    let mut waiting = Vec::new();
    let mut places_of_value: Vec<Vec<&Place>> = vec![Vec::new(); held.values.len()];
    let mut stray: Vec<Option<ObjectId>> = vec![None; held.values.len()];
    for (blob, numbers) in &held.blobs {
        let first = history.places.partition_point(|place| place.blob < *blob);
        let here = history.places.iter().skip(first).take_while(|place| place.blob == *blob);
        let here: Vec<&Place> = here.filter(|place| !excluded.covers(&place.path)).collect();
        for number in numbers {
            if let (Some(places), Some(stray)) =
                (places_of_value.get_mut(*number as usize), stray.get_mut(*number as usize))
            {
                places.extend(&here);
                *stray = stray.or(Some(*blob));
            }
        }
    }
    for (value, (places, stray)) in held.values.iter().zip(places_of_value.iter_mut().zip(&stray)) {
        if !scanner.wants_secret(value.detector.id()) {
            continue;
        }
        places.sort_by(|left, right| (left.first, &left.path).cmp(&(right.first, &right.path)));
        let mut paths = HashSet::new();
        let mut tries: Vec<(ObjectId, String, Option<usize>)> = places
            .iter()
            .filter(|place| paths.insert(place.path.as_str()))
            .take(PLACES_TRIED_MAX)
            .map(|place| (place.blob, place.path.clone(), Some(place.first)))
            .collect();
        if let (true, Some(blob)) = (tries.is_empty() && places.is_empty(), stray) {
            tries.push((*blob, format!("object {blob}"), None));
        }
        tries.reverse(); // the next one is popped off
        waiting.push(Waiting {
            fingerprint: scanner.fingerprint_of(value),
            history: history_of(places, history),
            tries,
        });
    }

    let mut findings: Vec<Finding> = Vec::new();
    while waiting.iter().any(|one| !one.tries.is_empty()) {
        let mut files: BTreeMap<(ObjectId, String), Vec<(usize, Option<usize>)>> = BTreeMap::new();
        for (number, one) in waiting.iter_mut().enumerate() {
            if let Some((blob, path, commit)) = one.tries.pop() {
                files.entry((blob, path)).or_default().push((number, commit));
            }
        }
        let files: Vec<_> = files.into_iter().collect();
        let done = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads.min(files.len()) {
                scope.spawn(|| {
                    let mut tools = Tools::default();
                    while let Some(((blob, path), asked)) = files.get(next.fetch_add(1, Relaxed)) {
                        let Ok((ObjectKind::Blob, bytes)) = objects.find(blob, &mut tools) else { continue };
                        let mut found: HashMap<Fingerprint, Finding> =
                            scanner.secrets_in(path, &bytes).into_iter().map(|one| (one.fingerprint, one)).collect();
                        for (number, commit) in asked {
                            let wanted = waiting.get(*number).and_then(|one| found.remove(&one.fingerprint));
                            if let (Some(mut finding), Ok(mut done)) = (wanted, done.lock()) {
                                let commit = commit.and_then(|commit| history.commits.get(commit));
                                finding.location.commit = commit.map(|commit| commit.id.to_string());
                                done.push((*number, finding));
                            }
                        }
                    }
                });
            }
        });
        for (number, mut finding) in done.into_inner().unwrap_or_default() {
            if let Some(one) = waiting.get_mut(number) {
                one.tries.clear();
                finding.history = one.history.take();
                findings.push(finding);
            }
        }
    }
    // Two values may be one secret, written differently.
    let mut seen = HashSet::new();
    findings.sort_by(|left, right| left.location.path.cmp(&right.location.path));
    findings.retain(|finding| seen.insert(finding.fingerprint));
    findings
}

/// A value on its way to being a finding.
struct Waiting {
    fingerprint: Fingerprint,
    history: Option<History>,
    /// Blob, path and first commit of the places not yet tried, the next one last.
    tries: Vec<(ObjectId, String, Option<usize>)>,
}

/// From which commit to which a value was there.
fn history_of(places: &[&Place], history: &history::History) -> Option<History> {
    let first = history.commits.get(places.iter().map(|place| place.first).min()?)?;
    let last = history.commits.get(places.iter().map(|place| place.last).max()?)?;
    Some(History {
        first_commit: first.id.to_string(),
        last_commit: last.id.to_string(),
        author_date: Timestamp(first.author_seconds).date(),
        present: places.iter().any(|place| place.present),
    })
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
