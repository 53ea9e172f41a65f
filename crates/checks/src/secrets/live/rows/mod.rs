//! The table of requests, from the providers' own documentation, which each row names.

mod business;
mod cloud;
mod code;

use super::probe::Probe;

/// Every row.
pub(super) fn all() -> impl Iterator<Item = &'static Probe> {
    [code::ROWS, cloud::ROWS, business::ROWS].into_iter().flatten()
}

/// The row for a secret.
pub(super) fn of(id: &str, value: &[u8]) -> Option<&'static Probe> {
    all().find(|probe| probe.takes(id, value))
}
