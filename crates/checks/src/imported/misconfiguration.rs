//! Faulty settings that another scanner found.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "imported/misconfiguration",
    title: "another scanner found a faulty setting",
    page: include_str!("misconfiguration.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    controls: &["EH-2", "US-024.1"],
    maps: &["OWASP-TOP10:A05"],
});
