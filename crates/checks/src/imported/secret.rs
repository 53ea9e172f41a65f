//! Secrets that another scanner found and our own did not.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "imported/secret",
    title: "another scanner found a secret",
    page: include_str!("secret.md"),
    since: "0.1.0",
    severity: Severity::High,
    confidence: Confidence::Medium,
    controls: &["E3-T4"],
    maps: &["CWE-798"],
});
