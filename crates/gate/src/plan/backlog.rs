//! The catalogue as the plan reads it: epics, tickets, and the rows of documents that each ticket meets.

use palisade_model::Meta;
use serde::Deserialize;

const CONTROLS: &str = include_str!("../../../../catalogue/controls.toml");
const BACKLOG: &str = include_str!("../../../../catalogue/backlog.toml");

/// Epics and tickets, in their order.
#[derive(Debug)]
pub(super) struct Backlog {
    pub(super) epics: Vec<EpicRow>,
    pub(super) tickets: Vec<TicketRow>,
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
    #[serde(skip)]
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
                ticket.title.clone_from(&control.title);
                ticket.gates.clone_from(&control.gates);
            }
        }
        Ok(Self { epics: rows.epic, tickets })
    }
}

impl TicketRow {
    /// Whether a check's findings are evidence of this ticket: it is the first that the check serves.
    pub(super) fn measures(&self, meta: &Meta) -> bool {
        meta.controls.first().is_some_and(|first| self.controls().any(|code| code == *first))
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
            let tickets = backlog.tickets.iter().filter(|ticket| ticket.measures(&check.meta));
            assert_eq!(tickets.count(), 1, "{}", check.meta.id);
        }
    }
}
