//! The plan before: what was filed, so that nothing is filed twice and what is done is closed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Change, Filed, Status};

/// Largest plan that is read.
const BYTES_MAX: usize = 16 << 20;

/// What an earlier plan said of each ticket.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    filed: BTreeMap<String, Filed>,
}

/// Why a document is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PreviousError {
    /// Larger than any plan.
    #[error("larger than 16 MiB")]
    TooLarge,
    /// Not JSON, or without the members of a plan.
    #[error("not the JSON of a plan")]
    Json(#[source] serde_json::Error),
    /// The JSON of something else.
    #[error("its schema is `{0}`, not `palisade.plan/1`")]
    Schema(String),
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    epics: Vec<EpicOf>,
}

#[derive(Deserialize)]
struct EpicOf {
    tickets: Vec<TicketOf>,
}

#[derive(Deserialize)]
struct TicketOf {
    code: String,
    filed: Option<FiledOf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FiledOf {
    Open,
    Closed,
}

impl Previous {
    /// Reads what `palisade plan --format json` wrote.
    ///
    /// # Errors
    /// [`PreviousError`] for everything else: a plan that forgets would file everything again.
    pub fn parse(bytes: &[u8]) -> Result<Self, PreviousError> {
        if bytes.len() > BYTES_MAX {
            return Err(PreviousError::TooLarge);
        }
        let document: Document = serde_json::from_slice(bytes).map_err(PreviousError::Json)?;
        if document.schema != "palisade.plan/1" {
            return Err(PreviousError::Schema(document.schema));
        }
        let mut filed = BTreeMap::new();
        for ticket in document.epics.into_iter().flat_map(|epic| epic.tickets) {
            let state = ticket.filed.map(|state| match state {
                FiledOf::Open => Filed::Open,
                FiledOf::Closed => Filed::Closed,
            });
            filed.extend(state.map(|state| (ticket.code, state)));
        }
        Ok(Self { filed })
    }

    pub(super) fn filed(&self, code: &str) -> Option<Filed> {
        self.filed.get(code).copied()
    }
}

/// Where a ticket stands now, and what to do about it. One that is filed is closed only when it is clean: what was
/// not measured, or only in part, stays open until a person closes it.
pub(super) fn follow(before: Option<Filed>, status: Status) -> (Option<Filed>, Option<Change>) {
    match (before, status) {
        (None, Status::Open) => (Some(Filed::Open), Some(Change::New)),
        (None, _) => (None, None),
        (Some(Filed::Closed), Status::Open) => (Some(Filed::Open), Some(Change::Reopened)),
        (Some(Filed::Closed), _) => (Some(Filed::Closed), None),
        (Some(Filed::Open), Status::Clean) => (Some(Filed::Closed), Some(Change::Closed)),
        (Some(Filed::Open), _) => (Some(Filed::Open), Some(Change::Kept)),
    }
}
