//! Results get a place in the target and an identity, and meet what was found already: one fault is one finding.
//!
//! No result is dropped. One that has no place in the target is a finding at its report, and counted as such; one that
//! tells of what was found already is noted there. Line numbers are no part of an identity.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use palisade_inventory::{Flat, Subject};
use palisade_model::{
    Confidence, Digest, Finding, Fingerprint, LineIndex, Location, Position, Severity, Span, content_hash,
};

use super::packages::{Packages, name_of};
use super::place::candidates;
use super::{Item, Kind, Region, Run, Vulnerable, licence, misconfiguration, result, secret, web_alert};
use crate::packages::{known_vulnerability, malicious_package};
use crate::scanner::text_of;
use crate::{Check, Scan, Scanner};

/// Bytes of files of the target that are held at once.
const HELD_BYTES_MAX: usize = 64 << 20;

/// Files of the target that are asked for; names that a report makes up cost a look each.
const ASKED_MAX: usize = 500_000;

/// A report and what it is called: its path within the target, or the name of a file outside.
#[derive(Debug)]
pub struct Report {
    /// The name.
    pub path: String,
    /// What it tells.
    pub runs: Vec<Run>,
}

/// What places are sought in.
pub struct Sources<'a> {
    /// Bytes of a file of the target; `None` when there is none.
    pub read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Where the target lies, as an absolute path with `/` between its parts.
    pub root: Option<&'a str>,
}

/// What became of one run of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The report.
    pub path: String,
    /// The tool's own name.
    pub tool: String,
    /// Its version; empty where the report does not tell.
    pub version: String,
    /// When it ran, as the report writes it.
    pub created: Option<String>,
    /// Results in the report.
    pub results: usize,
    /// Results that became findings.
    pub findings: usize,
    /// Results that tell of what another finding tells already.
    pub same: usize,
    /// Results that tell of no fault.
    pub passed: usize,
    /// Results of checks that were not asked for.
    pub left_out: usize,
    /// Findings that have no place in the target, so that they stand at the report.
    pub unplaced: usize,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

/// Files of the target, opened once.
pub(super) struct Files<'a> {
    scanner: &'a Scanner,
    read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    root: Option<&'a str>,
    open: HashMap<String, Option<Rc<Opened>>>,
    held: usize,
    asked: usize,
}

/// A file of the target.
pub(super) struct Opened {
    pub(super) text: String,
    hidden: Vec<Span>,
    lines: Rc<LineIndex>,
}

impl Files<'_> {
    pub(super) fn open(&mut self, path: &str) -> Option<Rc<Opened>> {
        if let Some(known) = self.open.get(path) {
            return known.clone();
        }
        self.asked += 1;
        let bytes = if self.asked > ASKED_MAX { None } else { (self.read)(path) };
        if self.held > HELD_BYTES_MAX {
            self.open.retain(|_, file| file.is_none());
            self.held = 0;
        }
        let opened = bytes.map(|bytes| {
            self.held += bytes.len();
            let hidden = self.scanner.hidden(path, &bytes);
            Rc::new(Opened { text: text_of(&bytes), hidden, lines: Rc::new(LineIndex::new(&bytes)) })
        });
        self.open.insert(path.to_owned(), opened.clone());
        opened
    }
}

/// A result with its place.
struct Settled {
    check: &'static Check,
    severity: Severity,
    confidence: Option<Confidence>,
    message: String,
    location: Location,
    /// What stands for the path in the identity.
    home: String,
    placed: bool,
    /// Whether the place is where the tool says, not the first that fits.
    exact: bool,
}

impl Scanner {
    /// Adds what reports of other tools tell to a finished scan.
    pub fn import(&self, scan: &mut Scan, reports: Vec<Report>, sources: &Sources<'_>) {
        let mut files =
            Files { scanner: self, read: sources.read, root: sources.root, open: HashMap::new(), held: 0, asked: 0 };
        let tells_of_packages = |run: &Run| run.items.iter().any(|item| matches!(item.kind, Kind::Package(_)));
        let packages = match reports.iter().flat_map(|report| &report.runs).any(tells_of_packages) {
            true => Packages::read(&scan.manifests, &mut files),
            false => Packages::default(),
        };
        let mut met = Met::new(scan);
        for report in reports {
            for run in report.runs {
                let mut told = Imported {
                    path: report.path.clone(),
                    tool: run.tool.clone(),
                    version: run.version.clone(),
                    created: run.created.clone(),
                    results: run.results,
                    passed: run.passed,
                    notes: run.notes.clone(),
                    ..Imported::default()
                };
                let settled = self.settle(run, &packages, &mut files, &mut told);
                self.meet(scan, settled, &mut met, &mut told);
                scan.imports.push(told);
            }
        }
        scan.sort();
    }

