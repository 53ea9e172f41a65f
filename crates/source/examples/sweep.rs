//! Sweeps a repository's history with a trivial detector and prints what it took:
//! `cargo run --release -p palisade-source --example sweep REPOSITORY [REACH]`.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use palisade_source::git::history::places;
use palisade_source::git::repository::Repository;
use palisade_source::git::sweep::{Detect, Extent, Swept};

/// Finds private keys by their first line.
struct Keys {
    reach: usize,
}

impl Detect for Keys {
    fn reaching(&self, _bytes: &[u8], join: usize) -> usize {
        join.saturating_sub(self.reach)
    }

    fn touched(&self, _bytes: &[u8], join: usize) -> usize {
        join + self.reach
    }

    fn detect(&self, bytes: &[u8], asked: Range<usize>, found: &mut Vec<Extent>) {
        const NEEDLE: &[u8] = b"-----BEGIN RSA PRIVATE KEY";
        let end = bytes.len().min(asked.end + NEEDLE.len() - 1);
        for at in memchr::memmem::find_iter(&bytes[asked.start..end], NEEDLE) {
            let at = (asked.start + at) as u32;
            let to = at + NEEDLE.len() as u32;
            found.push(Extent { at, from: at, to, start: at, end: to, mark: Some(0) });
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let directory = std::path::PathBuf::from(arguments.next().ok_or("usage: sweep REPOSITORY [REACH]")?);
    let reach = arguments.next().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(512);
    let start = std::time::Instant::now();
    let repository = Repository::discover(&directory)?;
    let objects = repository.objects();
    println!("opened in {:?}", start.elapsed());
    let found = Mutex::new(HashSet::new());
    let (sightings, unreadable) = (AtomicU64::new(0), AtomicU64::new(0));
    let threads = std::thread::available_parallelism()?.get();
    let statistics = objects.sweep(&Keys { reach }, threads, &|swept| match swept {
        Swept::Found { blob, extents, .. } => {
            sightings.fetch_add(extents.len() as u64, Relaxed);
            if let Ok(mut found) = found.lock() {
                found.insert(blob);
            }
        }
        Swept::Unreadable { .. } => drop(unreadable.fetch_add(1, Relaxed)),
    });
    println!("{statistics:#?}\n{sightings:?} sightings, {unreadable:?} unreadable, swept after {:?}", start.elapsed());
    let blobs = found.into_inner().unwrap_or_default();
    let history = places(&objects, &blobs, repository.head(), threads);
    let present = history.places.iter().filter(|place| place.present).count();
    let (blobs, commits, places) = (blobs.len(), history.commits.len(), history.places.len());
    println!("{blobs} blobs at {places} places in {commits} commits, {present} present, after {:?}", start.elapsed());
    Ok(())
}
