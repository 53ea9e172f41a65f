//! What is different between two bills of materials: pure, in an order that follows from the bills alone.
//!
//! Several versions of one package side by side are matched before anything is called an upgrade: equal ones first, then
//! those of the same line of releases, then the others from the newest down. What is left over was added or removed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use palisade_model::Purl;

use super::bill::{Bill, Component};
use super::{Scope, Source};
use crate::licence::Expression;

/// Versions of one package beyond this are not paired one by one: real trees hold some ten.
const PAIRED_MAX: usize = 256;

/// How two versions of a package stand to each other, where its ecosystem's rules tell.
pub type Compare<'c> = dyn Fn(&Purl, &str, &str) -> Option<Ordering> + 'c;

/// What became of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
    /// To a later version.
    Upgraded,
    /// To an earlier version.
    Downgraded,
    /// To a version of which nobody can say whether it is later.
    Changed,
    /// The same version, with another licence or from elsewhere.
    Same,
}

/// One package that is different.
#[derive(Clone, Debug)]
pub struct Change<'b> {
    /// What became of it.
    pub kind: Kind,
    /// What it was.
    pub before: Option<&'b Component>,
    /// What it is.
    pub after: Option<&'b Component>,
    /// Whether no version of it was there before.
    pub new: bool,
    /// Whether the target asks for it itself and did not before.
    pub newly_direct: bool,
    /// Whether its maker's scripts run at installation and did not before.
    pub scripts: bool,
    /// Its licence before and now, where both are known and differ.
    pub licence: Option<(String, String)>,
    /// Where it came from and comes from, where that differs; nothing stands for the public registry.
    pub source: Option<(Vec<Source>, Vec<Source>)>,
}

impl Change<'_> {
    /// The component as it is, or was.
    #[must_use]
    pub fn component(&self) -> Option<&Component> {
        self.after.or(self.before)
    }
}

/// Everything that is different: by kind, what the target asks for itself first, then by package URL.
#[must_use]
pub fn diff<'b>(before: &'b Bill, after: &'b Bill, compare: &Compare<'_>) -> Vec<Change<'b>> {
    let mut packages: BTreeMap<String, [Vec<&Component>; 2]> = BTreeMap::new();
    for (side, bill) in [before, after].into_iter().enumerate() {
        for component in bill.components.iter().filter(|component| !component.own) {
            let sides = packages.entry(component.purl.bare().to_string()).or_default();
            if let Some(list) = sides.get_mut(side) {
                list.push(component);
            }
        }
    }
    let says_sources = [before, after].iter().all(|bill| bill.about.as_ref().is_none_or(|about| about.sources));
    let mut changes = Vec::new();
    for [old, new] in packages.into_values() {
        let (is_new, was_direct) = (old.is_empty(), old.iter().any(|component| component.direct));
        for (before, after) in pairs(old, new) {
            let change = Change {
                kind: kind(before, after, compare),
                before,
                after,
                new: is_new,
                newly_direct: !was_direct && after.is_some_and(|after| after.direct),
                scripts: after.is_some_and(|after| after.scripts) && !before.is_some_and(|before| before.scripts),
                licence: before.zip(after).and_then(|(before, after)| licence(before, after)),
                source: before.zip(after).filter(|_| says_sources).and_then(|(before, after)| source(before, after)),
            };
            let told = change.licence.is_some() || change.source.is_some() || change.scripts || change.newly_direct;
            if change.kind != Kind::Same || told {
                changes.push(change);
            }
        }
    }
    changes.sort_by_cached_key(|change| {
        let text = |component: Option<&Component>| component.map(|one| one.purl.to_string());
        let direct = change.component().is_some_and(|one| one.direct);
        (change.kind, !direct, text(change.component()), text(change.before))
    });
    changes
}

