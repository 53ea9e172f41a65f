//! One pass: each file is read once, parsed once, and judged by every check it concerns.

mod outcome;
mod packages;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use palisade_advisory::Index;
use palisade_advisory::vex::Vex;
use palisade_inventory::codeowners::{self, Owners, OwnersFacts};
use palisade_inventory::yaml::Yaml;
use palisade_inventory::{
    Facts, Flat, Format, Inventory, Problem, Subject, dockerfile, kubernetes, kustomize, migration, package, pulumi,
    terraform,
};
use palisade_model::{Coverage, Finding, Fingerprint, Fix, Skipped, Span};

use crate::check::Run;
use crate::code::OwnRules;
use crate::packages::Earlier;
use crate::secrets::live::Kept;
use crate::secrets::{self, Engine, Identity, UserRules};
use crate::{Check, Host, Report, Selection, Settings};

pub use outcome::{FileReport, LicenceTally, Scan};

/// Structured files above this are searched for secrets but not parsed.
pub const PARSE_BYTES_MAX: usize = 16 << 20;

/// Runs the chosen checks. Shared between threads while files are looked at.
#[derive(Debug)]
pub struct Scanner {
    settings: Settings,
    checks: Vec<&'static Check>,
    engine: Engine,
    code: crate::code::Engine,
    own_code: OwnRules,
    secret_ids: HashSet<&'static str>,
    identity: Identity,
    kept: Option<Kept>,
    advisories: Option<Arc<Index>>,
    earlier: Option<Arc<Earlier>>,
    vex: Vec<(String, Vex)>,
}

impl Scanner {
    /// A scanner for the selected checks.
    #[must_use]
    pub fn new(settings: Settings, selection: &Selection) -> Self {
        let checks: Vec<_> = crate::catalogue().filter(|check| selection.takes(&check.meta)).collect();
        let secret_ids = checks.iter().map(|check| check.meta.id).filter(|id| id.starts_with("secrets/")).collect();
        // All detectors always run: what they find is masked in the excerpts of every other check.
        let code = crate::code::Engine::new(&checks);
        Self {
            settings,
            checks,
            code,
            own_code: OwnRules::default(),
            engine: Engine::default(),
            secret_ids,
            identity: Identity::default(),
            kept: None,
            advisories: None,
            earlier: None,
            vex: Vec::new(),
        }
    }

    /// Adds rules of the user's own, and hashes secrets under a key of the target's own.
    #[must_use]
    pub fn with_secrets(mut self, rules: UserRules, identity: Identity) -> Self {
        self.identity = identity;
        if !rules.with_built_in {
            self.secret_ids.clear();
        }
        for name in &rules.disabled {
            self.secret_ids.retain(|id| id != name && id.strip_prefix("secrets/") != Some(name));
        }
        self.checks.retain(|check| check.meta.family() != "secrets" || self.secret_ids.contains(check.meta.id));
        for rule in &rules.rules {
            self.secret_ids.insert(rule.detector().id());
            self.checks.push(&rule.detector().check);
        }
        self.engine = Engine::new(|_| true, rules.rules);
        self
    }

    /// Adds rules of the user's own on source code.
    #[must_use]
    pub fn with_code(mut self, rules: OwnRules) -> Self {
        self.checks.extend(rules.checks());
        self.own_code = rules;
        self
    }

    /// Compares packages with advisories.
    #[must_use]
    pub fn with_advisories(mut self, index: Arc<Index>) -> Self {
        self.advisories = Some(index);
        self
    }

    /// The advisories that packages are compared with.
    #[must_use]
    pub fn advisories(&self) -> Option<&Index> {
        self.advisories.as_deref()
    }

    /// Keeps the values of the secrets that it finds, in memory, so that their providers can be asked.
    #[must_use]
    pub fn keeping_secrets(mut self) -> Self {
        self.kept = Some(Kept::default());
        self
    }

    /// The secrets that were found, when they were to be kept.
    #[must_use]
    pub fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// The checks that run.
    #[must_use]
    pub fn checks(&self) -> &[&'static Check] {
        &self.checks
    }