    /// Gives each result of a run that was asked for its place.
    fn settle(&self, run: Run, packages: &Packages, files: &mut Files<'_>, told: &mut Imported) -> Vec<Settled> {
        let mut settled = Vec::with_capacity(run.items.len());
        let about = About { packages, tool: run.tool, artifact: untagged(&run.artifact), foreign: run.foreign };
        for item in run.items {
            let check = check_of(&item.kind);
            if !self.checks().iter().any(|chosen| chosen.meta.id == check.meta.id) {
                told.left_out += 1;
                continue;
            }
            let paths = candidates(&item.path, files.root);
            let mut one = match &item.kind {
                Kind::Package(package) => self.vulnerable(check, &item, package, &paths, &about, files),
                _ => other(check, &item, &paths, &about, files),
            };
            if !one.placed {
                // A report is no file of the target's own; its path is only where to look.
                one.location.path = told.path.as_str().into();
                one.home = match about.foreign {
                    // The same file in the image's next version.
                    true => format!("{}!{}", about.artifact, untagged(&item.path)),
                    false => paths.into_iter().next().unwrap_or_else(|| about.artifact.clone()),
                };
            }
            if !item.note.is_empty() {
                one.message.push_str(&format!(" ({})", item.note));
            }
            // A message of another tool may quote what it found.
            let hidden = self.masks("message", one.message.as_bytes());
            one.message = masked(&one.message, &hidden);
            if check.meta.id != secret::CHECK.meta.id && self.settings().is_fixture(&one.location.path) {
                one.severity = Severity::Info;
            }
            settled.push(one);
        }
        settled
    }

    /// A vulnerability of a package stands where a lock file names the package.
    fn vulnerable(
        &self,
        check: &'static Check,
        item: &Item,
        package: &Vulnerable,
        paths: &[String],
        about: &About<'_>,
        files: &mut Files<'_>,
    ) -> Settled {
        let stand = about.packages.find(package, paths, !about.foreign);
        let placed = stand.and_then(|stand| Some((stand, files.open(&stand.path)?)));
        let mut location = match &placed {
            Some((stand, file)) => locate(&stand.path, file, stand.span, None),
            None => nowhere(),
        };
        let name = name_of(package, self.advisories());
        location.structure = package.purl.bare().to_string();
        location.content = Digest::of_parts(&[name.as_bytes()]);
        let version = stand.map_or(&package.version, |stand| &stand.version);
        let mut message = format!("{}: `{}` {version} has {name}", about.tool, package.purl.full_name());
        if let Some(other) = package.names.first().filter(|other| **other != name) {
            message.push_str(&format!(" ({other})"));
        }
        if !item.text.is_empty() {
            message.push_str(&format!(": {}", item.text.trim_end_matches('.')));
        }
        if let Some(fixed) = &package.fixed {
            message.push_str(&format!("; {fixed} is without it"));
        }
        if placed.is_none() && !about.artifact.is_empty() {
            message.push_str(&format!("; in {}", about.artifact));
        }
        Settled {
            check,
            severity: item.severity.unwrap_or(check.meta.severity),
            confidence: item.confidence,
            message,
            home: location.path.to_string(),
            location,
            placed: placed.is_some(),
            exact: stand.is_some_and(|stand| paths.iter().any(|path| **path == *stand.path)),
        }
    }

    /// Puts results among the findings, or notes them on those that tell of the same.
    fn meet(&self, scan: &mut Scan, settled: Vec<Settled>, met: &mut Met, told: &mut Imported) {
        let mut settled = settled;
        settled.sort_by(|left, right| {
            let key = |one: &Settled| (one.home.clone(), one.location.span, one.location.start);
            key(left).cmp(&key(right))
        });
        let mut twins: HashMap<(&str, String, String, Digest), u32> = HashMap::new();
        let mut taken = HashSet::new();
        for one in settled {
            let same = match one.check.meta.family() {
                "packages" => met.package(scan, &one),
                _ if one.check.meta.id == secret::CHECK.meta.id && one.placed => met.secret(&one, &mut taken),
                _ => None,
            };
            if let Some(at) = same {
                told.same += 1;
                note(scan, at, &told.tool, one.severity);
                continue;
            }
            let place = &one.location;
            let id = one.check.meta.id;
            let twin = match one.check.meta.family() {
                // Other versions of the package in the same file, whoever told of them.
                "packages" => met.versions(scan, &one),
                _ => {
                    let key = (id, one.home.clone(), place.structure.clone(), place.content);
                    let twin = twins.entry(key).or_default();
                    *twin += 1;
                    *twin - 1
                }
            };
            let fingerprint = Fingerprint::of_place(id, &one.home, &place.structure, place.content, twin);
            if let Some(at) = met.prints.get(&fingerprint) {
                told.same += 1;
                note(scan, *at, &told.tool, one.severity);
                continue;
            }
            told.findings += 1;
            told.unplaced += usize::from(!one.placed);
            met.add(scan, one, fingerprint);
        }
    }
}

