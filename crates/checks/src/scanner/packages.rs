//! Files of packages: what was not understood of them, what advisories say, and what is kept to judge licences.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use palisade_advisory::OpenError;
use palisade_advisory::vex::Vex;
use palisade_inventory::package::Others;
use palisade_inventory::{Facts, Flat, Format, Inventory, Problem, Subject, package};
use palisade_model::{Finding, Skipped, Span};

use crate::Host;
use crate::packages::Earlier;
use crate::settings::NewDependencies;

use super::{FileReport, PARSE_BYTES_MAX, Scan, Scanner, text_of};

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

    /// Whether packages are held against a policy on licences.
    #[must_use]
    pub fn judges_licences(&self) -> bool {
        let ids = [crate::packages::denied_licence::CHECK.meta.id, crate::packages::unreviewed_licence::CHECK.meta.id];
        self.settings.packages.licences.is_set() && self.checks.iter().any(|check| ids.contains(&check.meta.id))
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
        findings.iter_mut().for_each(|finding| finding.location.excerpt = None);
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
        others: &Others<'_>,
    ) -> Result<(Vec<Finding>, Vec<Problem>), OpenError> {
        let text = text_of(bytes);
        let Some(mut manifest) = package::Manifest::read_among(path, &text, others) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let subject = Subject::new(Arc::clone(path), text.as_bytes(), &Flat, masks);
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            manifest.gaps.insert(0, Problem { span: Span::new(at, at + 1), message: "not UTF-8".to_owned() });
        }
        if package::is_recipe(path) {
            // What breaks these is told by whoever judges them.
            manifest.gaps.clear();
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
        let index = self.advisories.as_ref().filter(|_| facts.unlocked || crate::packages::is_compared(path));
        if let Some(index) = index {
            facts.without_version = crate::packages::without_version(&manifest);
            findings.extend(crate::packages::judge(
                &self.checks,
                &self.settings,
                (index, &self.vex),
                &manifest,
                &subject,
            )?);
        }
        let gaps = manifest.gaps.clone();
        if self.judges_licences() && crate::packages::is_compared(path) {
            facts.listed = Some(Box::new(package::Read::of_text(Arc::clone(path), manifest, &text)));
        }
        Ok((findings, gaps))
    }

    /// Reads files of packages once more, now that it is known what else the target holds: those that other files
    /// complete, and wishes that no lock file settles.
    pub(super) fn complete(&self, inventory: &mut Inventory, scan: &mut Scan, host: Host<'_>) {
        let asks = self.earlier.is_some() && self.asks_about_new_packages();
        if !self.checks.iter().any(|check| check.meta.family() == "packages") {
            return;
        }
        let paths: Vec<Arc<str>> = inventory.files.iter().map(|file| Arc::clone(&file.path)).collect();
        let others = Others::new(paths.iter().map(|path| &**path), host.read);
        let locked: HashSet<&str> = paths.iter().filter_map(|path| crate::packages::locked_folder(path)).collect();
        let mut again: HashMap<Arc<str>, Vec<Finding>> = HashMap::new();
        for facts in &mut inventory.files {
            facts.unlocked = host.whole && crate::packages::is_unlocked(&facts.path, &locked);
            let completed = !others.is_empty() && package::is_completed(&facts.path);
            if !(completed || facts.unlocked) || self.advisories.is_none() && !asks && !self.judges_licences() {
                continue;
            }
            let bytes = (host.read)(&facts.path).filter(|bytes| bytes.len() <= PARSE_BYTES_MAX);
            let Some(bytes) = bytes else { continue };
            let (path, format, masks) = (Arc::clone(&facts.path), facts.format, self.masks(&facts.path, &bytes));
            match self.packages(&path, &bytes, format, &masks, facts, &others) {
                Ok((mut found, _)) => {
                    found.retain(|finding| finding.check.family() == "packages");
                    again.insert(path, found);
                }
                Err(error) => {
                    let reason = format!("its packages were not compared with advisories: {error}");
                    scan.coverage.partial.push(Skipped { path: path.to_string(), reason });
                }
            }
        }
        scan.findings
            .retain(|finding| finding.check.family() != "packages" || !again.contains_key(&finding.location.path));
        scan.findings.extend(again.into_values().flatten());
    }

    /// Adds what advisories say of the packages of a bill of materials, where the file is one, and keeps these.
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
        if let Some(index) = &self.advisories {
            match crate::packages::judge(&self.checks, &self.settings, (index, &self.vex), &manifest, &subject) {
                Ok(found) => report.findings.extend(found),
                Err(error) => {
                    let reason = format!("its packages were not compared with advisories: {error}");
                    report.coverage.parsed = 0;
                    report.coverage.partial.push(Skipped { path: path.to_string(), reason });
                }
            }
        }
        if self.judges_licences() {
            report.facts.listed = Some(Box::new(package::Read::of_text(Arc::clone(path), manifest, &text)));
        }
    }
}
