//! Sweeps a repository's packs with a trivial detector and prints what it took:
//! `cargo run --release -p palisade-source --example sweep GIT_DIR [REACH]`.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use palisade_source::git::pack::Pack;
use palisade_source::git::sweep::{Detect, Extent, Swept, sweep};

/// Finds private keys by their first line.
struct Keys {
    reach: usize,
}

impl Detect for Keys {
    fn disturbed(&self, _bytes: &[u8], join: usize) -> Range<usize> {
        join.saturating_sub(self.reach)..join + self.reach
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
    let directory = std::path::PathBuf::from(arguments.next().ok_or("usage: sweep GIT_DIR [REACH]")?);
    let reach = arguments.next().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(512);
    for file in std::fs::read_dir(directory.join("objects/pack"))? {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "idx") {
            continue;
        }
        let start = std::time::Instant::now();
        let pack = Pack::open(&path)?;
        println!("{} objects, opened in {:?}", pack.len(), start.elapsed());
        let (found, unreadable) = (AtomicU64::new(0), AtomicU64::new(0));
        let threads = std::thread::available_parallelism()?.get();
        let statistics = sweep(&pack, &Keys { reach }, threads, &|swept| match swept {
            Swept::Found { extents, .. } => drop(found.fetch_add(extents.len() as u64, Relaxed)),
            Swept::Unreadable { .. } => drop(unreadable.fetch_add(1, Relaxed)),
        });
        println!("{statistics:#?}\n{found:?} found, {unreadable:?} unreadable, {:?}", start.elapsed());
    }
    Ok(())
}
