//! Charts and kustomizations that could not be rendered, or not as a whole.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// See the page.
pub static CHECK: Check = Check::by_scanner(Meta {
    id: "scan/not-rendered",
    title: "chart or kustomization was not checked as it is deployed",
    page: include_str!("not_rendered.md"),
    since: "0.1.0",
    severity: Severity::Medium,
    confidence: Confidence::High,
    controls: &["E5-T2"],
    maps: &["CWE-1286"],
});
