//! A bill of materials for a person: how much of what, from which files, and what was not understood.

use std::collections::BTreeMap;
use std::io;

use palisade_inventory::package::{Component, FileRead, Scope, is_recipe};

use super::Sbom;
use crate::style::{Role, Style};
use crate::text::visible;

/// Files that are listed; the other formats name each.
const FILES_SHOWN_MAX: usize = 20;

/// Licences that are listed, the most frequent first.
const LICENCES_SHOWN_MAX: usize = 6;

/// Gaps of one file that are listed.
const GAPS_SHOWN_MAX: usize = 5;

pub(super) fn write(out: &mut dyn io::Write, sbom: &Sbom<'_>, style: Style) -> io::Result<()> {
    let bill = sbom.bill;
    let version = sbom.version.as_ref().map(|version| format!(" {}", visible(version))).unwrap_or_default();
    let others = bill.components.iter().filter(|component| !component.own);
    let name = style.paint(Role::Strong, format!("{}{version}", visible(&sbom.name)));
    writeln!(out, "{name} ships {}\n", count(others.clone().count(), "package"))?;
    let mut kinds = BTreeMap::<&str, [usize; 4]>::new();
    for component in others {
        let row = kinds.entry(component.purl.kind()).or_default();
        let [direct, runtime, optional, development] = row;
        *direct += usize::from(component.direct);
        *match component.scope {
            Scope::Runtime => runtime,
            Scope::Optional => optional,
            Scope::Development => development,
        } += 1;
    }
    if !kinds.is_empty() {
        let head = format!("  {:<16}{:>9}{:>10}{:>13}{:>9}", "type", "runtime", "optional", "development", "direct");
        writeln!(out, "{}", style.paint(Role::Faint, head))?;
    }
    for (kind, [direct, runtime, optional, development]) in kinds {
        writeln!(out, "  {:<16}{runtime:>9}{optional:>10}{development:>13}{direct:>9}", visible(kind))?;
    }
    let limit = if style.all { usize::MAX } else { LICENCES_SHOWN_MAX };
    if let Some(line) = licences(bill.components.iter().filter(|component| !component.own), limit) {
        writeln!(out, "\n{line}")?;
    }
    if !bill.removed.is_empty() {
        writeln!(
            out,
            "\n{} of lower layers was taken away or replaced by later ones",
            count(bill.removed.len(), "package")
        )?;
    }
    writeln!(out, "\n{}", style.paint(Role::Strong, count(bill.files.len(), "file")))?;
    let limit = if style.all { usize::MAX } else { FILES_SHOWN_MAX };
    // Workflows come first by their paths, and say the least of what is shipped.
    let (last, first): (Vec<&FileRead>, Vec<&FileRead>) = bill.files.iter().partition(|file| is_recipe(&file.path));
    for file in first.into_iter().chain(last).take(limit) {
        writeln!(out, "  {}", line(file))?;
        for (line, message) in file.gaps.iter().take(GAPS_SHOWN_MAX) {
            writeln!(out, "      line {line}: {}", visible(message))?;
        }
        if file.gaps.len() > GAPS_SHOWN_MAX {
            writeln!(out, "      and {} more", file.gaps.len() - GAPS_SHOWN_MAX)?;
        }
    }
    if bill.files.len() > limit {
        writeln!(out, "  and {} more; --all lists them", bill.files.len() - limit)?;
    }
    let open = bill.components.iter().filter(|component| is_open(component)).count();
    if open > 0 {
        writeln!(out, "\n{} no exact version: commit a lock file to know what is shipped.", has(open))?;
    }
    Ok(())
}

/// How many packages are under which licences; none where no file states any.
fn licences<'c>(components: impl Iterator<Item = &'c Component>, limit: usize) -> Option<String> {
    let mut counts = BTreeMap::<String, usize>::new();
    let (mut unclear, mut unstated) = (0, 0);
    for component in components {
        match super::expression(component) {
            Some(expression) => *counts.entry(expression).or_default() += 1,
            None if component.licences.is_empty() => unstated += 1,
            None => unclear += 1,
        }
    }
    if counts.is_empty() && unclear == 0 {
        return None;
    }
    let mut sorted: Vec<(String, usize)> = counts.into_iter().collect();
    sorted.sort_by(|(one, few), (other, many)| many.cmp(few).then_with(|| one.cmp(other)));
    let rest: usize = sorted.iter().skip(limit).map(|(_, count)| count).sum();
    let mut parts: Vec<String> =
        sorted.iter().take(limit).map(|(licence, count)| format!("{count} {}", visible(licence))).collect();
    if rest > 0 {
        parts.push(format!("{rest} under {} others", sorted.len() - limit));
    }
    if unclear > 0 {
        parts.push(format!("{unclear} in words that are no SPDX expression"));
    }
    if unstated > 0 {
        parts.push(format!("{unstated} unstated"));
    }
    Some(format!("licences: {}", parts.join(", ")))
}

fn is_open(component: &Component) -> bool {
    component.purl.version().is_none() && !component.own
}

fn has(count: usize) -> String {
    if count == 1 { "1 package has".to_owned() } else { format!("{count} packages have") }
}

fn line(file: &FileRead) -> String {
    let what = match (&file.behind, file.refused, file.gaps.is_empty()) {
        (Some(lock), ..) => format!("read from {}", visible(lock)),
        (_, true, _) => "could not be read".to_owned(),
        (_, _, false) => format!("{}, read in part", count(file.packages, "package")),
        _ => count(file.packages, "package"),
    };
    format!("{}: {what}", visible(&file.path))
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
