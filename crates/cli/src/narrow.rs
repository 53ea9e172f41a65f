//! `palisade iam narrow`: a policy and records of CloudTrail become a smaller policy.

use std::io::Read as _;
use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use palisade_checks::iam::narrow::{self, NotRecords, POLICY_BYTES_MAX, Trail};
use palisade_source::Entry;
use palisade_source::walk::{WalkOptions, walk};

use crate::arguments::Global;
use crate::arguments::access::{IamVerb, Narrow, NarrowFormat};
use crate::console;
use crate::exit::{Exit, hinted, printable};

/// Runs the verb.
pub(crate) fn run(verb: &IamVerb, global: &Global) -> anyhow::Result<Exit> {
    match verb {
        IamVerb::Narrow(arguments) => narrow(arguments, global),
    }
}

fn narrow(arguments: &Narrow, global: &Global) -> anyhow::Result<Exit> {
    let shown = arguments.policy.display().to_string();
    let mut bytes = Vec::new();
    std::fs::File::open(&arguments.policy)
        .and_then(|file| file.take(POLICY_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {shown}"))?;
    let no_policy = |error: narrow::NotAPolicy| {
        let error = anyhow::Error::new(error).context(format!("{shown} is no policy that can be narrowed"));
        hinted(error, "`aws iam get-policy-version` and `get-role-policy` print one: take its `Document`")
    };
    let policy = narrow::read_policy(&bytes).map_err(no_policy)?;
    let (trail, passed_over) = read(arguments)?.whole()?;
    if trail.seen().records == 0 {
        return Err(hinted(
            anyhow!("there is no call in the records"),
            "without a call the least policy is none; look at --principal and at where the trail is delivered",
        ));
    }
    let narrowing = narrow::narrow(&policy, &trail).map_err(no_policy)?;
    if let Some(path) = &arguments.output {
        let text = narrow::printed(&narrowing.policy);
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    console::write(None, global, true, |_, out| match arguments.format {
        NarrowFormat::Human => palisade_report::write_narrowing(&shown, &policy, &narrowing, out),
        NarrowFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &narrowing)?;
            writeln!(out)
        }
    })?;
    for line in passed_over {
        eprintln!("not read: {}", printable(&line));
    }
    Ok(Exit::Done)
}

/// Files named in an error; the others are counted.
const NAMED_MAX: usize = 10;

/// What was read of the logs, and what was not.
struct Logs {
    trail: Trail,
    /// How many files gave records.
    read: usize,
    /// Files that are no logs.
    passed_over: Vec<String>,
    /// Files that are logs, or by their names should be, and could not be read whole.
    lost: Vec<String>,
}

impl Logs {
    /// The trail and what was passed over, unless a log was lost: the rights that only its calls needed would be taken
    /// away.
    fn whole(self) -> anyhow::Result<(Trail, Vec<String>)> {
        if self.lost.is_empty() {
            return Ok((self.trail, self.passed_over));
        }
        let (count, named) = (self.lost.len(), self.lost.iter().take(NAMED_MAX));
        let mut said = match self.read {
            0 => "none of the logs could be read".to_owned(),
            read => format!("{count} of {} logs could not be read whole", count + read),
        };
        named.for_each(|line| said.push_str(&format!("\n  {line}")));
        if count > NAMED_MAX {
            said.push_str(&format!("\n  and {} more", count - NAMED_MAX));
        }
        let hint = "nothing was written: what only these calls needed would be taken away; fetch the files anew, or move \
                    them out of the folder when they do not matter";
        Err(hinted(anyhow!(said), hint))
    }
}

/// Whether a file that is not read may have been a log: by its name, or because it was named itself.
fn may_be_log(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    [".json", ".jsonl", ".ndjson", ".log"].iter().any(|part| name.contains(part))
        || [".gz", ".zst", ".zip", ".tar", ".tgz"].iter().any(|end| name.ends_with(end))
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// Everything in the logs.
fn read(arguments: &Narrow) -> anyhow::Result<Logs> {
    let trail = Trail::new(arguments.principal.clone());
    let state = Mutex::new(Logs { trail, read: 0, passed_over: Vec::new(), lost: Vec::new() });
    for path in &arguments.cloudtrail {
        let is_named = !path.is_dir();
        let options = WalkOptions { respect_gitignore: false, ..WalkOptions::default() };
        walk(path, &options, &|entry| {
            let Ok(mut state) = state.lock() else { return };
            let guess = is_named || may_be_log(entry.path());
            let (told, is_lost) = match &entry {
                Entry::File(file) if file.is_whole() && file.bytes.trim_ascii().is_empty() => {
                    ("empty".to_owned(), guess)
                }
                Entry::File(file) if file.is_whole() => match state.trail.add(file.bytes) {
                    Ok(()) => {
                        state.read += 1;
                        return;
                    }
                    Err(error) => (error.to_string(), error == NotRecords::Damaged || guess && !is_json(file.bytes)),
                },
                Entry::File(file) if !file.is_first() => return,
                Entry::File(file) if file.binary => ("binary".to_owned(), guess),
                Entry::File(_) => ("too large: split it".to_owned(), true),
                Entry::Skipped { reason, .. } => ((*reason).to_owned(), guess),
                Entry::Unreadable { reason, .. } => ((*reason).to_owned(), true),
            };
            let name = if is_named { entry.path().to_owned() } else { path.join(entry.path()).display().to_string() };
            let line = format!("{name}: {told}");
            if is_lost { state.lost.push(line) } else { state.passed_over.push(line) }
        })?;
    }
    let mut logs = state.into_inner().map_err(|_| anyhow!("a reading thread failed"))?;
    logs.passed_over.sort();
    logs.lost.sort();
    Ok(logs)
}
