//! Builds the index: advisories in any order become packages with faults, each fault once under all its names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fault::sort;
use super::{
    ABOUT_BYTES_MAX, About, BLOCK_BYTES_MAX, Block, Event, EventKind, Fault, HEADER_BYTES, Header, Index, Kev,
    OpenError, Record, SLOTS_LOG2_MAX, SourceCount, block_sum, hash, keep, slot, tag_of,
};
use crate::osv::{Advisory, Affected, Range};
use crate::severity;
use crate::{Order, package_name};
use palisade_model::Timestamp;
use sha2::{Digest as _, Sha256};

/// Events in one range beyond which it is no range; the longest in public advisories have some hundred.
const EVENTS_MAX: usize = 2_000;

/// Why no index could be built.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Larger than the format can say.
    #[error("there are more advisories than an index can hold")]
    Full,
}

/// What is known of vulnerabilities beside the advisories, by their CVE names.
#[derive(Clone, Debug, Default)]
pub struct Enrichment {
    /// Added, due, used to extort: CISA's catalogue.
    pub kev: HashMap<String, (String, String, bool)>,
    /// Chance and rank: EPSS.
    pub epss: HashMap<String, (f32, f32)>,
}

impl Enrichment {
    /// Both; where both speak of the same, the other counts.
    fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.kev.extend(other.kev.iter().map(|(name, entry)| (name.clone(), entry.clone())));
        both.epss.extend(other.epss.iter().map(|(name, scores)| (name.clone(), *scores)));
        both
    }
}

/// An advisory as it waits for its package: packed, since there are tens of thousands. Of two with one name the greater
/// stays, so that their order says nothing.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stored {
    modified: String,
    withdrawn: bool,
    packed: Box<[u8]>,
    aliases: Box<[String]>,
}

impl Stored {
    fn of(advisory: Advisory) -> Self {
        // Texts and lists in memory can always be packed.
        let packed = postcard::to_allocvec(&advisory).unwrap_or_default().into();
        let withdrawn = advisory.withdrawn.is_some();
        Self { modified: advisory.modified, withdrawn, packed, aliases: advisory.aliases.into() }
    }

    fn unpacked(&self) -> Advisory {
        postcard::from_bytes(&self.packed).unwrap_or_default()
    }
}

/// Collects advisories.
#[derive(Debug, Default)]
pub struct Builder {
    advisories: BTreeMap<String, Stored>,
    sources: Vec<SourceCount>,
    /// Of an index that is kept: what it says of itself, and what is known beside its advisories.
    before: Option<(About, Enrichment)>,
}

impl Builder {
    /// Begins with what an index holds. What is added after it takes the place of what it says under the same name.
    ///
    /// # Errors
    /// When the index is damaged: nothing is built on it.
    pub fn keep(&mut self, index: &Index) -> Result<(), OpenError> {
        index.verify()?;
        let about = index.about()?;
        let kept = keep::all(index)?;
        let kept_ones = kept.advisories.into_iter().map(|(id, advisory)| (id, Stored::of(advisory)));
        self.advisories.extend(kept_ones);
        self.sources.splice(0..0, about.sources.iter().cloned());
        self.before = Some((about, kept.enrichment));
        Ok(())
    }

    /// From now on advisories come from this source. One that an index that is kept was built from goes on where it was.
    pub fn source(&mut self, name: &str) {
        let known = self.sources.iter().position(|source| source.name == name);
        let source = match known {
            Some(at) => self.sources.remove(at),
            None => SourceCount { name: name.to_owned(), ..SourceCount::default() },
        };
        self.sources.push(source);
    }

    /// The newest change that an index that is kept has from a source; none when it was not built from that.
    #[must_use]
    pub fn newest_of(&self, name: &str) -> Option<&str> {
        let newest = self.sources.iter().find(|source| source.name == name).map(|source| source.newest.as_str());
        newest.filter(|newest| !newest.is_empty())
    }

