//! What the scanner itself has to say: files that a check needed and could not have.

pub mod not_rendered;
pub mod unreadable_file;
pub mod unreadable_lockfile;

use crate::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[&not_rendered::CHECK, &unreadable_file::CHECK, &unreadable_lockfile::CHECK];