    /// What the user set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The engine that finds secrets.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether what a detector finds was asked for.
    #[must_use]
    pub fn wants_secret(&self, id: &str) -> bool {
        self.secret_ids.contains(id)
    }

    /// The identity that the finding of a secret has, wherever it stands.
    #[must_use]
    pub fn fingerprint_of(&self, one: &secrets::Match) -> Fingerprint {
        Fingerprint::of_secret(one.detector.id(), self.identity.of(&one.value))
    }

    /// The secrets of one file, without what other checks say about it.
    #[must_use]
    pub fn secrets_in(&self, path: &str, bytes: &[u8]) -> Vec<Finding> {
        let matches = self.engine.scan(path, bytes);
        let masks = secrets::masks(&matches);
        self.secrets(&Subject::new(path.into(), bytes, &Flat, &masks), &matches)
    }

    /// The secrets that start in `owned`, in a window of a file too large to be held whole: the window begins
    /// `offset` bytes and `lines` lines into the file.
    #[must_use]
    pub fn secrets_in_window(
        &self,
        path: &str,
        bytes: &[u8],
        owned: std::ops::Range<usize>,
        offset: u64,
        lines: u64,
    ) -> Vec<Finding> {
        let mut matches = self.engine.scan(path, bytes);
        let masks = secrets::masks(&matches);
        matches.retain(|one| owned.contains(&(one.span.start as usize)));
        let mut findings = self.secrets(&Subject::new(path.into(), bytes, &Flat, &masks), &matches);
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        for finding in &mut findings {
            // Edits are of the file, of which only a part is at hand.
            finding.fix = None;
            let also = finding.also.iter_mut().map(|related| &mut related.location);
            for place in std::iter::once(&mut finding.location).chain(also) {
                place.span = place.span.shifted(usize::try_from(offset).unwrap_or(usize::MAX));
                place.start.line = place.start.line.saturating_add(lines);
                place.end.line = place.end.line.saturating_add(lines);
                if let Some(excerpt) = &mut place.excerpt {
                    excerpt.first_line = excerpt.first_line.saturating_add(lines);
                }
            }
        }
        findings
    }

    /// The spans of secrets in a file, which no excerpt may show.
    #[must_use]
    pub fn masks(&self, path: &str, bytes: &[u8]) -> Vec<Span> {
        secrets::masks(&self.engine.scan(path, bytes))
    }

    /// The spans of a file that no output may show: secrets, and values where secrets stand by their place.
    #[must_use]
    pub fn hidden(&self, path: &str, bytes: &[u8]) -> Vec<Span> {
        let mut spans = self.masks(path, bytes);
        match Format::of(path, bytes) {
            Format::Dockerfile => {
                let text = text_of(bytes);
                spans.extend(crate::container::dockerfile_masks(&dockerfile::parse(&text), &text));
            }
            format @ (Format::Kubernetes | Format::Workflow | Format::Compose) => {
                spans.extend(yaml_masks(format, &Yaml::parse(text_of(bytes))));
            }
            Format::CloudFormation | Format::TerraformPlan | Format::Pulumi | Format::Policy => {
                spans.extend(crate::iac::document_masks(&Yaml::parse(text_of(bytes))));
            }
            _ => {}
        }
        spans
    }

    /// Looks at one file.
    #[must_use]
    pub fn look(&self, path: &str, bytes: &[u8]) -> FileReport {
        self.look_at(path, bytes, false)
    }

    /// Looks at a file that somebody named: a bill of materials is then read as one. In a folder it is not, because
    /// the folder's own files say what it ships, and a bill may be of another day.
    #[must_use]
    pub fn look_named(&self, path: &str, bytes: &[u8]) -> FileReport {
        self.look_at(path, bytes, true)
    }

    fn look_at(&self, path: &str, bytes: &[u8], named: bool) -> FileReport {
        let path: Arc<str> = path.into();
        let marks = crate::marks(&Subject::new(Arc::clone(&path), bytes, &Flat, &[]));
        let mut report = self.judge(Arc::clone(&path), bytes);
        if named && !crate::packages::is_compared(&path) && bytes.len() <= package::BOM_BYTES_MAX {
            self.judge_bom(&path, bytes, &mut report);
        }
        FileReport { marks, ..report }
    }