/// Which component of before became which of now.
fn pairs<'b>(
    mut old: Vec<&'b Component>,
    mut new: Vec<&'b Component>,
) -> Vec<(Option<&'b Component>, Option<&'b Component>)> {
    let mut pairs = Vec::new();
    if old.len() <= PAIRED_MAX && new.len() <= PAIRED_MAX {
        // The newest first, so that it meets the newest.
        for list in [&mut old, &mut new] {
            list.sort_by_cached_key(|component| std::cmp::Reverse(words(component.purl.version().unwrap_or(""))));
        }
        let version = |one: &Component| one.purl.version().map(str::to_owned);
        let line = |one: &Component| one.purl.version().and_then(line);
        let mut take = |same: &dyn Fn(&Component, &Component) -> bool| {
            let mut at = 0;
            while let Some(before) = old.get(at).copied() {
                match new.iter().position(|after| same(before, after)) {
                    Some(found) => {
                        pairs.push((Some(before), Some(new.remove(found))));
                        old.remove(at);
                    }
                    None => at += 1,
                }
            }
        };
        take(&|before, after| before.purl == after.purl);
        take(&|before, after| version(before) == version(after));
        take(&|before, after| line(before).is_some() && line(before) == line(after));
        take(&|_, _| true);
    }
    pairs.extend(old.into_iter().map(|before| (Some(before), None)));
    pairs.extend(new.into_iter().map(|after| (None, Some(after))));
    pairs
}

/// Numbers and words of a version, to put versions into some order that is the same everywhere.
fn words(version: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut digits = None;
    for character in version.chars() {
        let is_digit = character.is_ascii_digit();
        if digits != Some(is_digit) {
            words.push((0, String::new()));
            digits = Some(is_digit);
        }
        if let Some((length, word)) = words.last_mut() {
            // A number without the zeros before it is the greater, the longer it is.
            if !(is_digit && character == '0' && word.is_empty()) {
                word.push(character);
                *length += usize::from(is_digit);
            }
        }
    }
    words
}

/// The line of releases that a version belongs to: its first number, with the second where the first is 0.
fn line(version: &str) -> Option<String> {
    let plain = version.trim_start_matches(['v', 'V']);
    let mut numbers = plain.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end).unwrap_or("")
    });
    let first = numbers.next().filter(|first| !first.is_empty())?;
    match (first, numbers.next()) {
        ("0", Some(second)) => Some(format!("0.{second}")),
        _ => Some(first.to_owned()),
    }
}

fn kind(before: Option<&Component>, after: Option<&Component>, compare: &Compare<'_>) -> Kind {
    let (Some(before), Some(after)) = (before, after) else {
        return if before.is_some() { Kind::Removed } else { Kind::Added };
    };
    match (before.purl.version(), after.purl.version()) {
        (old, new) if old == new => Kind::Same,
        (Some(old), Some(new)) => match compare(&after.purl, old, new) {
            Some(Ordering::Less) => Kind::Upgraded,
            Some(Ordering::Greater) => Kind::Downgraded,
            Some(Ordering::Equal) | None => Kind::Changed,
        },
        _ => Kind::Changed,
    }
}

fn licence(before: &Component, after: &Component) -> Option<(String, String)> {
    let told =
        |component: &Component| component.licences.iter().map(|text| plain(text)).collect::<Vec<_>>().join(" AND ");
    let (old, new) = (told(before), told(after));
    let differ = !old.is_empty() && !new.is_empty() && old != new;
    differ.then_some((old, new))
}

/// A licence in the spelling of SPDX, where it is an expression.
fn plain(text: &str) -> String {
    Expression::parse(text).map_or_else(|_| text.trim().to_owned(), |expression| expression.to_string())
}

fn source(before: &Component, after: &Component) -> Option<(Vec<Source>, Vec<Source>)> {
    let told = |component: &Component| component.sources.iter().cloned().collect::<Vec<_>>();
    let (old, new) = (told(before), told(after));
    // A later revision or archive goes with a later version: what counts is another kind of place, or another host.
    let places = |sources: &[Source]| sources.iter().map(place).collect::<Vec<_>>();
    (places(&old) != places(&new)).then_some((old, new))
}

/// Where a source lies, without what names a version.
fn place(source: &Source) -> (u8, String) {
    let plain = |url: &str| url.trim_start_matches("git+").split(['?', '#']).next().unwrap_or("").to_owned();
    match source {
        Source::Registry => (0, String::new()),
        Source::Mirror(url) => (1, plain(url)),
        Source::Repository(url) => (2, plain(url).trim_end_matches(".git").to_owned()),
        Source::Address(url) => (3, plain(url).split('/').take(3).collect::<Vec<_>>().join("/")),
        Source::Local => (4, String::new()),
    }
}

