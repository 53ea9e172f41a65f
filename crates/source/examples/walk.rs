//! Reads a directory and says what was seen: `cargo run --release -p palisade-source --example walk DIR`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use palisade_source::Entry;
use palisade_source::walk::{WalkOptions, walk};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args_os().nth(1).ok_or("usage: walk DIR")?;
    let counts: [AtomicU64; 5] = Default::default();
    let [files, bytes, binary, skipped, unreadable] = &counts;
    walk(root.as_ref(), &WalkOptions::default(), &|entry| match entry {
        Entry::File(file) => {
            files.fetch_add(u64::from(file.is_first()), Relaxed);
            bytes.fetch_add(file.owned.len() as u64, Relaxed);
            binary.fetch_add(u64::from(file.binary), Relaxed);
        }
        Entry::Skipped { .. } => drop(skipped.fetch_add(1, Relaxed)),
        Entry::Unreadable { .. } => drop(unreadable.fetch_add(1, Relaxed)),
    })?;
    println!("{files:?} files ({binary:?} binary), {bytes:?} bytes, {skipped:?} skipped, {unreadable:?} unreadable");
    Ok(())
}
