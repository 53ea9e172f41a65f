//! The order of versions against the tools that decide in each ecosystem.
//!
//! For each rule a pool of versions, real ones and mutated ones, is compared pair by pair with what the ecosystem's own
//! tool says of it, in one process. An oracle that is not here is named in the result.

use std::cmp::Ordering;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use palisade_advisory::Order;

use super::Bench;
use super::tools::Missing;
use crate::project;

mod oracles;
mod pool;

/// Versions in a pool; each is compared with each.
const POOL: usize = 300;
/// Differences that are shown.
const SHOWN: usize = 20;

/// A rule, what it is compared with, and where to begin.
struct Rule {
    name: &'static str,
    order: Order,
    oracle: fn(&Bench) -> Result<Command>,
    /// A folder of the corpus with advisories of this kind.
    corpus: &'static str,
    seeds: &'static str,
    /// Whether the oracle also reads what is no version by its own specification.
    is_loose: bool,
}

/// What has no oracle that a package registry serves for this machine.
const UNCOMPARED: &str = "Hackage and NuGet have no oracle";

/// Compares every rule that has its oracle here.
pub(super) fn orders(bench: &Bench) -> Result<String> {
    let (mut said, mut missing, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for rule in oracles::RULES {
        let mut command = match (rule.oracle)(bench) {
            Ok(command) => command,
            Err(error) if error.is::<Missing>() => {
                missing.push(format!("{}: {error}", rule.name));
                continue;
            }
            Err(error) => return Err(error.context(rule.name)),
        };
        let pool = pool::of(bench, rule);
        let rows = answer(&mut command, &pool).with_context(|| format!("the oracle of {}", rule.name))?;
        let compared = judge(rule, &pool, &rows, &mut wrong);
        said.push(format!("{} {compared}", rule.name));
    }
    if !wrong.is_empty() {
        bail!("{} differences:\n{}", wrong.len(), wrong.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n"));
    }
    if said.is_empty() {
        return Err(Missing(missing.join("; ")).into());
    }
    let absent = if missing.is_empty() { String::new() } else { format!("; not compared: {}", missing.join("; ")) };
    Ok(format!("pairs of versions stand as their tools have them: {}{absent}; {UNCOMPARED}", said.join(", ")))
}

/// One row for each version: how it stands to every one of the pool.
fn answer(command: &mut Command, pool: &[String]) -> Result<Vec<Vec<u8>>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("no input")?;
    let text: String = pool.iter().map(|version| format!("{version}\n")).collect();
    // Every oracle reads all before it writes, so that nobody waits for the other.
    input.write_all(text.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    let rows: Vec<Vec<u8>> = output.stdout.trim_ascii_end().split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if !output.status.success() || rows.len() != pool.len() || rows.iter().any(|row| row.len() != pool.len()) {
        bail!("{} rows for {} versions: {}", rows.len(), pool.len(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(rows)
}

/// How many pairs both sides compared; where they differ goes to `wrong`.
fn judge(rule: &Rule, pool: &[String], rows: &[Vec<u8>], wrong: &mut Vec<String>) -> usize {
    let mut compared = 0;
    for (a, row) in pool.iter().zip(rows) {
        for (b, theirs) in pool.iter().zip(row) {
            let ours = match rule.order.compare(a, b) {
                None => b'?',
                Some(Ordering::Less) => b'<',
                Some(Ordering::Equal) => b'=',
                Some(Ordering::Greater) => b'>',
            };
            match (ours, *theirs) {
                (_, b'?') => {}
                (b'?', _) if rule.is_loose || !has_word(a) || !has_word(b) => {}
                (ours, theirs) => {
                    compared += 1;
                    if ours != theirs {
                        let signs = (char::from(ours), char::from(theirs));
                        wrong.push(format!("{}: {a} {} {b}, the oracle says {}", rule.name, signs.0, signs.1));
                    }
                }
            }
        }
    }
    compared
}

/// Whether there is a digit or a letter: some tools compare even what has none.
fn has_word(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// A script of ours below `xtask/interop/versions`.
fn script(name: &str) -> std::path::PathBuf {
    project::root().join("xtask/interop/versions").join(name)
}
