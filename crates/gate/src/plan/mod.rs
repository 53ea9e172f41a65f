//! The posture as a backlog: epics and tickets with evidence, effort, owner and order.
//!
//! A ticket is open while its checks find something, and clean only when checks that decide it alone ran and found
//! nothing. Each finding is in one ticket: that of the first control that its check serves, unless the catalogue gives
//! it to one whose title fits better. What no check measures is said to be not measured, never to be done. Ids are those
//! of the catalogue, so that a plan made again continues the one before.

mod backlog;
mod evidence;
mod order;
mod previous;

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::codeowners::Owners;
use palisade_model::Severity;
use serde::Serialize;

use backlog::{Backlog, TicketRow};

pub use evidence::{Evidence, Gap, ScanError};
pub use previous::{Previous, PreviousError};

/// Places that a ticket shows.
const PLACES: usize = 3;
/// Owners that a ticket names.
const OWNERS: usize = 3;
/// The file whose owners are asked about what the whole target lacks.
const DECIDING: &str = "palisade.toml";

/// A plan.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// `palisade.plan/1`
    pub schema: &'static str,
    /// What was looked at, as the user named it.
    pub target: String,
    /// The nine epics with their tickets.
    pub epics: Vec<Epic>,
    /// Codes of the tickets of the first two weeks, in order; the pilot's choice comes before them.
    pub sprint: Vec<String>,
    /// What a gate over everything would deny today.
    pub denied: usize,
}

/// One epic.
#[derive(Clone, Debug, Serialize)]
pub struct Epic {
    /// `E1`
    pub code: String,
    /// Its name.
    pub title: String,
    /// What is true when it is done.
    pub outcome: String,
    /// In the order in which to do them.
    pub tickets: Vec<Ticket>,
}

/// What is known of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its checks find something.
    Open,
    /// Its checks decide it alone, ran, and find nothing here.
    Clean,
    /// Its checks find nothing, and measure only a part of it.
    PartlyMeasured,
    /// No check of this version, or none that ran, measures it.
    NotMeasured,
}

/// Where a ticket stands in the tracker, as far as plans tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Filed {
    /// It is to be worked on.
    Open,
    /// It was, and is no more.
    Closed,
}

/// What to do in the tracker since the plan before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Create it.
    New,
    /// It is there.
    Kept,
    /// Close it.
    Closed,
    /// It was closed; open it again.
    Reopened,
}

/// Work, in steps as teams estimate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Effort {
    /// Up to an hour.
    XS,
    /// Up to half a day.
    S,
    /// A day.
    M,
    /// Up to three days.
    L,
    /// A week.
    XL,
}

/// What a mistake in the work can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Blast {
    /// A pipeline or a document.
    Low,
    /// A build or a deploy.
    Medium,
    /// What users depend on.
    High,
}

/// One ticket.
#[derive(Clone, Debug, Serialize)]
pub struct Ticket {
    /// The stable id: `E2-T2`.
    pub code: String,
    /// What must hold.
    pub title: String,
    /// What is true when it is done.
    pub outcome: String,
    /// Rows of other documents that it meets as well.
    pub also: Vec<String>,
    /// What is known of it.
    pub status: Status,
    /// Where it stands in the tracker; nothing when it was never open.
    pub filed: Option<Filed>,
    /// What to do in the tracker; nothing when it was never open.
    pub change: Option<Change>,
    /// The gap, when it is open.
    pub gap: Option<Gap>,
    /// Findings that exceptions cover.
    pub excepted: usize,
    /// How many checks measure it.
    pub checks: usize,
    /// Whether they decide it alone; else a person has the last word.
    pub decided: bool,
    /// The command that ends with 0 when it is done; nothing when no check measures it.
    pub done: Option<String>,
    /// Who owns the places; empty when nobody is named.
    pub owners: Vec<String>,
    /// How much work is left.
    pub effort: Effort,
    /// What a mistake can break.
    pub blast: Blast,
    /// The worth of the open findings; 0 when there are none.
    pub risk: u64,
    /// Whether a gate denies what its checks find.
    pub gated: bool,
}