    /// Adds an advisory; of several with one name the one that was changed last stays. One that is of no fault is taken
    /// and not kept.
    pub fn add(&mut self, advisory: Advisory) {
        if let Some(source) = self.sources.last_mut() {
            source.taken = source.taken.saturating_add(1);
            let newest = Timestamp::parse(&source.newest);
            if Timestamp::parse(&advisory.modified).is_some_and(|now| newest.is_none_or(|before| before < now)) {
                source.newest.clone_from(&advisory.modified);
            }
        }
        if !advisory.is_of_fault() {
            return;
        }
        let id = advisory.id.clone();
        let stored = Stored::of(advisory);
        if self.advisories.get(&id).is_none_or(|known| *known < stored) {
            self.advisories.insert(id, stored);
        }
    }

    /// Counts files that looked like records and were none.
    pub fn refuse(&mut self, files: usize) {
        if let Some(source) = self.sources.last_mut() {
            source.refused = source.refused.saturating_add(u32::try_from(files).unwrap_or(u32::MAX));
        }
    }

    /// Whether no advisory was taken that still stands.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.standing().next().is_none()
    }

    /// The advisories that were not taken back.
    fn standing(&self) -> impl Iterator<Item = (&String, &Stored)> {
        self.advisories.iter().filter(|(_, stored)| !stored.withdrawn)
    }

    /// When the newest of all was changed.
    fn newest(&self) -> String {
        let before = self.before.iter().map(|(before, _)| before.newest.clone());
        let now = self.standing().map(|(_, stored)| stored.modified.clone());
        now.chain(before).max().unwrap_or_default()
    }

    /// Writes the index. The same advisories give the same bytes, but for the time.
    ///
    /// # Errors
    /// When it would be too large.
    pub fn finish(&self, enrichment: &Enrichment, built: i64) -> Result<Vec<u8>, IndexError> {
        let joined = self.before.as_ref().map(|(_, before)| before.with(enrichment));
        let enrichment = joined.as_ref().unwrap_or(enrichment);
        let mut groups = Groups { by_name: HashMap::new(), names: Vec::new() };
        self.standing().for_each(|(id, stored)| groups.join(id, &stored.aliases));
        // By package: by group of names: the advisories.
        let mut packages: BTreeMap<(String, String), BTreeMap<usize, Vec<&Stored>>> = BTreeMap::new();
        let mut ecosystems: BTreeMap<String, u32> = BTreeMap::new();
        for (id, stored) in self.standing() {
            let group = groups.of_id(id);
            let advisory = stored.unpacked();
            let named = advisory.affected.iter().filter_map(|affected| affected.package.as_ref());
            let named: BTreeSet<(&str, String)> = named
                .filter(|package| !package.name.is_empty())
                .map(|package| (package.ecosystem.as_str(), package_name(&package.ecosystem, &package.name)))
                .collect();
            let families: BTreeSet<&str> =
                named.iter().filter_map(|(ecosystem, _)| ecosystem.split(':').next()).collect();
            families.into_iter().for_each(|family| *ecosystems.entry(family.to_owned()).or_default() += 1);
            for (ecosystem, name) in named {
                let of_package = packages.entry((ecosystem.to_owned(), name)).or_default();
                of_package.entry(group).or_default().push(stored);
            }
        }
        let slots_log2 = (packages.len() * 2).max(2).next_power_of_two().ilog2();
        if slots_log2 > SLOTS_LOG2_MAX {
            return Err(IndexError::Full);
        }
        let mut table = vec![0_u8; 8 << slots_log2];
        let mut out = vec![0_u8; HEADER_BYTES + table.len()];
        for ((ecosystem, name), of_package) in &packages {
            let said: Vec<(usize, Vec<Advisory>)> = of_package
                .iter()
                .map(|(group, stored)| (*group, stored.iter().map(|stored| stored.unpacked()).collect()))
                .collect();
            let of_this = |affected: &&Affected| {
                affected.package.as_ref().is_some_and(|package| {
                    package.ecosystem == *ecosystem && package_name(&package.ecosystem, &package.name) == *name
                })
            };
            let faults = said.iter().map(|(group, advisories)| {
                let pairs = advisories.iter().flat_map(|advisory| {
                    advisory.affected.iter().filter(of_this).map(move |affected| (advisory, affected))
                });
                fault(ecosystem, &groups, *group, &pairs.collect::<Vec<_>>(), enrichment)
            });
            let block = Block { ecosystem, name, faults: faults.collect() };
            let content = postcard::to_allocvec(&block).map_err(|_| IndexError::Full)?;
            let length = u32::try_from(content.len()).map_err(|_| IndexError::Full)?;
            if content.len() > BLOCK_BYTES_MAX {
                return Err(IndexError::Full);
            }
            let place = u32::try_from(out.len() / 8).map_err(|_| IndexError::Full)?;
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&block_sum(&content));
            out.extend_from_slice(&content);
            out.resize(out.len().next_multiple_of(8), 0);
            insert(&mut table, slots_log2, hash(ecosystem, name), place);
        }
        // A record that claims to be of a day to come must not hide those that are changed until then.
        let mut sources = self.sources.clone();
        for source in &mut sources {
            if Timestamp::parse(&source.newest).is_some_and(|newest| newest.0 > built) {
                source.newest = Timestamp(built).rfc3339();
            }
        }
        let about = About {
            built,
            newest: self.newest(),
            sources,
            advisories: u32::try_from(self.standing().count()).unwrap_or(u32::MAX),
            withdrawn: u32::try_from(self.advisories.len() - self.standing().count())
                .unwrap_or(u32::MAX)
                .saturating_add(self.before.as_ref().map_or(0, |(before, _)| before.withdrawn)),
            packages: u32::try_from(packages.len()).unwrap_or(u32::MAX),
            ecosystems: ecosystems.into_iter().collect(),
        };
        let about = postcard::to_allocvec(&about).map_err(|_| IndexError::Full)?;
        if about.len() > ABOUT_BYTES_MAX {
            return Err(IndexError::Full);
        }
        let about_at = out.len() as u64;
        out.extend_from_slice(&about);
        let digest = Sha256::digest(&table).into();
        out.splice(HEADER_BYTES..HEADER_BYTES + table.len(), table);
        let header = Header {
            length: out.len() as u64,
            slots_log2,
            about_at,
            about_bytes: about.len(),
            table: digest,
            body: Sha256::digest(out.get(HEADER_BYTES..).unwrap_or_default()).into(),
        };
        out.splice(..HEADER_BYTES, header.bytes());
        Ok(out)
    }
}

