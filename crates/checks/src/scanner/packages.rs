//! Files of packages: what was not understood of them, and what advisories say.

use std::sync::Arc;

use palisade_advisory::OpenError;
use palisade_advisory::vex::Vex;
use palisade_inventory::{Facts, Flat, Format, Problem, Subject, package};
use palisade_model::{Finding, Skipped, Span};

use crate::packages::Earlier;
use crate::settings::NewDependencies;

use super::{FileReport, Scanner, text_of};

/// Parts of a file of packages that were not understood and are told one by one: broken is broken, however often.
const GAPS_TOLD_MAX: usize = 3;

impl Scanner {
    /// Says which packages there were at an earlier time, so that new ones can be told.
    #[must_use]
    pub fn with_earlier(mut self, earlier: Earlier) -> Self {
        self.earlier = Some(Arc::new(earlier));
        self
    }

    /// Shows what VEX documents state beside known faults; each has the name by which the user knows it.
    #[must_use]
    pub fn with_vex(mut self, documents: Vec<(String, Vex)>) -> Self {
        self.vex = documents;
        self
    }

    /// Whether new packages are asked about, once it is known which there were.
    #[must_use]
    pub fn asks_about_new_packages(&self) -> bool {
        let id = crate::packages::new_dependency::CHECK.meta.id;
        self.settings.packages.new == NewDependencies::Exception && self.checks.iter().any(|check| check.meta.id == id)
    }

    /// What is said of packages that were read from something without lines to point at.
    ///
    /// # Errors
    /// When the advisories cannot be read on.
    pub fn packages_in(&self, path: &str, manifest: &package::Manifest) -> Result<Vec<Finding>, OpenError> {
        let subject = Subject::new(path.into(), &[], &Flat, &[]);
        let mut findings = Vec::new();
        if !manifest.gaps.is_empty() {
            let gaps = manifest.gaps.get(..GAPS_TOLD_MAX).unwrap_or(&manifest.gaps);
            findings.extend(self.not_read(&crate::scan::unreadable_lockfile::CHECK, &subject, gaps));
        }
        if let Some(index) = &self.advisories {
            findings.extend(crate::packages::judge(
                &self.checks,
                &self.settings,
                (index, &self.vex),
                manifest,
                &subject,
            )?);
        }
        for finding in &mut findings {
            finding.location.excerpt = None;
            // What is installed somewhere has no code beside it that could use it.
            finding.fault.iter_mut().for_each(|fault| fault.reach = None);
        }
        Ok(findings)
    }

    /// What is said of a file of packages, and what of it was not understood.
    pub(super) fn packages(
        &self,
        path: &Arc<str>,
        bytes: &[u8],
        format: Format,
        masks: &[Span],
        facts: &mut Facts,
    ) -> Result<(Vec<Finding>, Vec<Problem>), OpenError> {
        let text = text_of(bytes);
        let Some(mut manifest) = package::Manifest::read(path, &text) else { return Ok((Vec::new(), Vec::new())) };
        let subject = Subject::new(Arc::clone(path), text.as_bytes(), &Flat, masks);
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            manifest.gaps.insert(0, Problem { span: Span::new(at, at + 1), message: "not UTF-8".to_owned() });
        }
        manifest.gaps.truncate(GAPS_TOLD_MAX);
        if let Some(earlier) = self.earlier.as_ref().filter(|_| self.asks_about_new_packages()) {
            facts.packages = Some(Box::new(crate::packages::new_dependency::facts(earlier, &manifest, &subject)));
        }
        let mut findings = Vec::new();
        if !manifest.gaps.is_empty() {
            let check = match format {
                Format::Lockfile => &crate::scan::unreadable_lockfile::CHECK,
                _ => &crate::scan::unreadable_file::CHECK,
            };
            findings.extend(self.not_read(check, &subject, &manifest.gaps));
        }
        if let Some(index) = self.advisories.as_ref().filter(|_| crate::packages::is_compared(path)) {
            findings.extend(crate::packages::judge(
                &self.checks,
                &self.settings,
                (index, &self.vex),
                &manifest,
                &subject,
            )?);
        }
        Ok((findings, manifest.gaps))
    }

    /// Adds what advisories say of the packages of a bill of materials, where the file is one.
    pub(super) fn judge_bom(&self, path: &Arc<str>, bytes: &[u8], report: &mut FileReport) {
        let text = text_of(bytes);
        let Some(manifest) = package::Manifest::read_bom(&text) else { return };
        report.facts.bom = true;
        let masks = self.masks(path, bytes);
        let subject = Subject::new(Arc::clone(path), text.as_bytes(), &Flat, &masks);
        if let Some(gap) = manifest.gaps.first() {
            let line = subject.lines().line(gap.span.start) + 1;
            let more = match manifest.gaps.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            let reason = format!("line {line}: {}{more}", gap.message);
            report.coverage.parsed = 0;
            report.coverage.partial.push(Skipped { path: path.to_string(), reason });
        }
        let Some(index) = &self.advisories else { return };
        match crate::packages::judge(&self.checks, &self.settings, (index, &self.vex), &manifest, &subject) {
            Ok(mut found) => {
                // A bill is about something else than what lies beside it.
                found.iter_mut().filter_map(|one| one.fault.as_mut()).for_each(|fault| fault.reach = None);
                report.findings.extend(found);
            }
            Err(error) => {
                let reason = format!("its packages were not compared with advisories: {error}");
                report.coverage.parsed = 0;
                report.coverage.partial.push(Skipped { path: path.to_string(), reason });
            }
        }
    }
}