/// What a run is of.
struct About<'p> {
    packages: &'p Packages,
    tool: String,
    artifact: String,
    foreign: bool,
}

/// What was found so far, by what tells it apart.
struct Met {
    /// Findings of packages, by package and fault.
    packages: HashMap<(String, Digest), Vec<usize>>,
    /// What stands for the path of findings at reports.
    homes: HashMap<usize, String>,
    /// Our own secrets, by path; copies of one count where they stand.
    secrets: HashMap<Arc<str>, Vec<(usize, Position, Position)>>,
    prints: HashMap<Fingerprint, usize>,
}

impl Met {
    fn new(scan: &Scan) -> Self {
        let mut met =
            Self { packages: HashMap::new(), homes: HashMap::new(), secrets: HashMap::new(), prints: HashMap::new() };
        for (at, finding) in scan.findings.iter().enumerate() {
            met.prints.insert(finding.fingerprint, at);
            let place = &finding.location;
            match finding.check.family() {
                "packages" => met.packages.entry((place.structure.clone(), place.content)).or_default().push(at),
                "secrets" => {
                    for place in std::iter::once(place).chain(finding.also.iter().map(|also| &also.location)) {
                        let here = met.secrets.entry(Arc::clone(&place.path)).or_default();
                        here.push((at, place.start, place.end));
                    }
                }
                _ => {}
            }
        }
        met
    }

    fn add(&mut self, scan: &mut Scan, one: Settled, fingerprint: Fingerprint) {
        let at = scan.findings.len();
        self.prints.insert(fingerprint, at);
        if one.check.meta.family() == "packages" {
            self.packages.entry((one.location.structure.clone(), one.location.content)).or_default().push(at);
        }
        if !one.placed {
            self.homes.insert(at, one.home);
        }
        scan.findings.push(Finding {
            check: &one.check.meta,
            severity: one.severity,
            confidence: one.confidence.unwrap_or(one.check.meta.confidence),
            message: one.message,
            fingerprint,
            location: one.location,
            also: Vec::new(),
            fix: None,
            upgrade: None,
            fault: None,
            exception: None,
            history: None,
            verification: None,
        });
    }

    /// Findings of the same fault of the same package at the same home.
    fn at_home<'m>(&'m self, scan: &'m Scan, one: &'m Settled) -> impl Iterator<Item = (usize, &'m Finding)> {
        let key = (one.location.structure.clone(), one.location.content);
        let all = self.packages.get(&key).into_iter().flatten();
        all.filter_map(|at| Some((*at, scan.findings.get(*at)?)))
            .filter(|(at, finding)| self.homes.get(at).map_or(&*finding.location.path, String::as_str) == one.home)
    }

    /// The finding of the same version of the same package; where the tool names no file, of any version or file.
    fn package(&self, scan: &Scan, one: &Settled) -> Option<usize> {
        let mut here = self.at_home(scan, one);
        let exact = here.find(|(_, finding)| finding.location.span == one.location.span).map(|(at, _)| at);
        let any = || {
            let key = (one.location.structure.clone(), one.location.content);
            let mut all = self.packages.get(&key)?.iter();
            all.find(|at| !self.homes.contains_key(at)).copied()
        };
        exact.or_else(|| if one.placed && !one.exact { any() } else { None })
    }

    /// How many versions of the package are told of in the same file already.
    fn versions(&self, scan: &Scan, one: &Settled) -> u32 {
        let same = self.at_home(scan, one).filter(|(_, finding)| finding.check.id == one.check.meta.id).count();
        u32::try_from(same).unwrap_or(u32::MAX)
    }

    /// A secret of our own on the same lines. Each place takes one result of a run: two on a line may be two.
    fn secret(&self, one: &Settled, taken: &mut HashSet<(Arc<str>, Position)>) -> Option<usize> {
        let (first, last) = (one.location.start.line, one.location.end.line);
        let path = &one.location.path;
        let here = self.secrets.get(path)?.iter().filter(|(_, start, end)| start.line <= last && first <= end.line);
        let mut free = here.filter(|(_, start, _)| !taken.contains(&(Arc::clone(path), *start)));
        let (at, start, _) = *free.next()?;
        taken.insert((Arc::clone(path), start));
        Some(at)
    }
}

/// Another tool tells of a finding too.
fn note(scan: &mut Scan, at: usize, tool: &str, severity: Severity) {
    let Some(finding) = scan.findings.get_mut(at) else { return };
    let text = format!("; {tool} tells of it too");
    if !finding.message.contains(&text) && !finding.message.starts_with(&format!("{tool}: ")) {
        finding.message.push_str(&text);
    }
    finding.severity = finding.severity.max(severity);
}

