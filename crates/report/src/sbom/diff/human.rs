//! A difference for a person at a terminal.

use std::io;

use palisade_checks::packages::Known;

use super::{KINDS, SbomDiff, notes, versions};
use crate::style::{Role, Style};
use crate::text::{columns, count, visible};

/// Lines of one kind that are shown; `--all` shows every one.
const LINES_SHOWN_MAX: usize = 30;

/// Names are laid out in columns up to this width.
const NAME_COLUMNS_MAX: usize = 40;

pub(super) fn write(out: &mut dyn io::Write, diff: &SbomDiff<'_>, style: &Style) -> io::Result<()> {
    let names = format!("{} → {}", visible(&diff.before.name), visible(&diff.after.name));
    let said = match diff.sentence() {
        same if same.is_empty() => format!("the same {}", count(diff.after.packages(), "package", "packages")),
        said => said,
    };
    writeln!(out, "{}: {said}", style.paint(Role::Strong, names))?;
    for (kind, word) in KINDS {
        let of_kind: Vec<_> = diff.changes.iter().filter(|change| change.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", style.paint(Role::Strong, word))?;
        let shown = if style.all { of_kind.len() } else { LINES_SHOWN_MAX };
        let rows: Vec<_> = of_kind
            .iter()
            .take(shown)
            .filter_map(|change| {
                let purl = &change.component()?.purl;
                let name = format!("{} {}", visible(purl.kind()), visible(&purl.full_name()));
                Some((name, visible(&versions(change)).into_owned(), visible(&notes(change).join(", ")).into_owned()))
            })
            .collect();
        let width = |of: fn(&(String, String, String)) -> &str| {
            rows.iter().map(|row| columns(of(row)).min(NAME_COLUMNS_MAX)).max().unwrap_or(0)
        };
        let (first, second) = (width(|row| &row.0), width(|row| &row.1));
        for (name, versions, notes) in &rows {
            let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(columns(text)));
            let line = format!("  {name}{}  {versions}{}  {notes}", pad(name, first), pad(versions, second));
            writeln!(out, "{}", line.trim_end())?;
        }
        if of_kind.len() > shown {
            writeln!(out, "  and {} more; --all lists them", of_kind.len() - shown)?;
        }
    }
    for (new, title) in [(true, "new vulnerabilities"), (false, "vulnerabilities that are gone")] {
        let faults = diff.faults(new).unwrap_or_default();
        if !faults.is_empty() {
            writeln!(out, "\n{}", style.paint(Role::Strong, title))?;
            let shown = if style.all { faults.len() } else { LINES_SHOWN_MAX };
            faults.iter().take(shown).try_for_each(|one| fault(out, one, new, style))?;
            if faults.len() > shown {
                writeln!(out, "  and {} more; --all lists them", faults.len() - shown)?;
            }
        }
    }
    let mut caveats = diff.caveats();
    if let Some(index) = &diff.index {
        let none = [true, false].iter().all(|new| diff.faults(*new).unwrap_or_default().is_empty());
        let same = if none { "no known vulnerability came or went; " } else { "" };
        caveats.push(format!("{same}compared with advisories (index {})", index.get(..12).unwrap_or(index)));
    }
    writeln!(out)?;
    caveats.iter().try_for_each(|line| writeln!(out, "{}", visible(line)))
}

fn fault(out: &mut dyn io::Write, one: &Known, new: bool, style: &Style) -> io::Result<()> {
    let severity = style.paint(Role::Severity(one.severity), format!("{:<8}", one.severity.name()));
    let what = format!("{} in {} {}", one.name, one.package.full_name(), one.version);
    let summary = if one.summary.is_empty() { String::new() } else { format!(": {}", one.summary) };
    let fixed = match &one.fixed {
        Some(fixed) if new => format!("; {fixed} is without it"),
        None if new => "; no version without it is known".to_owned(),
        _ => String::new(),
    };
    writeln!(out, "  {severity}  {}{}{}", visible(&what), visible(&summary), visible(&fixed))
}
