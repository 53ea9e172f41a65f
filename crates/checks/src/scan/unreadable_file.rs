//! Files that a check needed and that do not parse.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "scan/unreadable-file",
    title: "file could not be checked to its end",
    page: include_str!("unreadable_file.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::High,
    controls: &["E2-T1"],
    maps: &["CWE-1286"],
});
