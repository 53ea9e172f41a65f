//! Judging: findings, exceptions, a baseline and a policy become a decision with its reasons.
//!
//! Pure: the same input gives the same decision. It reads no file, asks no
//! clock, and knows nothing of the ledger that records what it says. When
//! something that it rests on is missing, it does not decide in favour.

mod baseline;
mod decision;
mod exceptions;
mod merge;
pub mod plan;
mod settings;
mod table;
mod word;

pub use baseline::{BASELINE_BYTES_MAX, Baseline, BaselineError};
pub use decision::{Counts, Decision, Place, Reason, Rule, Verdict};
pub use exceptions::{Applied, ENTRY_KEYS, EXCEPTIONS_FILE, Exception, Exceptions};
pub use merge::{MergeInput, merge};
pub use settings::{DaysOutOfRange, Effect, ExceptionSettings, GateSettings, MAX_DAYS_LIMIT, MaxDays, MergePolicy};
pub use table::{EntryPlace, entry_places};
pub use word::shell_word;
