//! Database migrations: what locks, rewrites, loses or grants, and what cannot be taken back.
//!
//! Statements are PostgreSQL's as its grammar reads them; of migrations for other databases only pairs and order are
//! judged. What has run long ago locks nothing any more: locks, rewrites and losses are judged in the newest
//! migrations of each folder, rights in all.

mod cypher;
mod judge;
mod locks;
mod losses;
mod mend;
mod order;
mod rewrites;
mod rights;
mod set;

use serde::Deserialize;

use crate::Check;
use crate::check::{likely, meta};

pub use judge::{Notes, StatementAt};
pub(crate) use judge::{judge, secrets};
pub use set::Set;

/// The family's checks.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    [cypher::CHECKS, locks::CHECKS, losses::CHECKS, order::CHECKS, rewrites::CHECKS, rights::CHECKS]
        .into_iter()
        .flatten()
}

/// Which migrations of a folder a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// The newest, as `[data] recent` says: the others have run.
    Recent,
    /// All: what they did still holds.
    Any,
}

/// `[data]` in `palisade.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DataSettings {
    /// How many of the newest migrations of each folder are judged for locks, rewrites and losses; older ones have
    /// run. 0 judges all.
    pub recent: usize,
    /// The database that migrations are for, when names and words do not tell: `postgresql` or `other`.
    pub database: Option<Database>,
}

/// A database, as far as migrations are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Database {
    /// PostgreSQL, and what speaks its language.
    Postgresql,
    /// Anything else.
    Other,
}

impl Default for DataSettings {
    fn default() -> Self {
        Self { recent: 10, database: None }
    }
}
