//! Packages under licences that somebody has to look at first.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "packages/unreviewed-licence",
    title: "package is under a licence that the policy does not allow yet",
    page: include_str!("unreviewed_licence.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::High,
    controls: &["E1-T5"],
    maps: &["NIST-800-53:CM-10"],
});
