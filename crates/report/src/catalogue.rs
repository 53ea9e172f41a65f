//! `palisade checks`: the catalogue as a table and as JSON.

use std::io;

use palisade_model::Meta;
use serde::Serialize;

use crate::Style;
use crate::json::write_pretty;
use crate::style::Role;
use crate::text::count;

#[derive(Serialize)]
pub(crate) struct CheckOut {
    id: &'static str,
    title: &'static str,
    severity: palisade_model::Severity,
    confidence: palisade_model::Confidence,
    since: &'static str,
    controls: &'static [&'static str],
    maps: &'static [&'static str],
}

impl CheckOut {
    pub(crate) fn new(meta: &Meta) -> Self {
        Self {
            id: meta.id,
            title: meta.title,
            severity: meta.severity,
            confidence: meta.confidence,
            since: meta.since,
            controls: meta.controls,
            maps: meta.maps,
        }
    }
}

/// The checks as a table, by family.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_checks(metas: &[&'static Meta], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let widest = metas.iter().map(|meta| meta.id.len()).max().unwrap_or(0);
    let mut family = "";
    for meta in metas {
        if meta.family() != family {
            if !family.is_empty() {
                writeln!(out)?;
            }
            family = meta.family();
            let size = metas.iter().filter(|other| other.family() == family).count();
            let size = count(size, "check", "checks");
            writeln!(out, "{}  {}", style.paint(Role::Strong, family), style.paint(Role::Faint, size))?;
        }
        let severity = style.paint(Role::Severity(meta.severity), format_args!("{:<8}", meta.severity));
        writeln!(out, "  {:<widest$}  {severity}  {}", meta.id, meta.title)?;
    }
    Ok(())
}

/// The checks as a JSON array.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_checks_json(metas: &[&'static Meta], out: &mut dyn io::Write) -> io::Result<()> {
    let rows: Vec<CheckOut> = metas.iter().map(|meta| CheckOut::new(meta)).collect();
    write_pretty(&rows, out)
}
