//! What a check declares about itself; everything else (catalogue, SARIF rules, docs) derives from it.

use crate::{Confidence, Severity};

/// The declaration of one check. `page` is the Markdown that explains it and tests it.
#[derive(Debug)]
pub struct Meta {
    /// `family/fault`, named for the fault: `kubernetes/privileged-container`.
    pub id: &'static str,
    /// One line, lower case, names the fault.
    pub title: &'static str,
    /// The page beside the check: what it finds, why it matters, examples.
    pub page: &'static str,
    /// The version of Palisade that brought the check.
    pub since: &'static str,
    /// How bad the fault is when it is real.
    pub severity: Severity,
    /// How often a finding is a real fault.
    pub confidence: Confidence,
    /// Rows of the control catalogue that the check serves: `E5-T2`, `T-024.3`.
    pub controls: &'static [&'static str],
    /// Places in public frameworks: `CWE-250`, `PSS:baseline`, `CIS-K8S:5.2.2`.
    pub maps: &'static [&'static str],
}

impl Meta {
    /// The part before the slash: `kubernetes`.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.id.split('/').next().unwrap_or(self.id)
    }
}