/// A result that is no package's.
fn other(check: &'static Check, item: &Item, paths: &[String], about: &About<'_>, files: &mut Files<'_>) -> Settled {
    let found = paths.iter().filter(|_| !about.foreign).find_map(|path| Some((path, files.open(path)?)));
    let secret = matches!(item.kind, Kind::Secret);
    let span = found.as_ref().map(|(_, file)| span_of(item.region, file)).unwrap_or_default();
    let mut location = match &found {
        Some((path, file)) => locate(&Arc::from(path.as_str()), file, span, secret.then_some(span)),
        None => nowhere(),
    };
    let text = found.as_ref().map(|(_, file)| span.of(&file.text)).filter(|text| !text.is_empty());
    let stable = item.stable.unwrap_or_else(|| match text {
        _ if secret || !item.logical.is_empty() => Digest::of_parts(&[]),
        Some(text) => content_hash(text.as_bytes()),
        None => Digest::of_parts(&[item.text.as_bytes()]),
    });
    location.structure = item.logical.clone();
    location.content = Digest::of_parts(&[about.tool.to_lowercase().as_bytes(), item.rule.as_bytes(), &stable.0]);
    let mut message = format!("{} {}", about.tool, item.rule);
    if !item.text.is_empty() {
        message.push_str(&format!(": {}", item.text.trim_end_matches('.')));
    }
    if found.is_none() && !item.path.is_empty() {
        let path = super::cut(&item.path, super::NAME_CHARACTERS_MAX);
        message.push_str(&match (about.foreign, about.artifact.as_str()) {
            (true, artifact) => format!("; in {path} of {artifact}"),
            (false, _) => format!("; in {path}, which is not here"),
        });
    }
    Settled {
        check,
        severity: item.severity.unwrap_or(check.meta.severity),
        confidence: item.confidence,
        message,
        home: location.path.to_string(),
        location,
        placed: found.is_some(),
        exact: true,
    }
}

fn check_of(kind: &Kind) -> &'static Check {
    match kind {
        Kind::Result => &result::CHECK,
        Kind::Secret => &secret::CHECK,
        Kind::Misconfiguration => &misconfiguration::CHECK,
        Kind::Licence => &licence::CHECK,
        Kind::WebAlert => &web_alert::CHECK,
        Kind::Package(package) if package.names.iter().any(|name| name.starts_with("MAL-")) => {
            &malicious_package::CHECK
        }
        Kind::Package(_) => &known_vulnerability::CHECK,
    }
}

fn locate(path: &Arc<str>, file: &Opened, span: Span, hidden: Option<Span>) -> Location {
    let subject = Subject::new(Arc::clone(path), file.text.as_bytes(), &Flat, &file.hidden);
    subject.with_lines(Rc::clone(&file.lines)).hiding(hidden).locate(span)
}

/// The span that lines and columns mean; the beginning of the file where they mean none.
fn span_of(region: Region, file: &Opened) -> Span {
    let bytes = file.text.as_bytes();
    let line = |number: u32| (number as usize).checked_sub(1).filter(|line| *line < file.lines.len());
    let Some(first) = line(region.start.0) else { return Span::default() };
    let first = file.lines.span(first, bytes);
    let last = match region.end.0 {
        number if number > region.start.0 => line(number).map_or(first, |last| file.lines.span(last, bytes)),
        _ => first,
    };
    let column = |line: Span, column: u32| {
        let text = line.of(&file.text);
        let before = text.char_indices().nth((column as usize).saturating_sub(1));
        line.start as usize + before.map_or(text.len(), |(at, _)| at)
    };
    let blank = first.len() - first.of(&file.text).trim_start().len();
    let start = if region.start.1 == 0 { first.start as usize + blank } else { column(first, region.start.1) };
    let end = if region.end.1 == 0 { last.end as usize } else { column(last, region.end.1) };
    Span::new(start, end)
}

/// A message with what is hidden as `*`.
fn masked(text: &str, hidden: &[Span]) -> String {
    let hides = |at: usize| hidden.iter().any(|span| (span.start as usize) <= at && at < span.end as usize);
    text.char_indices().map(|(at, character)| if hides(at) { '*' } else { character }).collect()
}

/// A name of an image without its tag and digest.
fn untagged(image: &str) -> String {
    let name = image.split(['@', ' ']).next().unwrap_or(image);
    let tag = name.rfind(':').filter(|at| !name.get(*at..).unwrap_or("").contains('/'));
    super::cut(tag.and_then(|at| name.get(..at)).unwrap_or(name), super::NAME_CHARACTERS_MAX)
}

fn nowhere() -> Location {
    Location {
        path: "".into(),
        span: Span::default(),
        start: Position::default(),
        end: Position::default(),
        structure: String::new(),
        content: content_hash(&[]),
        excerpt: None,
        commit: None,
    }
}
