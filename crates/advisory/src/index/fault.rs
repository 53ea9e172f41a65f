//! What the index knows of one package, and which of it concerns a version.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::distribution::MODULAR;
use crate::{Order, Stream};

/// All faults of one package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block<'b> {
    /// As in OSV, with its release.
    pub ecosystem: &'b str,
    /// As the index writes names.
    pub name: &'b str,
    /// Each once, under all its names.
    #[serde(borrow)]
    pub faults: Vec<Fault<'b>>,
}

/// A fault of a package: one or more advisories that speak of the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault<'b> {
    /// The name it goes by here: the advisory of the package's own ecosystem, as far as there is one.
    pub id: &'b str,
    /// All its names, sorted.
    #[serde(borrow)]
    pub names: Vec<&'b str>,
    /// One line.
    pub summary: &'b str,
    /// The CVSS base score, 0.0 to 10.0, when one is known.
    pub score: Option<f32>,
    /// The database's word where there is no score: `low`, `moderate`, `high`, `critical`.
    pub word: &'b str,
    /// A page about it.
    pub url: &'b str,
    /// That it is known to be used in attacks.
    #[serde(borrow)]
    pub kev: Option<Kev<'b>>,
    /// The chance that it is used within 30 days, and its rank, each 0 to 1 (EPSS).
    pub epss: Option<(f32, f32)>,
    /// RustSec's `unmaintained`, `unsound`, `notice` for what is no vulnerability.
    pub informational: &'b str,
    /// What each advisory says of versions.
    #[serde(borrow)]
    pub records: Vec<Record<'b>>,
}

/// An entry of CISA's catalogue of known exploited vulnerabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kev<'b> {
    /// When it was added, `YYYY-MM-DD`.
    pub added: &'b str,
    /// When agencies must have acted, likewise.
    pub due: &'b str,
    /// Whether it is used to extort.
    pub ransomware: bool,
}

/// What one advisory says of versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record<'b> {
    /// The advisory.
    pub id: &'b str,
    /// Ranges, the events of each in the order of versions.
    #[serde(borrow)]
    pub ranges: Vec<Vec<Event<'b>>>,
    /// Versions one by one.
    #[serde(borrow)]
    pub versions: Vec<&'b str>,
    /// Functions or packages inside that are at fault.
    #[serde(borrow)]
    pub functions: Vec<&'b str>,
}

/// A version at which something begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event<'b> {
    /// What.
    pub kind: EventKind,
    /// The version; `0` is before all.
    pub version: &'b str,
}

/// What happens at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventKind {
    /// The fault is gone from here.
    Fixed,
    /// The range ends before this.
    Limit,
    /// The fault is there from here.
    Introduced,
    /// The fault is there up to here.
    LastAffected,
}

/// A fault that concerns a version.
#[derive(Clone, Debug, PartialEq)]
pub struct Match<'f, 'b> {
    /// The fault.
    pub fault: &'f Fault<'b>,
    /// The nearest version above without it, if one is known.
    pub fixed: Option<&'b str>,
    /// False where the version cannot be compared, so that it may be concerned.
    pub certain: bool,
}

/// A version to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade<'b> {
    /// It has the fewest known faults of those above that advisories call mended, and is the nearest of these.
    pub to: &'b str,
    /// Faults that are known of it.
    pub left: usize,
}

/// Versions beyond this are not tried; a package has some dozens of faults at most.
const CANDIDATES_MAX: usize = 200;

impl<'b> Block<'b> {
    pub(super) fn parse(bytes: &'b [u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// Whether the bytes of a block are of this package.
    pub(super) fn is_of(bytes: &[u8], ecosystem: &str, name: &str) -> bool {
        let Ok((known, rest)) = postcard::take_from_bytes::<&str>(bytes) else { return false };
        known == ecosystem && postcard::take_from_bytes::<&str>(rest).is_ok_and(|(known, _)| known == name)
    }

    /// What of it is said of packages of a stream. A range that ends with the build of a module is about packages of
    /// modules alone, one that ends with another about the others; which stream an advisory is about, its summary
    /// says, or nothing does.
    #[must_use]
    pub fn within(mut self, stream: &Stream) -> Self {
        if *stream == Stream::Any {
            return self;
        }
        let is_modular = *stream != Stream::Outside;
        for record in self.faults.iter_mut().flat_map(|fault| &mut fault.records) {
            record.ranges.retain(|range| {
                let mut fixes = range.iter().filter(|event| event.kind == EventKind::Fixed).peekable();
                fixes.peek().is_none() || fixes.any(|fix| fix.version.contains(MODULAR) == is_modular)
            });
        }
        if let Stream::Of(stream) = stream {
            self.faults.retain(|fault| fault.may_be_of(stream));
        }
        self
    }

    /// The faults that concern a version.
    pub fn matches(&self, version: &str) -> Vec<Match<'_, 'b>> {
        let order = Order::of_ecosystem(self.ecosystem);
        self.faults.iter().filter_map(|fault| fault.concerns(order, version)).collect()
    }

    /// The shortest way up that leaves the fewest faults; none where no mended version is known.
    pub fn upgrade(&self, version: &str) -> Option<Upgrade<'b>> {
        let order = Order::of_ecosystem(self.ecosystem)?;
        let now = self.matches(version).len();
        let ranges = self.faults.iter().flat_map(|fault| &fault.records).flat_map(|record| &record.ranges);
        let fixes = ranges.flatten().filter(|event| event.kind == EventKind::Fixed).map(|event| event.version);
        let mut seen = HashSet::new();
        let above = fixes.filter(|fix| order.compare(fix, version) == Some(Ordering::Greater) && seen.insert(*fix));
        let mut best: Option<Upgrade<'b>> = None;
        for to in above.take(CANDIDATES_MAX) {
            let left = self.faults.iter().filter(|fault| fault.concerns(Some(order), to).is_some()).count();
            let is_better = best.is_none_or(|best| {
                left < best.left || left == best.left && order.compare(to, best.to) == Some(Ordering::Less)
            });
            if left < now && is_better {
                best = Some(Upgrade { to, left });
            }
        }
        best
    }
}