    fn judge(&self, path: Arc<str>, bytes: &[u8]) -> FileReport {
        let format = Format::of(&path, bytes);
        let mut facts = Facts::new(Arc::clone(&path), format);
        let mut coverage = Coverage { seen: 1, ..Coverage::default() };
        let matches = self.engine.scan(&path, bytes);
        let masks = secrets::masks(&matches);
        let mut findings = Vec::new();
        if format != Format::Other && bytes.len() > PARSE_BYTES_MAX {
            let reason = format!("larger than {} MiB, searched for secrets only", PARSE_BYTES_MAX >> 20);
            coverage.partial.push(Skipped { path: path.to_string(), reason });
            findings.extend(self.secrets(&Subject::new(path, bytes, &Flat, &masks), &matches));
            return FileReport { findings, facts, coverage, marks: Vec::new() };
        }
        let problems = match format {
            Format::Workflow
            | Format::Action
            | Format::Dependabot
            | Format::Gitlab
            | Format::Compose
            | Format::Kubernetes => {
                let judged = |document: &str| format != Format::Kubernetes || !kubernetes::is_schema(document);
                let yaml = Yaml::parse_where(text_of(bytes), judged);
                let shown = [masks.as_slice(), &yaml_masks(format, &yaml)].concat();
                let subject = Subject::new(Arc::clone(&path), yaml.text().as_bytes(), &yaml, &shown);
                let found = self.judge_yaml(format, &yaml, &subject, &mut facts);
                if format == Format::Kubernetes && facts.objects.iter().any(|object| object.workload) {
                    facts.room = kubernetes::Room::of(&yaml).map(Box::new);
                }
                findings.extend(crate::container::without_known_secrets(found, &secrets::firm(&matches)));
                if !yaml.problems().is_empty() {
                    findings.extend(self.unreadable(&subject, yaml.problems()));
                }
                let found = self.secrets(&subject, &unspoken(&matches, &findings));
                findings.extend(found);
                yaml.problems().to_vec()
            }
            Format::Kustomization => {
                let yaml = Yaml::parse(text_of(bytes));
                facts.kustomization = yaml.root().map(|root| Box::new(kustomize::Facts::of(&path, root)));
                let subject = Subject::new(Arc::clone(&path), yaml.text().as_bytes(), &yaml, &masks);
                if !yaml.problems().is_empty() {
                    findings.extend(self.unreadable(&subject, yaml.problems()));
                }
                findings.extend(self.secrets(&subject, &matches));
                yaml.problems().to_vec()
            }
            Format::Codeowners => {
                let text = text_of(bytes);
                let subject = Subject::new(Arc::clone(&path), text.as_bytes(), &Flat, &masks);
                let location = subject.locate(codeowners::anchor(&text));
                facts.owners = Some(Box::new(OwnersFacts { owners: Owners::parse(&text), location }));
                findings.extend(self.secrets(&subject, &matches));
                Vec::new()
            }
            Format::Quality => {
                let text = text_of(bytes);
                let subject = Subject::new(Arc::clone(&path), text.as_bytes(), &Flat, &masks);
                findings.extend(self.secrets(&subject, &matches));
                match crate::quality::facts(&subject, &text) {
                    Ok(measured) => {
                        facts.quality = Some(Box::new(measured));
                        Vec::new()
                    }
                    Err(problem) => {
                        let problems = vec![problem];
                        if !self.settings.quality.reports.iter().any(|named| **named == *path) {
                            findings.extend(self.unreadable(&subject, &problems));
                        }
                        problems
                    }
                }
            }
            Format::Migration => {
                let text = text_of(bytes);
                let migration = migration::Migration::parse(Arc::clone(&path), &text);
                let passwords = migration.as_ref().map(|one| crate::data::secrets(&one.script)).unwrap_or_default();
                let shown = [masks.as_slice(), &passwords].concat();
                let subject = Subject::new(Arc::clone(&path), text.as_bytes(), &Flat, &shown);
                findings.extend(self.secrets(&subject, &matches));
                facts.migration = migration.map(Arc::new);
                Vec::new()
            }
            Format::Terraform => {
                let text = text_of(bytes);
                let file = terraform::File::parse(Arc::clone(&path), &text);
                let shown = [masks.as_slice(), &crate::iac::masks(&file)].concat();
                let subject = Subject::new(Arc::clone(&path), text.as_bytes(), &file, &shown);
                if !file.problems.is_empty() {
                    findings.extend(self.unreadable(&subject, &file.problems));
                }
                findings.extend(self.secrets(&subject, &matches));
                let problems = file.problems.clone();
                facts.terraform = Some(Arc::new(file));
                problems
            }
            Format::CloudFormation | Format::TerraformPlan | Format::Pulumi | Format::Policy => {
                let yaml = Yaml::parse(text_of(bytes));
                let shown = [masks.as_slice(), &crate::iac::document_masks(&yaml)].concat();
                let subject = Subject::new(Arc::clone(&path), yaml.text().as_bytes(), &yaml, &shown);
                if !yaml.problems().is_empty() {
                    findings.extend(self.unreadable(&subject, yaml.problems()));
                }
                findings.extend(self.secrets(&subject, &matches));
                let problems = yaml.problems().to_vec();
                let unread = yaml.root().filter(|_| format == Format::Pulumi && problems.is_empty());
                let unread = unread.and_then(pulumi::unread);
                facts.document = Some(Arc::new(yaml));
                if let Some(reason) = unread {
                    coverage.partial.push(Skipped { path: path.to_string(), reason });
                    return FileReport { findings, facts, coverage, marks: Vec::new() };
                }
                problems
            }
            Format::Dockerfile => {
                let text = text_of(bytes);
                let file = dockerfile::parse(&text);
                if !file.is_plausible() {
                    let reason = "named like a Dockerfile, but does not read like one".to_owned();
                    coverage.skipped.push(Skipped { path: path.to_string(), reason });
                    findings.extend(self.secrets(&Subject::new(path, bytes, &Flat, &masks), &matches));
                    return FileReport { findings, facts, coverage, marks: Vec::new() };
                }
                let shown = [masks.as_slice(), &crate::container::dockerfile_masks(&file, &text)].concat();
                let subject = Subject::new(Arc::clone(&path), text.as_bytes(), &file, &shown);
                findings.extend(crate::container::judge_dockerfile(
                    &self.checks,
                    &self.settings,
                    &file,
                    &subject,
                    &secrets::firm(&matches),
                    &mut facts,
                ));
                if !file.problems.is_empty() {
                    findings.extend(self.unreadable(&subject, &file.problems));
                }
                let found = self.secrets(&subject, &unspoken(&matches, &findings));
                findings.extend(found);
                file.problems
            }
            Format::Graphql | Format::OpenApi | Format::Spring | Format::Rails => {
                let text = text_of(bytes);
                let judged = crate::app::judge_document(&self.checks, &self.settings, format, &path, &text, &masks);
                let subject = Subject::new(Arc::clone(&path), text.as_bytes(), &Flat, &masks);
                if !judged.problems.is_empty() {
                    findings.extend(self.unreadable(&subject, &judged.problems));
                }
                findings.extend(self.secrets(&subject, &matches));
                findings.extend(judged.findings);
                facts.signs = judged.signs;
                facts.graphql = judged.graphql.map(Box::new);
                judged.problems
            }
            _ => {
                findings.extend(self.secrets(&Subject::new(Arc::clone(&path), bytes, &Flat, &masks), &matches));
                let mut judged = self.code.judge(&path, bytes, &masks, &self.settings).unwrap_or_default();
                judged.add(self.own_code.judge(&path, bytes, &masks, &self.settings).unwrap_or_default());
                findings.extend(judged.findings);
                facts.signs = judged.signs;
                if let Some(unread) = judged.unread {
                    coverage.partial.push(Skipped { path: path.to_string(), reason: unread.to_string() });
                    return FileReport { findings, facts, coverage, marks: Vec::new() };
                }
                judged.problems
            }
        };
        let problems = match self.packages(&path, bytes, format, &masks, &mut facts, &package::Others::none()) {
            Ok((found, unread)) => {
                findings.extend(found);
                if unread.is_empty() { problems } else { unread }
            }
            Err(error) => {
                let reason = format!("its packages were not compared with advisories: {error}");
                coverage.partial.push(Skipped { path: path.to_string(), reason });
                return FileReport { findings, facts, coverage, marks: Vec::new() };
            }
        };
        match problems.first() {
            Some(problem) => {
                let line = Subject::new(Arc::clone(&path), bytes, &Flat, &[]).lines().line(problem.span.start) + 1;
                let reason = format!("line {line}: {}", problem.message);
                coverage.partial.push(Skipped { path: path.to_string(), reason });
            }
            None => coverage.parsed = 1,
        }
        FileReport { findings, facts, coverage, marks: Vec::new() }
    }

