//! What is different between two bills of materials: for a person, for a pull request, for a program.

mod human;
mod json;
mod markdown;

use std::collections::BTreeSet;
use std::io;

use palisade_checks::packages::Known;
use palisade_inventory::package::{Bill, Change, Component, Kind, Source};

use crate::style::Style;
use crate::text::count;

/// The formats of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffFormat {
    /// For a person at a terminal.
    Human,
    /// A pull request comment.
    Markdown,
    /// `palisade.sbom-diff/1`.
    Json,
}

/// One of the two bills.
#[derive(Clone, Debug)]
pub struct DiffSide<'a> {
    /// In the user's words.
    pub name: String,
    /// Its packages.
    pub bill: &'a Bill,
    /// What advisories say of them; nothing where no index is at hand.
    pub faults: Option<Vec<Known>>,
}

/// Two bills and what is different.
#[derive(Clone, Debug)]
pub struct SbomDiff<'a> {
    /// The earlier one.
    pub before: DiffSide<'a>,
    /// The later one.
    pub after: DiffSide<'a>,
    /// What is different, in order.
    pub changes: Vec<Change<'a>>,
    /// The index of advisories that both were compared with.
    pub index: Option<String>,
}

/// Writes a difference in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_sbom_diff(
    out: &mut dyn io::Write,
    diff: &SbomDiff<'_>,
    format: DiffFormat,
    style: &Style,
) -> io::Result<()> {
    match format {
        DiffFormat::Human => human::write(out, diff, style),
        DiffFormat::Markdown => out.write_all(markdown::render(diff).as_bytes()),
        DiffFormat::Json => json::write(out, diff),
    }
}

/// The kinds in the order in which they are told, with their words.
const KINDS: [(Kind, &str); 6] = [
    (Kind::Added, "added"),
    (Kind::Removed, "removed"),
    (Kind::Upgraded, "upgraded"),
    (Kind::Downgraded, "downgraded"),
    (Kind::Changed, "changed"),
    (Kind::Same, "same version"),
];

impl DiffSide<'_> {
    /// How many packages of others it names.
    fn packages(&self) -> usize {
        self.bill.components.iter().filter(|component| !component.own).count()
    }

    /// Files that were not understood to their end.
    fn lacking(&self) -> usize {
        self.bill.files.iter().filter(|file| !file.gaps.is_empty()).count()
    }
}

impl SbomDiff<'_> {
    /// Faults of the later bill that the earlier has not, or the other way round; nothing without an index.
    fn faults(&self, new: bool) -> Option<Vec<&Known>> {
        let (here, there) = if new { (&self.after, &self.before) } else { (&self.before, &self.after) };
        let known: BTreeSet<(&str, String)> =
            there.faults.as_ref()?.iter().map(|one| (one.name.as_str(), one.package.to_string())).collect();
        let here = here.faults.as_ref()?.iter();
        Some(here.filter(|one| !known.contains(&(one.name.as_str(), one.package.to_string()))).collect())
    }

    /// `2 added, 1 removed`; nothing when all is the same.
    fn sentence(&self) -> String {
        let count = |kind| self.changes.iter().filter(|change| change.kind == kind).count();
        let counted = KINDS.iter().map(|(kind, word)| (count(*kind), *word));
        let parts: Vec<String> = counted
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| match word {
                "same version" => format!("{count} otherwise different"),
                word => format!("{count} {word}"),
            })
            .collect();
        parts.join(", ")
    }

    /// What a reader has to know about how much was compared, a line each.
    fn caveats(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for side in [&self.before, &self.after] {
            if side.lacking() > 0 {
                let files = count(side.lacking(), "file", "files");
                lines.push(format!("{}: {files} not understood to the end, so packages may be missing", side.name));
            }
        }
        if self.index.is_none() {
            lines.push("not compared with known vulnerabilities: no index of advisories is here".to_owned());
        }
        lines
    }
}

/// What is to be said of a change beside its versions. Texts of the target are in it as they are.
fn notes(change: &Change<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(component) = change.component() else { return notes };
    if change.newly_direct {
        notes.push(if change.new { "direct" } else { "now direct" }.to_owned());
    }
    if component.scope != palisade_inventory::package::Scope::Runtime {
        notes.push(component.scope.word().to_owned());
    }
    if change.scripts {
        notes.push("runs its maker's scripts at installation".to_owned());
    }
    if let Some((old, new)) = &change.licence {
        notes.push(format!("licence {old} → {new}"));
    }
    if let Some((old, new)) = &change.source {
        notes.push(format!("from {} → {}", sources(old), sources(new)));
    } else if change.before.is_none() && !component.sources.is_empty() {
        notes.push(format!("from {}", sources(&component.sources.iter().cloned().collect::<Vec<_>>())));
    }
    if change.before.is_none() && !change.new {
        notes.push("beside other versions".to_owned());
    }
    notes
}

fn sources(sources: &[Source]) -> String {
    let each = sources.iter().map(|source| match source {
        Source::Registry => "the public registry",
        Source::Local => "a folder",
        Source::Mirror(url) | Source::Repository(url) | Source::Address(url) => url,
    });
    let each: Vec<&str> = each.collect();
    if each.is_empty() { "the public registry".to_owned() } else { each.join(", ") }
}

fn version(component: Option<&Component>) -> &str {
    component.and_then(|component| component.purl.version()).unwrap_or("")
}

/// The version before and now: `1.0 → 1.1`, or the one that there is.
fn versions(change: &Change<'_>) -> String {
    let (old, new) = (version(change.before), version(change.after));
    match (change.before.is_some(), change.after.is_some()) {
        (true, true) if old != new => format!("{} → {}", named(old), named(new)),
        (true, false) => old.to_owned(),
        _ => new.to_owned(),
    }
}

fn named(version: &str) -> &str {
    if version.is_empty() { "no version" } else { version }
}