fn insert(table: &mut [u8], slots_log2: u32, hash: u64, place: u32) {
    let mask = (1_usize << slots_log2) - 1;
    let mut at = usize::try_from(hash & mask as u64).unwrap_or(0);
    while slot(table, at).is_some_and(|(_, taken)| taken != 0) {
        at = (at + 1) & mask;
    }
    let bytes = tag_of(hash).to_le_bytes().into_iter().chain(place.to_le_bytes());
    if let Some(slot) = table.get_mut(at * 8..at * 8 + 8) {
        slot.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    }
}

/// Names of one fault, joined over the aliases that advisories name.
struct Groups<'a> {
    by_name: HashMap<&'a str, usize>,
    names: Vec<BTreeSet<&'a str>>,
}

impl<'a> Groups<'a> {
    fn join(&mut self, id: &'a str, aliases: &'a [String]) {
        let names = std::iter::once(id).chain(aliases.iter().map(String::as_str));
        let mut known: Vec<usize> = names.clone().filter_map(|name| self.by_name.get(name).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let home = known.first().copied().unwrap_or(self.names.len());
        if home == self.names.len() {
            self.names.push(BTreeSet::new());
        }
        let mut all: BTreeSet<&str> = names.collect();
        for other in known {
            all.extend(self.names.get_mut(other).map(std::mem::take).unwrap_or_default());
        }
        for name in &all {
            self.by_name.insert(name, home);
        }
        if let Some(slot) = self.names.get_mut(home) {
            *slot = all;
        }
    }

    fn of_id(&self, id: &str) -> usize {
        self.by_name.get(id).copied().unwrap_or(usize::MAX)
    }
}

fn fault<'a>(
    ecosystem: &'a str,
    groups: &Groups<'a>,
    group: usize,
    said: &[(&'a Advisory, &'a Affected)],
    enrichment: &'a Enrichment,
) -> Fault<'a> {
    let names: Vec<&str> = groups.names.get(group).into_iter().flatten().copied().collect();
    // GitHub's records are reviewed and scored most; others speak of their own ecosystem alone.
    let main = said.iter().min_by_key(|(advisory, _)| (!advisory.id.starts_with("GHSA-"), &advisory.id));
    let id = main.map_or("", |(advisory, _)| advisory.id.as_str());
    let summary =
        said.iter().map(|(advisory, _)| advisory.summary.as_str()).find(|text| !text.is_empty()).unwrap_or("");
    let scores = said.iter().flat_map(|(advisory, affected)| affected.severity.iter().chain(&advisory.severity));
    let score = scores
        .filter_map(severity::score)
        .fold(None, |best: Option<f32>, next| Some(best.map_or(next, |best| best.max(next))));
    let word = said.iter().map(|(advisory, affected)| severity::word(advisory, affected)).find(|word| !word.is_empty());
    let pages = said.iter().flat_map(|(advisory, _)| &advisory.references);
    let url = pages.clone().find(|page| page.kind == "ADVISORY").or(pages.clone().next()).map_or("", |page| &page.url);
    let cves = || names.iter().filter(|name| name.starts_with("CVE-"));
    let kev = cves().find_map(|cve| enrichment.kev.get(*cve));
    let epss = cves().filter_map(|cve| enrichment.epss.get(*cve)).copied();
    let epss = epss.max_by(|left, right| left.0.total_cmp(&right.0));
    let informational = said.iter().find_map(|(advisory, affected)| {
        let texts = [&affected.database_specific.informational, &advisory.database_specific.informational];
        texts.into_iter().find(|text| !text.is_empty())
    });
    let order = Order::of_ecosystem(ecosystem);
    Fault {
        id,
        summary,
        score,
        word: word.unwrap_or(""),
        url,
        kev: kev.map(|(added, due, ransomware)| Kev { added, due, ransomware: *ransomware }),
        epss,
        informational: informational.map_or("", String::as_str),
        records: said.iter().map(|(advisory, affected)| record(advisory, affected, order)).collect(),
        names,
    }
}

fn record<'a>(advisory: &'a Advisory, affected: &'a Affected, order: Option<Order>) -> Record<'a> {
    // Commits are no versions of a package.
    let ranges = affected.ranges.iter().filter(|range| range.kind != "GIT");
    Record {
        id: &advisory.id,
        ranges: ranges.map(|range| events(range, order)).filter(|events| !events.is_empty()).collect(),
        versions: affected.versions.iter().map(String::as_str).collect(),
        functions: severity::functions(affected),
    }
}

fn events<'a>(range: &'a Range, order: Option<Order>) -> Vec<Event<'a>> {
    let mut events: Vec<Event<'_>> = range
        .events
        .iter()
        .take(EVENTS_MAX)
        .flat_map(|event| {
            [
                (EventKind::Introduced, &event.introduced),
                (EventKind::Fixed, &event.fixed),
                (EventKind::LastAffected, &event.last_affected),
                (EventKind::Limit, &event.limit),
            ]
        })
        .filter_map(|(kind, version)| Some(Event { kind, version: version.as_deref()? }))
        .collect();
    sort(&mut events, order);
    events
}