impl<'b> Fault<'b> {
    /// Whether it names this stream, or none: `Important: nodejs:16 security update`.
    fn may_be_of(&self, stream: &str) -> bool {
        let words = self.summary.split([' ', ',', '/']).filter(|word| {
            word.split_once(':').is_some_and(|(module, stream)| !module.is_empty() && !stream.is_empty())
        });
        let mut named = words.peekable();
        // Of several advisories the summary is that of one.
        let is_one = self.records.iter().all(|record| record.id == self.id);
        !is_one || named.peek().is_none() || named.any(|word| word == stream)
    }

    fn concerns(&self, order: Option<Order>, version: &str) -> Option<Match<'_, 'b>> {
        let told: Vec<Told<'b>> = self.records.iter().map(|record| record.tells(order, version)).collect();
        let certain = told.iter().any(|one| one.affected == Some(true));
        if !certain && told.iter().all(|one| one.affected == Some(false)) {
            return None;
        }
        // The nearest mend that all advisories would take: the highest of those that they name.
        let fixed = told.iter().filter(|one| one.affected == Some(true)).filter_map(|one| one.fixed);
        let fixed = fixed.reduce(|best, next| match order.and_then(|order| order.compare(next, best)) {
            Some(Ordering::Greater) => next,
            _ => best,
        });
        Some(Match { fault: self, fixed, certain })
    }
}

/// What a record tells of a version.
struct Told<'b> {
    /// Unknown where the version cannot be compared.
    affected: Option<bool>,
    fixed: Option<&'b str>,
}

impl<'b> Record<'b> {
    fn tells(&self, order: Option<Order>, version: &str) -> Told<'b> {
        let same = |known: &&str| {
            *known == version || order.is_some_and(|order| order.compare(known, version) == Some(Ordering::Equal))
        };
        let mut told = Told { affected: Some(self.versions.iter().any(same)), fixed: None };
        for range in &self.ranges {
            match within(range, order, version) {
                Some(true) => told.affected = Some(true),
                Some(false) => continue,
                None if told.affected == Some(false) => told.affected = None,
                None => {}
            }
            if told.affected == Some(true) && told.fixed.is_none() {
                let fixes = range.iter().filter(|event| event.kind == EventKind::Fixed);
                let above = fixes.filter(|event| compare(order, event.version, version) == Some(Ordering::Greater));
                told.fixed = above.map(|event| event.version).next();
            }
        }
        told
    }
}

/// Whether a version is inside of a range: the rule of the OSV schema. Unknown where it cannot be compared.
fn within(range: &[Event<'_>], order: Option<Order>, version: &str) -> Option<bool> {
    let mut inside = false;
    for event in range {
        let side = compare(order, version, event.version)?;
        match event.kind {
            EventKind::Introduced if side != Ordering::Less => inside = true,
            EventKind::Fixed if side != Ordering::Less => inside = false,
            EventKind::LastAffected if side == Ordering::Greater => inside = false,
            EventKind::Limit if event.version != "*" && side != Ordering::Less => return Some(false),
            _ => {}
        }
    }
    Some(inside)
}

/// How two versions stand where `0` and `*` stand for the first and the last.
fn compare(order: Option<Order>, a: &str, b: &str) -> Option<Ordering> {
    match (a, b) {
        (a, b) if a == b => Some(Ordering::Equal),
        (_, "0") | ("*", _) => Some(Ordering::Greater),
        ("0", _) | (_, "*") => Some(Ordering::Less),
        (a, b) => order?.compare(a, b),
    }
}

/// Sorts the events of a range as [`within`] wants them. What cannot be compared comes last, in its own order.
pub(super) fn sort(events: &mut [Event<'_>], order: Option<Order>) {
    // Not every rule is a strict order (Maven's is not): insertion needs none.
    for at in 1..events.len() {
        let mut here = at;
        while let Some([before, after]) = here.checked_sub(1).and_then(|from| events.get_mut(from..=here)) {
            let side = compare(order, before.version, after.version).unwrap_or(Ordering::Equal);
            if side.then(before.kind.cmp(&after.kind)) != Ordering::Greater {
                break;
            }
            std::mem::swap(before, after);
            here -= 1;
        }
    }
}
