//! `palisade scan`: look, report, never judge.

use std::io::BufWriter;
use std::time::Instant;

use anyhow::Context as _;
use palisade_report::{Baseline, ScanReport, Style, Target};

use crate::arguments::{Global, Scan};
use crate::exit::Exit;
use crate::{console, target};

/// Runs the verb.
pub(crate) fn run(arguments: &Scan, global: &Global) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let looked = target::look(&arguments.target, &arguments.look)?;
    let report = ScanReport {
        target: Target { kind: looked.kind.to_owned(), path: looked.path.clone() },
        scan: &looked.scan,
        checks: looked.scanner.checks(),
        duration: started.elapsed(),
        baseline: looked.before.as_ref().map(|before| Baseline {
            name: before.name.clone(),
            before: before.baseline.before(),
            gone: before.baseline.gone(&looked.scan.findings),
        }),
    };
    match &arguments.output {
        Some(path) => {
            let style = Style { all: arguments.all, ..Style::default() };
            let file = std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            palisade_report::write(arguments.format, &report, &style, &mut BufWriter::new(file))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => {
            let style = console::style(global, arguments.all);
            console::print(|out| palisade_report::write(arguments.format, &report, &style, out))?;
        }
    }
    Ok(if looked.scan.coverage.seen == 0 { Exit::Nothing } else { Exit::Done })
}
