//! The catalogue as the plan reads it: epics, tickets, and the rows of documents that each ticket meets.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::glob::Glob;
use palisade_model::Meta;
use serde::Deserialize;

const CONTROLS: &str = include_str!("../../../../catalogue/controls.toml");
const BACKLOG: &str = include_str!("../../../../catalogue/backlog.toml");

/// Epics and tickets, in their order.
#[derive(Debug)]
pub(super) struct Backlog {
    pub(super) epics: Vec<EpicRow>,
    pub(super) tickets: Vec<TicketRow>,
    /// The ticket of each check.
    measured: BTreeMap<&'static str, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EpicRow {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) outcome: String,
}

/// Where the work of a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// Files of the repository that decide nothing at run time.
    Repository,
    /// What builds and ships.
    Pipeline,
    /// What runs.
    Runtime,
    /// Services around it: cloud, identities, logs.
    Platform,
    /// Habits.
    People,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketRow {
    pub(super) code: String,
    pub(super) epic: String,
    pub(super) outcome: String,
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) whole: bool,
    #[serde(default)]
    pub(super) also: Vec<String>,
    #[serde(default)]
    pub(super) evidence: Vec<String>,
    #[serde(default)]
    pub(super) title: String,
    #[serde(skip)]
    pub(super) gates: Vec<String>,
}

#[derive(Deserialize)]
struct Controls {
    control: Vec<Control>,
}

#[derive(Deserialize)]
struct Control {
    code: String,
    title: String,
    #[serde(default)]
    gates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    epic: Vec<EpicRow>,
    ticket: Vec<TicketRow>,
}

impl Backlog {
    /// Reads the catalogue that is built in.
    pub(super) fn built_in() -> Result<Self, toml::de::Error> {
        let controls: Controls = toml::from_str(CONTROLS)?;
        let rows: Rows = toml::from_str(BACKLOG)?;
        let mut tickets = rows.ticket;
        for ticket in &mut tickets {
            if let Some(control) = controls.control.iter().find(|control| control.code == ticket.code) {
                if ticket.title.is_empty() {
                    ticket.title.clone_from(&control.title);
                }
                ticket.gates.clone_from(&control.gates);
            }
        }
        let mut measured = BTreeMap::new();
        for check in palisade_checks::catalogue() {
            let claims = tickets.iter().find(|ticket| ticket.claims(&check.meta));
            let first = check.meta.controls.first();
            let by_control = || {
                tickets.iter().find(|ticket| first.is_some_and(|first| ticket.controls().any(|code| code == *first)))
            };
            let ticket = claims.or_else(by_control).map(|ticket| ticket.code.clone());
            measured.extend(ticket.map(|code| (check.meta.id, code)));
        }
        Ok(Self { epics: rows.epic, tickets, measured })
    }

    /// Ids of the checks whose findings are evidence of a ticket.
    pub(super) fn checks_of(&self, code: &str) -> BTreeSet<&'static str> {
        self.measured.iter().filter(|(_, ticket)| *ticket == code).map(|(check, _)| *check).collect()
    }
}

impl TicketRow {
    /// Whether its `evidence` names a check.
    fn claims(&self, meta: &Meta) -> bool {
        self.evidence.iter().any(|claim| {
            let (control, glob) =
                claim.split_once(' ').map_or((None, claim.as_str()), |(code, glob)| (Some(code), glob));
            control.is_none_or(|code| meta.controls.first() == Some(&code))
                && Glob::parse(glob).is_ok_and(|glob| glob.covers(meta.id))
        })
    }

    /// The rows of the catalogue that it meets, its own first.
    pub(super) fn controls(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.code.as_str()).chain(self.also.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_control_and_every_check_is_in_one_ticket() {
        let backlog = Backlog::built_in().unwrap();
        let controls: Controls = toml::from_str(CONTROLS).unwrap();
        for control in &controls.control {
            let tickets = backlog.tickets.iter().filter(|ticket| ticket.controls().any(|code| code == control.code));
            assert_eq!(tickets.count(), 1, "{}", control.code);
        }
        assert_eq!(backlog.epics.len(), 9);
        for ticket in &backlog.tickets {
            assert!(!ticket.title.is_empty(), "{} is no control", ticket.code);
            assert!(backlog.epics.iter().any(|epic| epic.code == ticket.epic), "{}", ticket.code);
            assert!(ticket.controls().all(|code| controls.control.iter().any(|control| control.code == code)));
        }
        for check in palisade_checks::catalogue() {
            let claiming = backlog.tickets.iter().filter(|ticket| ticket.claims(&check.meta)).count();
            assert!(claiming <= 1, "{} is named by {claiming} tickets", check.meta.id);
            assert!(backlog.measured.contains_key(check.meta.id), "{}", check.meta.id);
        }
        for ticket in &backlog.tickets {
            for claim in &ticket.evidence {
                let alone = TicketRow { evidence: vec![claim.clone()], ..ticket.clone() };
                let any = palisade_checks::catalogue().any(|check| alone.claims(&check.meta));
                assert!(any, "{}: {claim} names no check", ticket.code);
            }
        }
    }

    #[test]
    fn evidence_speaks_for_its_title() {
        let backlog = Backlog::built_in().unwrap();
        for (check, ticket) in [
            ("code/python-sql-injection", "US-024.1"),
            ("app/cors-any-site-with-cookies", "US-024.1"),
            ("code/python-weak-hash", "US-024.4"),
            ("iac/aws-database-unencrypted", "US-024.4"),
            ("kubernetes/ingress-without-tls", "US-024.4"),
            ("ci/untrusted-checkout", "E2-T4"),
            ("ci/template-injection", "E2-T4"),
            ("ci/excessive-permissions", "E2-T1"),
            ("container/no-healthcheck", "AP-11"),
            ("container/package-cache-kept", "EH-1"),
            ("iac/aws-registry-unscanned", "T-024.1"),
        ] {
            assert_eq!(backlog.measured.get(check).map(String::as_str), Some(ticket), "{check}");
        }
    }
}
