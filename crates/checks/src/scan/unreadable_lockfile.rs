//! Lock files that do not parse as what their package manager writes.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "scan/unreadable-lockfile",
    title: "lock file cannot be read",
    page: include_str!("unreadable_lockfile.md"),
    since: "0.1.0",
    severity: Severity::High,
    confidence: Confidence::High,
    controls: &["E2-T1", "E1-T5"],
    maps: &["CWE-1286", "CWE-1357"],
});
