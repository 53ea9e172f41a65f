//! Files of packages: what was not understood of them, what advisories say, and what is kept to judge licences.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use palisade_advisory::OpenError;
use palisade_advisory::vex::Vex;
use palisade_inventory::package::{Others, SystemFile, Systems};
use palisade_inventory::{Facts, Flat, Format, Inventory, Problem, Subject, package};
use palisade_model::{Coverage, Finding, Skipped, Span, Uncompared};

use crate::Host;
use crate::packages::Earlier;
use crate::settings::NewDependencies;

use super::{FileReport, PARSE_BYTES_MAX, Scan, Scanner, text_of};

/// Parts of a file of packages that were not understood and are told one by one: broken is broken, however often.
const GAPS_TOLD_MAX: usize = 3;

/// Longer texts do not say which system is around them; the longest have some 600 bytes.
const RELEASE_BYTES_MAX: usize = 64 << 10;

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
    pub fn packages_in(&self, path: &str, manifest: &package::Manifest) -> Result<FileReport, OpenError> {
        let subject = Subject::new(path.into(), &[], &Flat, &[]);
        let mut coverage = Coverage { seen: 1, parsed: 1, ..Coverage::default() };
        let mut findings = self.gaps_of_binary(path, manifest, &mut coverage);
        if let Some(index) = &self.advisories {
            let known = (&**index, self.vex.as_slice());
            let judged = crate::packages::judge(&self.checks, &self.settings, known, manifest, &subject)?;
            findings.extend(judged.findings);
            coverage.uncompared = judged.uncompared;
        }
        for finding in &mut findings {
            finding.location.excerpt = None;
            // What is installed somewhere has no code beside it that could use it.
            finding.fault.iter_mut().for_each(|fault| fault.reach = None);
        }
        Ok(FileReport { findings, facts: Facts::new(path.into(), Format::Other), coverage, marks: Vec::new() })
    }

    /// Looks at a database of what a package manager installed. Its packages are compared when the scan ends.
    #[must_use]
    pub fn look_database(&self, path: &str, bytes: &[u8]) -> FileReport {
        let mut facts = Facts::new(path.into(), Format::Other);
        let mut coverage = Coverage { seen: 1, parsed: 1, ..Coverage::default() };
        let mut findings = Vec::new();
        if let Some(manifest) = package::Manifest::of_database(path, bytes) {
            findings = self.gaps_of_binary(path, &manifest, &mut coverage);
            self.keep_listed(&path.into(), &manifest, "", &mut facts);
            facts.system = Some(Box::new(SystemFile::List(manifest, String::new())));
        }
        FileReport { findings, facts, coverage, marks: Vec::new() }
    }

    /// Keeps the packages of a list of what is installed, where their licences are judged.
    fn keep_listed(&self, path: &Arc<str>, manifest: &package::Manifest, text: &str, facts: &mut Facts) {
        if self.judges_licences() {
            facts.listed = Some(Box::new(package::Read::of_text(Arc::clone(path), manifest.clone(), text)));
        }
    }

    /// Says what of a file without lines was not understood.
    fn gaps_of_binary(&self, path: &str, manifest: &package::Manifest, coverage: &mut Coverage) -> Vec<Finding> {
        let Some(gap) = manifest.gaps.first() else { return Vec::new() };
        let more = match manifest.gaps.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        coverage.parsed = 0;
        coverage.partial.push(Skipped { path: path.to_owned(), reason: format!("{}{more}", gap.message) });
        let gaps = manifest.gaps.get(..GAPS_TOLD_MAX).unwrap_or(&manifest.gaps);
        let subject = Subject::new(path.into(), &[], &Flat, &[]);
        let mut findings = self.not_read(&crate::scan::unreadable_lockfile::CHECK, &subject, gaps);
        findings.iter_mut().for_each(|finding| finding.location.excerpt = None);
        findings
    }

    /// Compares what package managers installed, once it is known which system each list is of.
    pub(super) fn judge_systems(&self, files: &mut [Facts], scan: &mut Scan) {
        let Some(index) = self.advisories.clone() else { return };
        let mut systems = Systems::default();
        for file in files.iter() {
            if let Some(SystemFile::Release(text)) = file.system.as_deref() {
                systems.add(&file.path, text);
            }
        }
        for file in files {
            let Some(SystemFile::List(mut manifest, text)) = file.system.take().map(|system| *system) else { continue };
            systems.name(&file.path, &mut manifest);
            let masks = if text.is_empty() { Vec::new() } else { self.masks(&file.path, text.as_bytes()) };
            let subject = Subject::new(Arc::clone(&file.path), text.as_bytes(), &Flat, &masks);
            match crate::packages::judge(&self.checks, &self.settings, (&index, &self.vex), &manifest, &subject) {
                Ok(mut judged) => {
                    for finding in &mut judged.findings {
                        if text.is_empty() {
                            finding.location.excerpt = None;
                        }
                        finding.fault.iter_mut().for_each(|fault| fault.reach = None);
                    }
                    scan.findings.extend(judged.findings);
                    let uncompared = judged.uncompared;
                    scan.coverage.merge(Coverage { uncompared, ..Coverage::default() });
                }
                Err(error) => scan.coverage.uncompared.push(Uncompared {
                    system: file.path.to_string(),
                    packages: manifest.packages.len(),
                    reason: format!("the index could not be read on: {error}"),
                }),
            }
        }
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
        if Systems::has(path) {
            let text = text_of(bytes.get(..RELEASE_BYTES_MAX).unwrap_or(bytes));
            facts.system = Some(Box::new(SystemFile::Release(text)));
            return Ok((Vec::new(), Vec::new()));
        }
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
        if Systems::root(path).is_some() {
            let gaps = manifest.gaps.clone();
            self.keep_listed(path, &manifest, &text, facts);
            facts.system = Some(Box::new(SystemFile::List(manifest, text)));
            return Ok((findings, gaps));
        }
        let index = self.advisories.as_ref().filter(|_| facts.unlocked || crate::packages::is_compared(path));
        if let Some(index) = index {
            facts.without_version = crate::packages::without_version(&manifest);
            let known = (&**index, self.vex.as_slice());
            findings.extend(crate::packages::judge(&self.checks, &self.settings, known, &manifest, &subject)?.findings);
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
                Ok(mut judged) => {
                    // A bill is about something else than what lies beside it.
                    judged
                        .findings
                        .iter_mut()
                        .filter_map(|one| one.fault.as_mut())
                        .for_each(|fault| fault.reach = None);
                    report.findings.extend(judged.findings);
                    report.coverage.uncompared.extend(judged.uncompared);
                }
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
