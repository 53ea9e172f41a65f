//! `cargo xtask fuzz [TARGET] [--seconds N]`: feeds each parser mutated files of this checkout, on a stable compiler.
//!
//! Each target runs in a process of its own, so that an abort (a stack overflow)
//! is caught like a panic. Inputs follow from their number alone: what fails
//! once fails again, and the input is kept in the target folder.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use palisade_fuzz_targets::{TARGETS, Target, find};

use crate::project;

/// Larger inputs find the same faults more slowly.
const INPUT_BYTES_MAX: usize = 64 << 10;
/// No input of that size may take longer, even in a debug build on a busy machine.
const INPUT_SECONDS_MAX: u64 = 10;
/// A child tells its number this often; after an abort that many inputs are tried again one by one.
const HEARTBEAT: u64 = 64;

/// Bits of syntax that reach deep places.
const TOKENS: [&[u8]; 40] = [
    b"\n",
    b"\r\n",
    b"\t",
    b"  ",
    b"- ",
    b": ",
    b"? ",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"|\n",
    b">-\n",
    b"---\n",
    b"...\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"'",
    b"`",
    b"\\",
    b"\\\n",
    b"${{ ",
    b" }}",
    b"$(",
    b"${",
    b"<<EOF\n",
    b"EOF\n",
    b"#",
    b"!!binary ",
    b"%YAML 1.2\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x00",
    b"\xc3",
    b"privileged: true",
    b"RUN --mount=",
    b"0x7fffffff",
    b"99999999999999999999",
];

/// Runs every target, two at a time, or only one.
pub(crate) fn run(only: Option<&str>, seconds: u64) -> Result<()> {
    let chosen: Vec<&Target> = match only {
        Some(name) => vec![find(name).with_context(|| format!("there is no target `{name}`"))?],
        None => TARGETS.iter().collect(),
    };
    let mut failed = Vec::new();
    for pair in chosen.chunks(2) {
        let results: Vec<Result<u64>> = std::thread::scope(|scope| {
            let runs: Vec<_> = pair.iter().map(|target| scope.spawn(move || watch(target, seconds))).collect();
            runs.into_iter().map(|run| run.join().unwrap_or_else(|_| bail!("the watcher panicked"))).collect()
        });
        for (target, result) in pair.iter().zip(results) {
            match result {
                Ok(count) => eprintln!("   {:16} {count} inputs", target.name),
                Err(error) => {
                    eprintln!("   {:16} {error:#}", target.name);
                    failed.push(target.name);
                }
            }
        }
    }
    if !failed.is_empty() {
        bail!("{} failed", failed.join(", "));
    }
    Ok(())
}

/// Runs one target in a child and returns how many inputs it took.
fn watch(target: &Target, seconds: u64) -> Result<u64> {
    let child = |from: u64, seconds: u64, trace: bool| {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["fuzz-child", target.name, &from.to_string(), &seconds.to_string()]);
        command.arg(if trace { "trace" } else { "quiet" }).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start the child")?;
        let mut last = from;
        let mut said = None;
        for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
            let line = line?;
            match line.parse() {
                Ok(number) => last = number,
                Err(_) => said = Some(line),
            }
        }
        anyhow::Ok((child.wait()?, last, said))
    };
    let (status, last, said) = child(0, seconds, false)?;
    if status.success() {
        return Ok(last);
    }
    if let Some(said) = said {
        bail!("{said}");
    }
    // An abort leaves no message: try the last inputs again, each written down before it is read.
    let (status, _, _) = child(last, seconds, true)?;
    let kept = kept_path(target.name);
    if status.success() {
        bail!("died ({status}) after input {last}, but not a second time");
    }
    bail!("died ({status}); the input is {}", kept.display());
}

/// The child: takes inputs from number `from` on until time is up.
pub(crate) fn child(name: &str, from: u64, seconds: u64, trace: bool) -> Result<()> {
    let target = find(name).with_context(|| format!("there is no target `{name}`"))?;
    let seeds = seeds(&project::root(), target)?;
    let kept = kept_path(name);
    if let Some(folder) = kept.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::panic::set_hook(Box::new(|_| {}));
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut number = from;
    while Instant::now() < end && !(trace && number > from + HEARTBEAT) {
        let input = mutated(&seeds, number);
        if trace {
            std::fs::write(&kept, &input)?;
        }
        let start = Instant::now();
        let outcome = std::panic::catch_unwind(|| (target.run)(&input));
        if let Err(panic) = outcome {
            std::fs::write(&kept, &input)?;
            let words = panic.downcast_ref::<String>().cloned();
            let words =
                words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
            println!("input {number} panics: {words}; it is {}", kept.display());
            bail!("panicked");
        }
        if start.elapsed() > Duration::from_secs(INPUT_SECONDS_MAX) {
            std::fs::write(&kept, &input)?;
            println!("input {number} took {:?}; it is {}", start.elapsed(), kept.display());
            bail!("too slow");
        }
        number += 1;
        if number.is_multiple_of(HEARTBEAT) {
            println!("{number}");
        }
    }
    println!("{number}");
    Ok(())
}

