//! A difference as a pull request comment: what may matter first, long lists folded, at most what GitHub accepts.
//!
//! Names, versions and summaries are anybody's text: in cells they stand as code or escaped.

use std::fmt::Write as _;

use palisade_checks::packages::Known;
use palisade_inventory::package::{Change, Kind};

use super::{KINDS, SbomDiff, named, notes, version};
use crate::markdown::{CHARACTERS_MAX, code, text};
use crate::text::{count, shorten, thousands};

/// Rows of a table that are open to view; more are folded.
const ROWS_OPEN_MAX: usize = 15;
/// Rows of a table at all.
const ROWS_MAX: usize = 200;
/// A longer name or version is cut.
const CELL_CHARACTERS_MAX: usize = 100;

/// The comment.
pub(super) fn render(diff: &SbomDiff<'_>) -> String {
    let (before, after) = (cell(&diff.before.name), cell(&diff.after.name));
    let said = diff.sentence();
    let mut out = match said.as_str() {
        "" => format!("## Packages: no difference\n\n{before} and {after}: the same "),
        said => format!("## Packages: {said}\n\n{before} → {after}: "),
    };
    let _ = match said.as_str() {
        "" => writeln!(out, "{}", count(diff.after.packages(), "package", "packages")),
        _ => writeln!(
            out,
            "{} → {}",
            thousands(diff.before.packages()),
            count(diff.after.packages(), "package", "packages")
        ),
    };
    for (new, title) in [(true, "New vulnerabilities"), (false, "Vulnerabilities that are gone")] {
        let faults = diff.faults(new).unwrap_or_default();
        if !faults.is_empty() {
            let head = "| severity | what | package | without it |\n|---|---|---|---|\n";
            table(&mut out, title, head, faults.len(), faults.iter().map(|one| fault(one)));
        }
    }
    // What comes in is what a reviewer has to look at first.
    for (kind, word) in KINDS {
        let changes: Vec<&Change<'_>> = diff.changes.iter().filter(|change| change.kind == kind).collect();
        if !changes.is_empty() {
            let mut title: String = word.to_owned();
            if let Some(first) = title.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let head = match kind {
                Kind::Added | Kind::Removed | Kind::Same => "| package | version | notes |\n|---|---|---|\n",
                _ => "| package | before | now | notes |\n|---|---|---|---|\n",
            };
            table(&mut out, &title, head, changes.len(), changes.iter().map(|change| row(change)));
        }
    }
    let caveats = diff.caveats();
    if !caveats.is_empty() {
        let _ =
            writeln!(out, "\n<sub>{}</sub>", caveats.iter().map(|line| text(line)).collect::<Vec<_>>().join("<br>"));
    }
    out
}

/// Appends a table with a title, as far as there is room; what is over a screenful is folded.
fn table(out: &mut String, title: &str, head: &str, total: usize, rows: impl Iterator<Item = String>) {
    let folded = total > ROWS_OPEN_MAX;
    let mut block = match folded {
        true => format!("\n<details><summary>{title} ({})</summary>\n\n{head}", thousands(total)),
        false => format!("\n### {title}\n\n{head}"),
    };
    let room = CHARACTERS_MAX.saturating_sub(out.chars().count());
    let mut length = block.chars().count();
    let mut shown = 0;
    for row in rows.take(ROWS_MAX) {
        let size = row.chars().count();
        // Something is left for the endings.
        if length + size + 500 > room {
            break;
        }
        length += size;
        shown += 1;
        block.push_str(&row);
    }
    if shown < total {
        let _ = writeln!(block, "\nand {} more; `palisade sbom diff --all` lists them.", thousands(total - shown));
    }
    if folded {
        block.push_str("\n</details>\n");
    }
    if shown > 0 {
        out.push_str(&block);
    } else {
        let _ = writeln!(out, "\n{title}: {}, for which there is no room here.", thousands(total));
    }
}

fn row(change: &Change<'_>) -> String {
    let Some(component) = change.component() else { return String::new() };
    let name = cell(&format!("{} {}", component.purl.kind(), component.purl.full_name()));
    let notes: Vec<String> = notes(change)
        .iter()
        .map(|note| {
            let shown = text(&note.replace('`', "'"));
            if note.starts_with("direct") || note.starts_with("runs") { format!("**{shown}**") } else { shown }
        })
        .collect();
    let (old, new) = (cell(named(version(change.before))), cell(named(version(change.after))));
    let versions = match change.kind {
        Kind::Added | Kind::Same => new,
        Kind::Removed => old,
        _ => format!("{old} | {new}"),
    };
    format!("| {name} | {versions} | {} |\n", notes.join(", "))
}

fn fault(one: &Known) -> String {
    let summary = if one.summary.is_empty() { String::new() } else { format!(": {}", one.summary.replace('`', "'")) };
    let what = format!("{}{}", cell(&one.name), text(&summary));
    let package = cell(&format!("{} {}", one.package.full_name(), one.version));
    let fixed = one.fixed.as_deref().map_or_else(|| "none known".to_owned(), cell);
    format!("| {} | {what} | {package} | {fixed} |\n", one.severity.name())
}

/// Any text as code in a cell. A bar ends a cell even within code, so that it is written by its number.
fn cell(raw: &str) -> String {
    let short = shorten(raw, CELL_CHARACTERS_MAX);
    if short.trim().is_empty() {
        return String::new();
    }
    if short.contains('|') { text(&short.replace('`', "'")).replace("\\|", "&#124;") } else { code(&short) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_cell() {
        assert_eq!(cell("a|b`<x>"), "a&#124;b'&lt;x&gt;");
        assert_eq!(cell("@everyone\n| x"), "\\@&#8203;everyone\\\\n&#124; x");
        assert_eq!(cell("plain-1.0"), "`plain-1.0`");
        assert_eq!(cell("`"), "`` ` ``");
    }
}
