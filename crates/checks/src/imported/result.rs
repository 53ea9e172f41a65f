//! Faults that another scanner found, whatever they are.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "imported/result",
    title: "another scanner found a fault",
    page: include_str!("result.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    controls: &["EH-2", "US-024.1"],
    maps: &[],
});
