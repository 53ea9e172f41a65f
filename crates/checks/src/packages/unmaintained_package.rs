//! Packages that nobody mends any more.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "packages/unmaintained-package",
    title: "package is no longer maintained",
    page: include_str!("unmaintained_package.md"),
    since: "0.1.0",
    severity: Severity::Low,
    confidence: Confidence::High,
    controls: &["E1-T5", "T-024.2"],
    maps: &["CWE-1104"],
});
