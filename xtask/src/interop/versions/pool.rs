//! Versions to compare: seeds, real ones from advisories of the corpus, and mutations of both. Always the same ones.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::Bench;
use super::{POOL, Rule};

/// Files of the corpus that are read for a rule.
const FILES_MAX: usize = 5000;
/// Longer ones are no advisories.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Longer versions make long rows of nothing new.
const VERSION_BYTES: usize = 60;
/// Mutations that may be tried for one that is new.
const TRIES_MAX: usize = 100 * POOL;

/// What stands before a version in advisories.
const KEYS: [&str; 10] = ["introduced", "fixed", "last_affected", "fixed-version", ">=", "<", "~>", "<=", ">", "="];

/// Bytes and words that mean something somewhere.
const PIECES: [&str; 64] = [
    "0",
    "1",
    "2",
    "9",
    "10",
    "99",
    "01",
    "00",
    ".",
    ".",
    ".",
    ".0",
    ".00",
    ".1",
    "-",
    "-",
    "-0",
    "-1",
    "~",
    "^",
    "+",
    "_",
    ":",
    "!",
    "@",
    "*",
    "a",
    "b",
    "c",
    "d",
    "e",
    "m",
    "p",
    "r",
    "v",
    "x",
    "alpha",
    "beta",
    "rc",
    "RC",
    "cr",
    "dev",
    "-dev",
    "post",
    "pre",
    "preview",
    "milestone",
    "snapshot",
    "SNAPSHOT",
    "sp",
    "ga",
    "final",
    "release",
    "pl",
    "patch",
    "stable",
    "_alpha",
    "_pre2",
    "_p",
    "_git",
    "-r1",
    "~abc",
    "~~",
    "z",
];

/// The pool of a rule, without doubles.
pub(super) fn of(bench: &Bench, rule: &Rule) -> Vec<String> {
    let mut base: Vec<String> = rule.seeds.split(' ').map(str::to_owned).collect();
    if let Some(corpus) = &bench.corpus {
        let mut real = BTreeSet::new();
        gather(&corpus.join(rule.corpus), &mut real, &mut 0);
        let step = real.len().div_ceil(POOL / 3).max(1);
        let prefix = if rule.seeds.starts_with('v') { "v" } else { "" };
        base.extend(real.iter().step_by(step).map(|version| format!("{prefix}{version}")));
    }
    let mut seen = BTreeSet::new();
    base.retain(|version| seen.insert(version.clone()));
    let mut pool = base.clone();
    let mut dice = Dice(0x0dd5_eed5);
    for _ in 0..TRIES_MAX {
        if pool.len() >= POOL {
            break;
        }
        let mut version = dice.of(&base).clone();
        for _ in 0..=dice.below(3) {
            version = mutated(&version, &base, &mut dice);
        }
        version.truncate(VERSION_BYTES);
        if !version.is_empty() && seen.insert(version.clone()) {
            pool.push(version);
        }
    }
    pool
}

fn mutated(version: &str, base: &[String], dice: &mut Dice) -> String {
    let (head, tail) = version.split_at(dice.below(version.len() + 1));
    match dice.below(5) {
        0 => format!("{head}{}{tail}", dice.of(&PIECES)),
        1 => format!("{head}{}", tail.get(1..).unwrap_or_default()),
        2 => format!("{head}{}{}", dice.of(&PIECES), tail.get(1..).unwrap_or_default()),
        3 => {
            let other = dice.of(base);
            format!("{head}{}", other.get(dice.below(other.len() + 1)..).unwrap_or_default())
        }
        _ => format!("{version}{}", dice.of(&PIECES)),
    }
}

/// Versions of the advisories below a folder, told by what stands before them.
fn gather(folder: &Path, into: &mut BTreeSet<String>, files: &mut usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if *files >= FILES_MAX {
            return;
        }
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if metadata.is_dir() {
            gather(&path, into, files);
        } else if metadata.is_file() && metadata.len() <= FILE_BYTES_MAX {
            *files += 1;
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let mut after_key = false;
            let separates = |byte: char| byte.is_whitespace() || "\"',[]{}".contains(byte);
            for word in text.split(separates).map(|word| word.trim_end_matches(':')).filter(|word| !word.is_empty()) {
                let fits = word.len() <= VERSION_BYTES && word.bytes().all(|byte| byte.is_ascii_graphic());
                if after_key && fits && word.starts_with(|first: char| first.is_ascii_digit()) {
                    into.insert(word.to_owned());
                }
                after_key = KEYS.contains(&word);
            }
        }
    }
}

/// Numbers that only look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}
