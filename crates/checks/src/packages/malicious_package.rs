//! Packages that were published to do harm.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "packages/malicious-package",
    title: "package was published to do harm",
    page: include_str!("malicious_package.md"),
    since: "0.1.0",
    severity: Severity::Critical,
    confidence: Confidence::High,
    controls: &["E1-T5", "T-024.2"],
    maps: &["CWE-506", "CWE-1357"],
});