    /// Ends a scan: checks across files, sorting.
    #[must_use]
    pub fn finish(&self, reports: Vec<FileReport>, host: Host<'_>) -> Scan {
        let mut scan = Scan::default();
        let mut inventory = Inventory { whole: host.whole, ..Inventory::default() };
        for report in reports {
            scan.findings.extend(report.findings);
            scan.coverage.merge(report.coverage);
            scan.marks.extend(report.marks);
            inventory.files.push(report.facts);
        }
        inventory.files.sort_by(|left, right| left.path.cmp(&right.path));
        self.complete(&mut inventory, &mut scan, host);
        let compared = |file: &&Facts| file.bom || file.unlocked || crate::packages::is_compared(&file.path);
        let compared = inventory.files.iter().filter(compared);
        scan.manifests = compared.map(|file| Arc::clone(&file.path)).collect();
        if self.checks.iter().any(|check| check.meta.family() == "packages") {
            scan.package_files = scan.manifests.len();
            let open = inventory.files.iter().flat_map(|file| &file.without_version);
            scan.without_version = open.collect::<HashSet<_>>().len();
            scan.advisories = self.advisories.as_ref().map(|index| index.digest());
        }
        self.judge_systems(&mut inventory.files, &mut scan);
        crate::kubernetes::default_service_account::settle(&inventory, &mut scan.findings);
        let mut rendered = crate::kubernetes::render(&self.checks, &self.settings, &inventory, host);
        let (alone, kept) = std::mem::take(&mut scan.findings).into_iter().partition(|finding| {
            finding.check.family() == "kubernetes" && rendered.covered.contains(&*finding.location.path)
        });
        scan.findings = kept;
        lend_fixes(alone, &mut rendered.findings);
        scan.findings.extend(rendered.findings);
        for file in &mut inventory.files {
            if rendered.covered.contains(&*file.path) {
                file.objects.clear();
            }
            if let Some(objects) = rendered.objects.get(&*file.path) {
                file.objects.extend(objects.iter().cloned());
            }
        }
        let masks = |path: &str, bytes: &[u8]| self.masks(path, bytes);
        let found = crate::iac::judge(&self.checks, &self.settings, &inventory, host, &masks, &mut scan.coverage);
        scan.findings.extend(found);
        let found = crate::data::judge(&self.checks, &self.settings, &inventory, host, &masks, &mut scan.coverage);
        scan.findings.extend(found);
        scan.findings.extend(crate::app::judge(&self.checks, &self.settings, &inventory, host));
        scan.findings.extend(crate::quality::judge(&self.checks, &self.settings, &inventory, host));
        let (found, tally) =
            crate::packages::licence::judge(&self.checks, &self.settings, &mut inventory, host, &masks);
        scan.findings.extend(found);
        scan.licences = tally;
        for check in &self.checks {
            if let Run::Inventory(run) = check.run {
                let mut report = Report::new(&self.settings, None, &check.meta);
                run(&inventory, &mut report);
                scan.findings.extend(report.finish());
            }
        }
        crate::packages::reach::settle(&inventory, host, &mut scan.findings);
        crate::ci::dangerous_trigger::settle(&inventory, &mut scan.findings);
        crate::kubernetes::unlabelled_namespace::settle(&inventory, &mut scan.findings);
        scan.coverage.sort();
        scan.sort();
        secrets::merge(&mut scan.findings);
        scan
    }

