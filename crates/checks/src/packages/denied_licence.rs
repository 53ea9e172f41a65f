//! Packages under licences that the policy denies.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "packages/denied-licence",
    title: "package is under a licence that the policy denies",
    page: include_str!("denied_licence.md"),
    since: "0.1.0",
    severity: Severity::High,
    confidence: Confidence::High,
    controls: &["E1-T5"],
    maps: &["NIST-800-53:CM-10"],
});
