//! `palisade iam narrow`: a policy and records of CloudTrail become a smaller policy.

use std::io::Read as _;
use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use palisade_checks::iam::narrow::{self, POLICY_BYTES_MAX, Trail};
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
    let (trail, passed_over) = read(arguments)?;
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

/// Everything in the logs, and the files that were no records.
fn read(arguments: &Narrow) -> anyhow::Result<(Trail, Vec<String>)> {
    let state = Mutex::new((Trail::new(arguments.principal.clone()), Vec::new()));
    for path in &arguments.cloudtrail {
        let options = WalkOptions { respect_gitignore: false, ..WalkOptions::default() };
        walk(path, &options, &|entry| {
            let Ok(mut state) = state.lock() else { return };
            let (trail, passed_over) = &mut *state;
            let told = match &entry {
                Entry::File(file) if file.is_whole() => match trail.add(file.bytes) {
                    Ok(()) => return,
                    Err(error) => error.to_string(),
                },
                Entry::File(file) if !file.is_first() => return,
                Entry::File(file) if file.binary => "binary".to_owned(),
                Entry::File(_) => "too large: split it".to_owned(),
                Entry::Skipped { reason, .. } | Entry::Unreadable { reason, .. } => (*reason).to_owned(),
            };
            passed_over.push(format!("{}: {told}", entry.path()));
        })?;
    }
    let (trail, mut passed_over) = state.into_inner().map_err(|_| anyhow!("a reading thread failed"))?;
    passed_over.sort();
    Ok((trail, passed_over))
}
