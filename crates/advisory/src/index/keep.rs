//! An index as the advisories that it was built from, as far as it kept them, so that a day's changes can be put on
//! top of it without all of its sources.

use std::collections::BTreeMap;

use super::{Block, Enrichment, EventKind, Fault, Index, OpenError, Record};
use crate::osv::{Advisory, Affected, Event, PackageName, Range, Reference, Score};
use crate::severity::KEPT_SCORE;

/// What an index gives back.
pub(super) struct Kept {
    pub(super) advisories: BTreeMap<String, Advisory>,
    pub(super) enrichment: Enrichment,
}

/// Reads every block of an index.
pub(super) fn all(index: &Index) -> Result<Kept, OpenError> {
    let mut kept = Kept { advisories: BTreeMap::new(), enrichment: Enrichment::default() };
    let mut buffer = Vec::new();
    for place in index.places() {
        let content = index.block(place, &mut buffer)?;
        let block = buffer.get(content).and_then(Block::parse).ok_or(OpenError::Damaged("a block does not read"))?;
        for fault in &block.faults {
            for record in &fault.records {
                let advisory = kept.advisories.entry(record.id.to_owned()).or_insert_with(|| advisory(fault, record));
                advisory.affected.push(affected(&block, fault, record));
            }
            for cve in fault.names.iter().filter(|name| name.starts_with("CVE-")) {
                if let Some(kev) = &fault.kev {
                    let entry = (kev.added.to_owned(), kev.due.to_owned(), kev.ransomware);
                    kept.enrichment.kev.insert((*cve).to_owned(), entry);
                }
                if let Some(epss) = fault.epss {
                    kept.enrichment.epss.insert((*cve).to_owned(), epss);
                }
            }
        }
    }
    Ok(kept)
}

/// What an advisory says whatever package it speaks of. When it was changed is not kept: what comes is newer.
fn advisory(fault: &Fault<'_>, record: &Record<'_>) -> Advisory {
    let others = fault.names.iter().filter(|name| **name != record.id);
    let page = Reference { kind: "ADVISORY".to_owned(), url: fault.url.to_owned() };
    Advisory {
        id: record.id.to_owned(),
        aliases: others.map(|name| (*name).to_owned()).collect(),
        summary: fault.summary.to_owned(),
        references: Some(page).into_iter().filter(|page| !page.url.is_empty()).collect(),
        ..Advisory::default()
    }
}

fn affected(block: &Block<'_>, fault: &Fault<'_>, record: &Record<'_>) -> Affected {
    let score = fault.score.map(|score| Score { kind: KEPT_SCORE.to_owned(), score: score.to_string() });
    let ranges = record.ranges.iter().map(|events| {
        let event = |event: &super::Event<'_>| {
            let version = Some(event.version.to_owned());
            match event.kind {
                EventKind::Introduced => Event { introduced: version, ..Event::default() },
                EventKind::Fixed => Event { fixed: version, ..Event::default() },
                EventKind::LastAffected => Event { last_affected: version, ..Event::default() },
                EventKind::Limit => Event { limit: version, ..Event::default() },
            }
        };
        Range { kind: "ECOSYSTEM".to_owned(), events: events.iter().map(event).collect() }
    });
    let mut affected = Affected {
        package: Some(PackageName { ecosystem: block.ecosystem.to_owned(), name: block.name.to_owned() }),
        severity: score.into_iter().collect(),
        ranges: ranges.collect(),
        versions: record.versions.iter().map(|version| (*version).to_owned()).collect(),
        ..Affected::default()
    };
    affected.database_specific.severity = fault.word.to_owned();
    affected.database_specific.informational = fault.informational.to_owned();
    affected.database_specific.affected_functions = record.functions.iter().map(|name| (*name).to_owned()).collect();
    affected
}
