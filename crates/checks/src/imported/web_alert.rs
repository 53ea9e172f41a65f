//! Faults that a scanner saw in a running site.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "imported/web-alert",
    title: "a running site showed a fault to another scanner",
    page: include_str!("web_alert.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    controls: &["EH-2", "US-024.1"],
    maps: &[],
});
