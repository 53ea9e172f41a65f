//! What `palisade.toml` may say about judging: `[exceptions]` and `[gate.merge]`.

use palisade_model::Severity;
use serde::Deserialize;

/// Furthest that `max-days` may be set: a limit that anyone can lift is none.
pub const MAX_DAYS_LIMIT: u32 = 366;

/// `[exceptions]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExceptionSettings {
    /// Days that an exception may reach ahead.
    pub max_days: MaxDays,
}

/// A number of days from 1 to [`MAX_DAYS_LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct MaxDays(u32);

/// A number of days out of range.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("`max-days` is from 1 to {MAX_DAYS_LIMIT}, not {0}")]
pub struct DaysOutOfRange(u32);

impl MaxDays {
    /// The number.
    #[must_use]
    pub fn get(self) -> i64 {
        i64::from(self.0)
    }
}

impl TryFrom<u32> for MaxDays {
    type Error = DaysOutOfRange;

    fn try_from(days: u32) -> Result<Self, DaysOutOfRange> {
        if (1..=MAX_DAYS_LIMIT).contains(&days) { Ok(Self(days)) } else { Err(DaysOutOfRange(days)) }
    }
}

impl Default for ExceptionSettings {
    fn default() -> Self {
        Self { max_days: MaxDays(90) }
    }
}

/// `[gate]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GateSettings {
    /// `[gate.merge]`
    pub merge: MergePolicy,
}

/// `[gate.merge]`: what denies a merge. That secrets deny cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MergePolicy {
    /// Findings of this severity or worse deny.
    pub severity: Severity,
    /// Findings of this severity or worse, and below the one that denies, warn.
    pub warn: Severity,
    /// Actions without a full commit id in workflows that deploy.
    pub unpinned_deploy_actions: Effect,
    /// Lock files that cannot be read.
    pub unreadable_lockfiles: Effect,
    /// Files that checks needed and could not read to their end.
    pub unreadable_files: Effect,
    /// Judge old findings too, as `--all` does.
    pub all: bool,
}

impl Default for MergePolicy {
    fn default() -> Self {
        Self {
            severity: Severity::High,
            warn: Severity::Medium,
            unpinned_deploy_actions: Effect::Deny,
            unreadable_lockfiles: Effect::Deny,
            unreadable_files: Effect::Deny,
            all: false,
        }
    }
}

/// What a reason does to a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Is shown, and allows.
    Warn,
    /// Denies.
    Deny,
}