/// The word of a scope in reports.
impl Scope {
    /// `runtime`, `optional`, `development`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Optional => "optional",
            Self::Development => "development",
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::super::Read;
    use super::*;

    fn bill(lines: &str) -> Bill {
        let entries: Vec<String> = lines
            .lines()
            .enumerate()
            .map(|(at, line)| {
                let mut words = line.split_whitespace();
                let (name, version) = words.next().unwrap().rsplit_once('@').unwrap();
                let rest: Vec<&str> = words.collect();
                format!(
                    "\"node_modules/x{at}/node_modules/{name}\": {{\"version\": \"{version}\", {}}}",
                    rest.join(" ")
                )
                .replace(", }", "}")
            })
            .collect();
        let text = format!("{{\"lockfileVersion\": 3, \"packages\": {{{}}}}}", entries.join(","));
        Bill::of(vec![Read::of("package-lock.json", text.as_bytes()).unwrap()])
    }

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[&str]) {
        let (before, after) = (bill(before), bill(after));
        let numbers = |text: &str| text.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
        let compare = |_: &Purl, a: &str, b: &str| Some(numbers(a)?.cmp(&numbers(b)?));
        let shown: Vec<String> = diff(&before, &after, &compare)
            .iter()
            .map(|change| {
                let version =
                    |one: Option<&Component>| one.and_then(|one| one.purl.version()).unwrap_or("-").to_owned();
                let name = change.component().unwrap().purl.name();
                let mut line = format!("{:?} {name} {} {}", change.kind, version(change.before), version(change.after));
                line += if change.new { " new" } else { "" };
                line += if change.scripts { " scripts" } else { "" };
                line += if change.licence.is_some() { " licence" } else { "" };
                line += if change.source.is_some() { " source" } else { "" };
                line
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn versions_side_by_side_are_matched_before_they_are_judged() {
        check("a@1.0.0\na@2.0.0", "a@2.0.0\na@1.0.0", &[]);
        check("a@1.0.0\na@2.0.0", "a@2.0.0\na@3.0.0", &["Upgraded a 1.0.0 3.0.0"]);
        check("a@1.2.0\na@2.0.0", "a@1.3.0\na@2.1.0", &["Upgraded a 1.2.0 1.3.0", "Upgraded a 2.0.0 2.1.0"]);
        check("a@1.2.0\na@2.0.0", "a@2.1.0", &["Removed a 1.2.0 -", "Upgraded a 2.0.0 2.1.0"]);
        check("a@1.2.0", "a@1.3.0\na@2.0.0", &["Added a - 2.0.0", "Upgraded a 1.2.0 1.3.0"]);
        check("a@0.9.0\na@0.10.0", "a@0.10.1\na@0.8.0", &["Upgraded a 0.10.0 0.10.1", "Downgraded a 0.9.0 0.8.0"]);
        check("a@9.0.0\na@10.0.0", "a@11.0.0", &["Removed a 9.0.0 -", "Upgraded a 10.0.0 11.0.0"]);
    }

    #[test]
    fn everything_that_can_change() {
        check(
            "gone@1.0.0\nsame@1.0.0\nodd@main\nless@2.0.0\nlaw@1.0.0 \"license\": \"MIT\"\nplace@1.0.0\nrun@1.0.0\nmove@1.0.0 \
             \"resolved\": \"git+https://git.example/m.git#aaa\"",
            "new@1.0.0 \"hasInstallScript\": true\nsame@1.0.0\nodd@trunk\nless@1.0.0\nlaw@1.0.1 \"license\": \"GPL-3.0-only\"\n\
             place@1.0.0 \"resolved\": \"git+https://git.example/p.git#abc\"\nrun@1.0.0 \"hasInstallScript\": true\n\
             move@1.0.1 \"resolved\": \"git+https://git.example/m.git#bbb\"",
            &[
                "Added new - 1.0.0 new scripts",
                "Removed gone 1.0.0 -",
                "Upgraded law 1.0.0 1.0.1 licence",
                "Upgraded move 1.0.0 1.0.1",
                "Downgraded less 2.0.0 1.0.0",
                "Changed odd main trunk",
                "Same place 1.0.0 1.0.0 source",
                "Same run 1.0.0 1.0.0 scripts",
            ],
        );
    }
}
