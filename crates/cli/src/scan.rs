//! `palisade scan`: look, report, never judge.

use std::io::Write as _;

use anyhow::Context as _;

use crate::arguments::{Global, Scan};
use crate::exit::{Exit, printable};
use crate::target;

/// Runs the verb.
pub(crate) fn run(arguments: &Scan, _global: &Global) -> anyhow::Result<Exit> {
    let looked = target::look(&arguments.target, &arguments.look)?;
    let mut text = String::new();
    for finding in &looked.scan.findings {
        let place = &finding.location;
        text.push_str(&format!(
            "{}:{}:{}: {} {}: {}\n",
            place.path, place.start.line, place.start.column, finding.severity, finding.check.id, finding.message
        ));
    }
    let text = printable(&text);
    match &arguments.output {
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?,
        None => std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")?,
    }
    let coverage = &looked.scan.coverage;
    if coverage.seen == 0 {
        eprintln!("nothing to look at in {}", printable(&looked.path));
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
}
