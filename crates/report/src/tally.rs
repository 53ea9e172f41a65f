//! Findings counted by severity and family.

use std::collections::BTreeMap;

use palisade_model::{Finding, Severity};

use crate::ScanReport;
use crate::text::thousands;

/// One count for each of [`Severity::ALL`], worst first.
pub(crate) type Counts = [usize; 5];

/// What a summary says.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) open: Counts,
    pub(crate) families: BTreeMap<&'static str, Counts>,
    pub(crate) excepted: usize,
    /// Known from the baseline and not under exception.
    pub(crate) unchanged: usize,
}

impl Tally {
    pub(crate) fn of(report: &ScanReport<'_>) -> Self {
        let mut tally = Self::default();
        for finding in report.open() {
            add(&mut tally.open, finding);
            add(tally.families.entry(finding.check.family()).or_default(), finding);
        }
        tally.excepted = report.scan.findings.iter().filter(|finding| finding.exception.is_some()).count();
        tally.unchanged = report.scan.findings.len() - tally.excepted - tally.total();
        tally
    }

    pub(crate) fn total(&self) -> usize {
        self.open.iter().sum()
    }

    /// `2 critical, 5 high`; the severities without findings are left out.
    pub(crate) fn sentence(&self) -> String {
        let parts: Vec<String> = Severity::ALL
            .iter()
            .zip(self.open)
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{} {severity}", thousands(count)))
            .collect();
        parts.join(", ")
    }
}

fn add(counts: &mut Counts, finding: &Finding) {
    for (severity, count) in Severity::ALL.iter().zip(counts) {
        *count += usize::from(*severity == finding.severity);
    }
}
