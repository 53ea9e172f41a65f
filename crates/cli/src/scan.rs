//! `palisade scan`: look, report, never judge.

use std::time::Instant;

use anyhow::anyhow;

use crate::arguments::{Global, Scan};
use crate::exit::Exit;
use crate::{console, target, verify};

/// Runs the verb.
pub(crate) fn run(arguments: &Scan, global: &Global) -> anyhow::Result<Exit> {
    let started = Instant::now();
    verify::allowed(&arguments.look, global)?;
    let looked = target::look_anywhere(&arguments.target, &arguments.look, global.offline)?;
    let coverage = &looked.scan.coverage;
    // A report that finds nothing in what could not be read would be taken for a clean one.
    if let Some(first) = coverage.unreadable.first()
        && coverage.unreadable.len() == coverage.seen
    {
        let more = match coverage.seen - 1 {
            0 => String::new(),
            more => format!(", nor {more} more: nothing could be read"),
        };
        return Err(anyhow!("cannot read {}{more} ({})", first.path, first.reason));
    }
    let report = looked.report(started.elapsed());
    console::write(arguments.output.as_deref(), global, arguments.all, |style, out| {
        palisade_report::write(arguments.format, &report, style, out)
    })?;
    Ok(if looked.scan.coverage.is_nothing() { Exit::Nothing } else { Exit::Done })
}
