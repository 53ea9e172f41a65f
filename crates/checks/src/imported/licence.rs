//! Licences that another scanner objects to.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "imported/licence",
    title: "another scanner objects to a licence",
    page: include_str!("licence.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    controls: &["E1-T5"],
    maps: &[],
});