    /// Scans files that are at hand in memory: standard input, tests.
    #[must_use]
    pub fn scan_files(&self, files: &[(String, Vec<u8>)]) -> Scan {
        let reports = files.iter().map(|(path, bytes)| self.look(path, bytes)).collect();
        let read = |path: &str| files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.clone());
        self.finish(reports, Host::reading(&read))
    }

    fn judge_yaml(&self, format: Format, yaml: &Yaml, subject: &Subject<'_>, facts: &mut Facts) -> Vec<Finding> {
        let Some(first) = self.checks.first() else { return Vec::new() };
        let mut report = Report::new(&self.settings, Some(subject), &first.meta);
        for root in yaml.documents() {
            match format {
                Format::Workflow | Format::Action | Format::Dependabot | Format::Gitlab => {
                    crate::ci::judge(&self.checks, format, root, &mut report, facts);
                }
                Format::Compose => {
                    crate::container::judge_compose(&self.checks, root, &mut report, facts);
                }
                Format::Kubernetes => {
                    facts.objects.extend(crate::kubernetes::judge(&self.checks, root, subject, &mut report));
                }
                _ => {}
            }
        }
        report.finish()
    }

    /// The secrets of a file that were asked for.
    fn secrets(&self, subject: &Subject<'_>, matches: &[secrets::Match]) -> Vec<Finding> {
        let mut asked = matches.iter().filter(|one| self.secret_ids.contains(one.detector.id())).peekable();
        let Some(first) = asked.peek() else { return Vec::new() };
        if let Some(kept) = &self.kept {
            for one in matches.iter().filter(|one| self.secret_ids.contains(one.detector.id())) {
                kept.keep(self.fingerprint_of(one), one, matches, subject.bytes());
            }
        }
        let report = Report::new(&self.settings, Some(subject), &first.detector.check.meta);
        secrets::report(asked, &self.identity, report)
    }

    /// A file that checks needed and that could not be read to the end.
    fn unreadable(&self, subject: &Subject<'_>, problems: &[Problem]) -> Vec<Finding> {
        self.not_read(&crate::scan::unreadable_file::CHECK, subject, problems)
    }

    fn not_read(&self, check: &'static Check, subject: &Subject<'_>, problems: &[Problem]) -> Vec<Finding> {
        if !self.checks.iter().any(|chosen| chosen.meta.id == check.meta.id) {
            return Vec::new();
        }
        let mut report = Report::new(&self.settings, Some(subject), &check.meta);
        for problem in problems {
            report.finding(problem.span, format!("this part was not checked: {}", problem.message));
        }
        report.finish()
    }
}

