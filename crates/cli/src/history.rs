//! Secrets in all of history: every blob ever stored, each stored byte looked at once.
//!
//! The sweep knows no paths, so it notes for each match in which kinds of files it is one. The paths of the
//! blobs then tell where it stood, and the first such file, read again with its path, gives the finding. A
//! secret that no commit holds any more is reported by the name of its blob.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use palisade_checks::secrets::{Engine, Kinds, Match};
use palisade_checks::{FileReport, Host, Scan, Scanner};
use palisade_inventory::{Facts, Format};
use palisade_model::{Coverage, Finding, Fingerprint, History, Skipped, Span, Timestamp};
use palisade_source::Entry;
use palisade_source::git::ObjectId;
use palisade_source::git::history::{self, places};
use palisade_source::git::objects::Objects;
use palisade_source::git::pack::Tools;
use palisade_source::git::repository::Repository;
use palisade_source::git::sweep::{Detect, Extent, Swept};
use palisade_source::walk::Excluded;

use crate::config::Config;

/// More threads than this wait for each other.
const THREADS_MAX: usize = 8;

/// Scans every blob of the repository that `folder` is in.
pub(crate) fn scan(scanner: &Scanner, folder: &Path, config: &Config) -> anyhow::Result<Scan> {
    let repository = Repository::discover(folder)?;
    let excluded = Excluded::new(&config.scan.exclude)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let objects = repository.objects();
    let (held, mut coverage) = sweep(scanner.engine(), &objects, threads);
    for gap in repository.gaps() {
        coverage.skipped.push(Skipped { path: "history".to_owned(), reason: gap.to_owned() });
        coverage.seen += 1;
    }
    let blobs: HashSet<ObjectId> = held.blobs.iter().map(|(blob, _)| *blob).collect();
    let history = if blobs.is_empty() {
        history::History::default()
    } else {
        places(&objects, &blobs, repository.head(), threads)
    };
    let seen = seen(scanner.engine(), &held, &history, &excluded);
    let findings = judge(scanner, &objects, &held, seen, &history, threads);
    let facts = Facts::new("".into(), Format::Other);
    Ok(scanner.finish(
        vec![FileReport { findings, facts, coverage, marks: Vec::new() }],
        Host { read: &|_| None, renderer: None, whole: false },
    ))
}

/// What a sweep saw: values, and the blobs that hold them.
#[derive(Default)]
pub(crate) struct Held {
    /// One match for each value, as it was first met.
    pub(crate) values: Vec<Match>,
    /// Blobs, or windows of large ones, and what was seen in them.
    blobs: Vec<(ObjectId, Vec<Sighting>)>,
}

/// A value in a blob.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    start: u32,
    end: u32,
    /// Number of the value.
    value: u32,
    /// In which kinds of files it is a match.
    kinds: Kinds,
}

impl Held {
    /// The values in the sightings of a blob when it stands at `path`, after settling those that overlap.
    fn values_at(&self, engine: &Engine, sightings: &[Sighting], path: &str, kinds: Kinds) -> Vec<u32> {
        let value_of = |one: &Sighting| self.values.get(one.value as usize);
        let holds =
            |one: &&Sighting| one.kinds.meets(kinds) && value_of(one).is_some_and(|value| engine.concerns(value, path));
        let here: Vec<&Sighting> = sightings.iter().filter(holds).collect(); // sorted by start
        if here.windows(2).all(|pair| pair.first().map(|one| one.end) <= pair.last().map(|one| one.start)) {
            return here.into_iter().map(|one| one.value).collect();
        }
        let numbers: HashMap<_, u32> =
            here.iter().filter_map(|one| Some((key_of(value_of(one)?), one.value))).collect();
        let matches = here
            .iter()
            .filter_map(|one| Some(Match { span: Span { start: one.start, end: one.end }, ..value_of(one)?.clone() }));
        Engine::settle(matches.collect()).iter().filter_map(|one| numbers.get(&key_of(one)).copied()).collect()
    }
}

/// What makes a value one: its detector and itself.
fn key_of(one: &Match) -> (&'static str, Box<[u8]>) {
    (one.detector.id(), one.value.clone())
}

