//! `palisade scan`: look, report, never judge.

use std::time::Instant;

use crate::arguments::{Global, Scan};
use crate::exit::Exit;
use crate::{console, target, verify};

/// Runs the verb.
pub(crate) fn run(arguments: &Scan, global: &Global) -> anyhow::Result<Exit> {
    let started = Instant::now();
    verify::allowed(&arguments.look, global)?;
    let looked = target::look(&arguments.target, &arguments.look)?;
    let report = looked.report(started.elapsed());
    console::write(arguments.output.as_deref(), global, arguments.all, |style, out| {
        palisade_report::write(arguments.format, &report, style, out)
    })?;
    Ok(if looked.scan.coverage.seen == 0 { Exit::Nothing } else { Exit::Done })
}