impl Plan {
    /// Every ticket, by epic.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.epics.iter().flat_map(|epic| &epic.tickets)
    }

    /// The ticket with a code, in capitals or not.
    #[must_use]
    pub fn ticket(&self, code: &str) -> Option<&Ticket> {
        self.tickets().find(|ticket| ticket.code.eq_ignore_ascii_case(code))
    }

    /// Makes a plan of what was found.
    ///
    /// # Errors
    /// When the catalogue that is built in does not parse, which a test rules out.
    pub fn of(
        target: &str,
        evidence: &Evidence,
        owners: Option<&Owners>,
        previous: Option<&Previous>,
    ) -> Result<Self, toml::de::Error> {
        let backlog = Backlog::built_in()?;
        let mut epics = Vec::new();
        for row in &backlog.epics {
            let rows = backlog.tickets.iter().filter(|ticket| ticket.epic == row.code);
            let mut tickets: Vec<Ticket> =
                rows.map(|row| ticket(row, &backlog.checks_of(&row.code), evidence, owners, previous)).collect();
            order::within_epic(&mut tickets);
            let (code, title, outcome) = (row.code.clone(), row.title.clone(), row.outcome.clone());
            epics.push(Epic { code, title, outcome, tickets });
        }
        let denied = evidence.found.iter().filter(|found| !found.excepted && found.denies()).count();
        let mut plan = Self { schema: "palisade.plan/1", target: target.to_owned(), epics, sprint: Vec::new(), denied };
        plan.sprint = order::sprint(&plan);
        Ok(plan)
    }
}

fn ticket(
    row: &TicketRow,
    checks: &BTreeSet<&str>,
    evidence: &Evidence,
    owners: Option<&Owners>,
    previous: Option<&Previous>,
) -> Ticket {
    let found: Vec<_> = evidence.found.iter().filter(|found| checks.contains(found.check.as_str())).collect();
    let (excepted, open): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| found.excepted);
    let ran = checks.iter().filter(|check| evidence.ran.contains(**check)).count();
    let status = match (open.is_empty(), ran) {
        (false, _) => Status::Open,
        (true, 0) => Status::NotMeasured,
        (true, _) if row.whole && ran == checks.len() => Status::Clean,
        (true, _) => Status::PartlyMeasured,
    };
    let filed = previous.and_then(|previous| previous.filed(&row.code));
    let (filed, change) = previous::follow(filed, status);
    let gap = Gap::of(&open, PLACES);
    Ticket {
        code: row.code.clone(),
        title: row.title.clone(),
        outcome: row.outcome.clone(),
        also: row.also.clone(),
        status,
        filed,
        change,
        excepted: excepted.len(),
        checks: checks.len(),
        decided: row.whole,
        done: (!checks.is_empty()).then(|| format!("palisade plan --ticket {}", row.code)),
        owners: owners.map(|owners| owners_of(&open, owners)).unwrap_or_default(),
        effort: order::effort(row.kind, &open),
        blast: order::blast(row.kind, &open),
        risk: open.iter().map(|found| order::weight(found.severity)).sum(),
        gated: !row.gates.is_empty() && !checks.is_empty(),
        gap,
    }
}

/// The owners of the places, who owns most of them first.
fn owners_of(open: &[&evidence::Found], owners: &Owners) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in open {
        // What the whole target lacks belongs to who decides what may pass.
        let path = if found.path.is_empty() { DECIDING } else { &found.path };
        for owner in owners.of(path) {
            *counts.entry(owner).or_default() += 1;
        }
    }
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    ranked.into_iter().take(OWNERS).map(|(name, _)| name.to_owned()).collect()
}

/// Whether a gate denies a finding of this severity by itself.
fn severe(severity: Severity) -> bool {
    severity >= Severity::High
}