/// Looks at every blob.
pub(crate) fn sweep(engine: &Engine, objects: &Objects, threads: usize) -> (Held, Coverage) {
    let looker = Looker { engine, table: Mutex::default() };
    let blobs = Mutex::new(BTreeMap::<(ObjectId, u64), Vec<Sighting>>::new());
    let unreadable = Mutex::new(Vec::new());
    let statistics = objects.sweep(&looker, threads, &|swept| match swept {
        Swept::Found { blob, offset, extents, .. } => {
            let sightings = looker.sightings(extents);
            if let Ok(mut blobs) = blobs.lock() {
                blobs.insert((blob, offset), sightings);
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
    let blobs = blobs.map(|((blob, _), sightings)| (blob, sightings)).collect();
    (Held { values: looker.table.into_inner().unwrap_or_default().values, blobs }, coverage)
}

/// The engine as the sweep's detector.
struct Looker<'a> {
    engine: &'a Engine,
    table: Mutex<Table>,
}

/// Values, and what the marks of extents say: a value and the kinds of files in which it is a match.
#[derive(Default)]
struct Table {
    numbers: HashMap<(&'static str, Box<[u8]>), u32>,
    values: Vec<Match>,
    mark_numbers: HashMap<(u32, Kinds), u32>,
    marks: Vec<(u32, Kinds)>,
}

impl Detect for Looker<'_> {
    fn reaching(&self, bytes: &[u8], join: usize) -> usize {
        self.engine.reaching(bytes, join)
    }

    fn touched(&self, bytes: &[u8], join: usize) -> usize {
        self.engine.touched(bytes, join)
    }

    fn detect(&self, bytes: &[u8], asked: Range<usize>, found: &mut Vec<Extent>) {
        self.engine.scan_part(bytes, asked, &mut |part| {
            let offset = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
            let span = part.found.as_ref().map(|(one, _)| one.span).unwrap_or_default();
            let mark = part.found.and_then(|(one, kinds)| self.mark(one, kinds));
            found.push(Extent {
                at: offset(part.at),
                from: offset(part.from),
                to: offset(part.to),
                start: span.start,
                end: span.end,
                mark,
            });
        });
    }
}

impl Looker<'_> {
    fn mark(&self, one: Match, kinds: Kinds) -> Option<u32> {
        let mut table = self.table.lock().ok()?;
        let Table { numbers, values, mark_numbers, marks } = &mut *table;
        let next = u32::try_from(values.len()).ok()?;
        let value = *numbers.entry(key_of(&one)).or_insert_with(|| {
            values.push(one);
            next
        });
        let next = u32::try_from(marks.len()).ok()?;
        Some(*mark_numbers.entry((value, kinds)).or_insert_with(|| {
            marks.push((value, kinds));
            next
        }))
    }

    /// What the extents of a blob found, by place.
    fn sightings(&self, extents: &[Extent]) -> Vec<Sighting> {
        let Ok(table) = self.table.lock() else { return Vec::new() };
        let mut sightings: Vec<Sighting> = extents
            .iter()
            .filter_map(|extent| {
                let (value, kinds) = *table.marks.get(extent.mark? as usize)?;
                Some(Sighting { start: extent.start, end: extent.end, value, kinds })
            })
            .collect();
        sightings.sort_unstable();
        sightings
    }
}

/// Where a value stood.
#[derive(Clone, Default)]
struct Seen {
    /// Numbers of places, the oldest last.
    places: Vec<u32>,
    /// Blobs that no commit holds.
    strays: Vec<ObjectId>,
    /// Numbers of the oldest and the newest commit that hold it, and whether it is still there.
    commits: Option<(usize, usize, bool)>,
}

/// Where each value is a match, as the paths of its blobs decide.
fn seen(engine: &Engine, held: &Held, history: &history::History, excluded: &Excluded) -> Vec<Seen> {
    let mut seen = vec![Seen::default(); held.values.len()];
    let mut kinds_of: HashMap<&str, Kinds> = HashMap::new();
    for (blob, sightings) in &held.blobs {
        let first = history.places.partition_point(|place| place.blob < *blob);
        let here = history.places.iter().zip(0_u32..).skip(first).take_while(|(place, _)| place.blob == *blob);
        let mut stray = true;
        for (place, number) in here {
            stray = false;
            if excluded.covers(&place.path) {
                continue;
            }
            let kinds = *kinds_of.entry(&place.path).or_insert_with(|| Kinds::of(&place.path));
            for value in held.values_at(engine, sightings, &place.path, kinds) {
                let Some(one) = seen.get_mut(value as usize) else { continue };
                one.places.push(number);
                let (first, last, present) = one.commits.unwrap_or((place.first, place.last, false));
                one.commits = Some((first.min(place.first), last.max(place.last), present || place.present));
            }
        }
        if stray {
            let path = path_of_stray(*blob);
            for value in held.values_at(engine, sightings, &path, Kinds::of(&path)) {
                if let Some(one) = seen.get_mut(value as usize) {
                    one.strays.push(*blob);
                }
            }
        }
    }
    for one in &mut seen {
        one.places.sort_unstable_by_key(|number| {
            std::cmp::Reverse(history.places.get(*number as usize).map(|place| (place.first, &place.path)))
        });
    }
    seen
}

/// What a blob that no commit holds is called.
fn path_of_stray(blob: ObjectId) -> String {
    format!("object {blob}")
}

/// Reads each value again in the oldest file where it is a match, which gives the finding.
fn judge(
    scanner: &Scanner,
    objects: &Objects,
    held: &Held,
    seen: Vec<Seen>,
    history: &history::History,
    threads: usize,
) -> Vec<Finding> {
    let wanted = held.values.iter().zip(seen).filter(|(value, _)| scanner.wants_secret(value.detector.id()));
    let mut waiting: Vec<Waiting> = wanted
        .map(|(value, seen)| Waiting {
            fingerprint: scanner.fingerprint_of(value),
            history: seen.commits.and_then(|commits| history_of(commits, history)),
            places: seen.places,
            strays: seen.strays,
        })
        .collect();

    let mut findings: Vec<Finding> = Vec::new();
    loop {
        let mut files: BTreeMap<(ObjectId, Option<u32>), Vec<usize>> = BTreeMap::new();
        for (number, one) in waiting.iter_mut().enumerate() {
            if let Some(file) = one.next(history) {
                files.entry(file).or_default().push(number);
            }
        }
        if files.is_empty() {
            break;
        }
        let files: Vec<_> = files.into_iter().collect();
        let done = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads.min(files.len()) {
                scope.spawn(|| {
                    let mut tools = Tools::default();
                    while let Some(((blob, place), asked)) = files.get(next.fetch_add(1, Relaxed)) {
                        let place = place.and_then(|place| history.places.get(place as usize));
                        let path = place.map_or_else(|| path_of_stray(*blob), |place| place.path.clone());
                        let commit = place.and_then(|place| history.commits.get(place.first));
                        let found = secrets_of(scanner, objects, blob, &path, &mut tools);
                        for number in asked {
                            let wanted = waiting.get(*number).and_then(|one| found.get(&one.fingerprint)).cloned();
                            if let (Some(mut finding), Ok(mut done)) = (wanted, done.lock()) {
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
                (one.places, one.strays) = (Vec::new(), Vec::new());
                finding.history = one.history.take();
                findings.push(finding);
            }
        }
    }
    findings.sort_by(|left, right| left.location.path.cmp(&right.location.path));
    findings
}

/// The secrets of a blob that stands at `path`, window by window when it is large.
fn secrets_of(
    scanner: &Scanner,
    objects: &Objects,
    blob: &ObjectId,
    path: &str,
    tools: &mut Tools,
) -> HashMap<Fingerprint, Finding> {
    let found = Mutex::new(HashMap::new());
    // A blob that does not read any more is told by the sweep.
    let _told = objects.deliver(blob, path, tools, &|entry| {
        let Entry::File(file) = entry else { return };
        let Ok(mut found) = found.lock() else { return };
        for one in scanner.secrets_in_window(path, file.bytes, file.owned.clone(), file.offset, file.lines_before) {
            found.entry(one.fingerprint).or_insert(one);
        }
    });
    found.into_inner().unwrap_or_default()
}

/// A value on its way to being a finding.
struct Waiting {
    fingerprint: Fingerprint,
    history: Option<History>,
    places: Vec<u32>,
    strays: Vec<ObjectId>,
}

impl Waiting {
    /// The next blob to read, and the number of its place.
    fn next(&mut self, history: &history::History) -> Option<(ObjectId, Option<u32>)> {
        if let Some(number) = self.places.pop() {
            return Some((history.places.get(number as usize)?.blob, Some(number)));
        }
        Some((self.strays.pop()?, None))
    }
}

/// From which commit to which a value was there.
fn history_of((first, last, present): (usize, usize, bool), history: &history::History) -> Option<History> {
    let (first, last) = (history.commits.get(first)?, history.commits.get(last)?);
    Some(History {
        first_commit: first.id.to_string(),
        last_commit: last.id.to_string(),
        author_date: Timestamp(first.author_seconds).date(),
        present,
    })
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "history_odd_tests.rs"]
mod odd_tests;