fn kept_path(name: &str) -> PathBuf {
    project::target_dir().join("fuzz").join(format!("{name}.input"))
}

/// First inputs: files of the examples and the cases of the checks' pages that the target wants.
fn seeds(root: &Path, target: &Target) -> Result<Vec<Vec<u8>>> {
    let mut seeds = vec![Vec::new()];
    seeds.extend((target.made)());
    for path in project::files(root)? {
        if path.starts_with("examples/") && (target.seeds)(&path) {
            seeds.push(std::fs::read(root.join(path))?);
        }
    }
    for check in palisade_checks::catalogue() {
        let Ok(page) = palisade_testkit::Page::parse(check.meta.id, check.meta.page) else { continue };
        for (path, text) in page.fails.iter().chain(&page.passes).flat_map(|case| &case.files) {
            if (target.seeds)(path) {
                seeds.push(text.clone().into_bytes());
            }
        }
    }
    seeds.dedup();
    Ok(seeds)
}

/// The input of a number: the seeds themselves first, then seeds with a few changes each.
fn mutated(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(seed) = seeds.get(at) {
        return seed.clone();
    }
    let mut random = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut input = random.of(seeds).cloned().unwrap_or_default();
    for _ in 0..=random.below(6) {
        change(&mut input, seeds, &mut random);
        input.truncate(INPUT_BYTES_MAX);
    }
    input
}

fn change(input: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let from = random.below(input.len() + 1);
    let to = from + random.below((input.len() - from).min(64) + 1);
    match random.below(9) {
        0 => {
            if let Some(byte) = input.get_mut(from) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => drop(input.drain(from..to)),
        2 | 3 => drop(input.splice(from..from, random.of(&TOKENS).copied().unwrap_or_default().iter().copied())),
        4 => {
            let copy: Vec<u8> = input.get(from..to).unwrap_or_default().to_vec();
            let place = random.below(input.len() + 1);
            drop(input.splice(place..place, copy));
        }
        5 => {
            // Deep nesting and long lines.
            let token = random.of(&TOKENS).copied().unwrap_or_default();
            let many = token.repeat(1 + random.below(4000));
            drop(input.splice(from..from, many));
        }
        6 => {
            let other = random.of(seeds).cloned().unwrap_or_default();
            let start = random.below(other.len() + 1);
            input.truncate(from);
            input.extend(other.get(start..).unwrap_or_default());
        }
        7 => input.truncate(from),
        _ => {
            let text = String::from_utf8_lossy(input).replace('\n', "\r\n");
            *input = text.into_bytes();
        }
    }
}

/// xorshift64*: all that is asked of it is to be the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from((self.next() >> 16) % bound).unwrap_or(0)
    }

    fn of<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        list.get(self.below(list.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_follows_from_its_number_and_stays_small() {
        let seeds = vec![b"a: 1\n".to_vec(), b"FROM x\n".to_vec()];
        for number in 0..500 {
            let input = mutated(&seeds, number);
            assert!(input.len() <= INPUT_BYTES_MAX);
            assert_eq!(input, mutated(&seeds, number));
        }
        let different: std::collections::BTreeSet<_> = (0..500).map(|number| mutated(&seeds, number)).collect();
        assert!(different.len() > 300, "only {} different inputs", different.len());
    }

    #[test]
    fn cargo_fuzz_has_a_program_for_every_target() -> Result<()> {
        let root = project::root();
        let manifest = project::read(&root, "fuzz/Cargo.toml")?;
        for target in TARGETS {
            let source = project::read(&root, &format!("fuzz/fuzz_targets/{}.rs", target.name))?;
            assert!(source.contains(&format!("run(\"{}\", bytes)", target.name)), "{}", target.name);
            assert!(manifest.contains(&format!("name = \"{}\"\n", target.name)), "{}", target.name);
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        Ok(())
    }
}