/// The matches but for those that another check already speaks of, knowing more of the place.
fn unspoken(matches: &[secrets::Match], findings: &[Finding]) -> Vec<secrets::Match> {
    let spoken = |span: Span| {
        findings.iter().any(|finding| {
            let place = finding.location.span;
            crate::container::tells_of_secrets(finding.check.id) && place.start < span.end && span.start < place.end
        })
    };
    matches.iter().filter(|one| !(one.detector.yields() && spoken(one.span))).cloned().collect()
}

/// Values in a file of this format that are secrets by the place where they stand.
fn yaml_masks(format: Format, yaml: &Yaml) -> Vec<Span> {
    match format {
        Format::Kubernetes => crate::kubernetes::masks(yaml),
        Format::Workflow => yaml.documents().flat_map(crate::ci::hardcoded_container_credentials::masks).collect(),
        Format::Compose => yaml.documents().flat_map(crate::container::compose_masks).collect(),
        _ => Vec::new(),
    }
}

/// The bytes as text of the same length: each byte that is no UTF-8 becomes `?`, so that offsets stay.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
/// Gives findings in what was rendered the edits of the same findings in the files that it was rendered from.
fn lend_fixes(alone: Vec<Finding>, rendered: &mut [Finding]) {
    let mut fixes: HashMap<(&str, Arc<str>, Span), Option<Fix>> = HashMap::new();
    for finding in alone {
        fixes.insert((finding.check.id, finding.location.path, finding.location.span), finding.fix);
    }
    for finding in rendered {
        let place = (finding.check.id, Arc::clone(&finding.location.path), finding.location.span);
        if let Some(fix) = fixes.remove(&place) {
            finding.fix = fix;
        }
    }
}
