//! `lookup INDEX ECOSYSTEM NAMES`: what opening an index costs, and asking it for packages that it holds and for
//! packages that it does not hold. NAMES is a file with a name in each line, all of which it holds. Prints microseconds
//! for opening, nanoseconds for a hit and for a miss: CPU time, the least of several passes.
#![expect(clippy::disallowed_methods, reason = "a program that measures")]

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt as _;

use palisade_advisory::Index;
use rustix::time::{ClockId, clock_gettime};

/// Passes, of which the fastest counts.
const PASSES: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [index, ecosystem, names] = words.as_slice() else { return Err("lookup INDEX ECOSYSTEM NAMES".into()) };
    let names = std::fs::read_to_string(names)?;
    let there: Vec<&str> = names.lines().collect();
    let absent: Vec<String> = there.iter().map(|name| format!("{name}-absent")).collect();
    let absent: Vec<&str> = absent.iter().map(String::as_str).collect();
    let opening = fastest(|| open(index).map(|index| drop(black_box(index))))?;
    let index = open(index)?;
    let hits = fastest(|| ask(&index, ecosystem, &there, true))?;
    let misses = fastest(|| ask(&index, ecosystem, &absent, false))?;
    let each = there.len().max(1) as f64;
    println!("{:.1} {:.1} {:.1}", opening * 1e6, hits * 1e9 / each, misses * 1e9 / each);
    Ok(())
}

/// Seconds of the fastest pass.
fn fastest(mut pass: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..PASSES {
        let start = used();
        pass()?;
        best = best.min(used() - start);
    }
    Ok(best)
}

/// Seconds of CPU time that this thread has used.
fn used() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn open(path: &str) -> Result<Index, Box<dyn Error>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(Index::open(Box::new(move |at, out: &mut [u8]| file.read_exact_at(out, at)), length)?)
}

fn ask(index: &Index, ecosystem: &str, names: &[&str], held: bool) -> Result<(), Box<dyn Error>> {
    let mut buffer = Vec::new();
    for name in names {
        let found = index.lookup(ecosystem, name, &mut buffer)?;
        if found.is_some() != held {
            return Err(format!("{name}: held is {}", !held).into());
        }
        black_box(found.is_some());
    }
    Ok(())
}
