//! Packages that are named with a version, compared with an index of advisories, and their licences with a policy.
//!
//! Without an index nothing is said here of faults: who scans says that nothing was compared. One finding for each fault
//! and package, however many databases speak of it.

pub mod denied_licence;
mod known;
pub mod known_vulnerability;
pub mod licence;
pub mod malicious_package;
pub mod new_dependency;
mod raise;
pub(crate) mod reach;
mod system_gaps;
pub mod unmaintained_package;
pub mod unreviewed_licence;

use std::collections::{BTreeSet, HashSet};

use palisade_advisory::vex::{Justification, Status, Vex};
use palisade_advisory::{Fault, Index, Match, OpenError, Upgrade, asked};
use palisade_inventory::package::{Manifest, Package, Scope, Source, is_manifest};
use palisade_inventory::{Format, Subject};
use palisade_model::{Confidence, Digest, Finding, PackageFault, Purl, Reach, Severity, StatementNote, Uncompared};
use serde::Deserialize;

use system_gaps::SystemGaps;

use crate::report::Draft;
use crate::{Check, Report, Settings};

use licence::LicenceSettings;

pub use known::{Known, compare_versions, known};
pub use new_dependency::Earlier;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &denied_licence::CHECK,
    &known_vulnerability::CHECK,
    &malicious_package::CHECK,
    &new_dependency::CHECK,
    &unmaintained_package::CHECK,
    &unreviewed_licence::CHECK,
];

/// `[packages]` in `palisade.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PackagesSettings {
    /// What a dependency that was not there before needs.
    pub new: NewDependencies,
    /// Which licences packages may be under.
    pub licences: LicenceSettings,
    /// VEX documents whose statements are shown beside known faults, as paths from the root.
    pub vex: Vec<String>,
}

/// What a dependency that was not there before needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewDependencies {
    /// Nothing.
    #[default]
    Allow,
    /// An exception, with an owner, a ticket and a last day.
    Exception,
}

/// Files of packages that are not compared: wishes and digests beside what says which versions are shipped, and what no
/// database of OSV speaks of.
const NOT_COMPARED: [&str; 11] = [
    "package.json",
    "pyproject.toml",
    "Pipfile",
    "go.sum",
    "Chart.yaml",
    "Chart.lock",
    ".terraform.lock.hcl",
    "Podfile.lock",
    "conan.lock",
    "rpmdb.sqlite-wal",
    "rpmdb.sqlite-journal",
];

/// Folders in which a `package.json` says what is installed.
const INSTALLED_NODE: [&str; 2] = ["node_modules/", "usr/share/nodejs/"];

/// Functions or packages at fault that are kept of one advisory.
const PARTS_MAX: usize = 50;

/// Whether the packages of a file are compared.
#[must_use]
pub fn is_compared(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    // These name images, of which no database of OSV speaks.
    let of_images = matches!(Format::of(path, &[]), Format::Dockerfile | Format::Compose);
    is_manifest(path)
        && !of_images
        && (!NOT_COMPARED.contains(&name) || INSTALLED_NODE.iter().any(|folder| path.contains(folder)))
}

/// Lock files of npm and its kin.
const LOCKS_OF_NODE: [&str; 7] =
    ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "deno.lock"];

/// The folder of which a file settles what its `package.json` and those below wish for; none for other files.
pub(crate) fn locked_folder(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    LOCKS_OF_NODE.contains(&name).then_some(folder)
}

/// Whether a file is a `package.json` that no lock file in its folder or above settles.
pub(crate) fn is_unlocked(path: &str, locked: &HashSet<&str>) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let above = std::iter::successors(Some(folder), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above))
    });
    name == "package.json"
        && is_manifest(path)
        && !is_compared(path)
        && !above.into_iter().any(|one| locked.contains(one))
}

/// The actions of a file that cannot be compared: pinned to a commit or branch of which nothing says which release it is.
pub(crate) fn without_version(manifest: &Manifest) -> BTreeSet<String> {
    let actions = manifest.packages.iter().filter(|package| package.purl.kind() == "github");
    let open = actions.filter(|package| asked(&package.purl).is_err());
    open.map(|package| package.purl.to_string()).collect()
}

/// What the advisories say of the packages of one file.
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    /// Packages of a system that no advisories speak of.
    pub(crate) uncompared: Vec<Uncompared>,
}

/// Compares the packages of one file.
///
/// # Errors
/// When the index cannot be read on: the file was not compared to its end.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    known: (&Index, &[(String, Vex)]),
    manifest: &Manifest,
    subject: &Subject<'_>,
) -> Result<Judged, OpenError> {
    let (index, documents) = known;
    let targets: Vec<&Purl> = manifest.roots.iter().filter_map(|root| root.purl.as_ref()).collect();
    let Some(first) = checks.iter().find(|check| check.meta.family() == "packages") else {
        return Ok(Judged { findings: Vec::new(), uncompared: Vec::new() });
    };
    let mut report = Report::new(settings, Some(subject), &first.meta);
    let mut gaps = SystemGaps::default();
    let mut buffer = Vec::new();
    for package in manifest.packages.iter().filter(|package| package.source != Source::Local) {
        let questions = match asked(&package.purl) {
            Ok(questions) => questions,
            Err(reason) => {
                gaps.unasked(package, &reason);
                continue;
            }
        };
        let mut told: Vec<String> = Vec::new();
        let mut is_known = false;
        for question in &questions {
            let Some(block) = index.lookup(&question.ecosystem, &question.name, &mut buffer)? else { continue };
            is_known = true;
            let block = block.within(&question.stream);
            let mut matches = block.matches(&question.version);
            // What is said of the package itself need not be said of what it was built from.
            matches.retain(|one| !told.iter().any(|id| id == one.fault.id));
            if matches.is_empty() {
                continue;
            }
            told.extend(matches.iter().map(|one| one.fault.id.to_owned()));
            let upgrade = block.upgrade(&question.version);
            for one in &matches {
                let check = check_of(one.fault);
                if checks.iter().any(|chosen| chosen.meta.id == check.meta.id) {
                    report.switch(&check.meta);
                    let version = question.written.as_ref().unwrap_or(&question.version);
                    let draft = tell(&mut report, package, version, one, upgrade, matches.len());
                    state(draft, package, one.fault, &targets, documents);
                }
            }
        }
        gaps.asked(package, &questions, is_known);
    }
    Ok(Judged { findings: report.finish(), uncompared: gaps.finish(index)? })
}

fn check_of(fault: &Fault<'_>) -> &'static Check {
    if fault.names.iter().any(|name| name.starts_with("MAL-")) {
        &malicious_package::CHECK
    } else if fault.informational == "unmaintained" {
        &unmaintained_package::CHECK
    } else {
        &known_vulnerability::CHECK
    }
}

/// The name by which people know a fault: a CVE where it has one.
fn name_of<'b>(fault: &Fault<'b>) -> &'b str {
    fault.names.iter().find(|name| name.starts_with("CVE-")).copied().unwrap_or(fault.id)
}

/// Adds which fault it is, and what is stated about it. A statement takes nothing away.
fn state(draft: &mut Draft, package: &Package, fault: &Fault<'_>, targets: &[&Purl], documents: &[(String, Vex)]) {
    let mut names = vec![name_of(fault).to_owned()];
    names.extend(fault.names.iter().filter(|name| **name != name_of(fault)).map(|name| (*name).to_owned()));
    let stated = documents.iter().filter_map(|(document, vex)| {
        let statement = vex.about(&fault.names, &package.purl, targets)?;
        Some((document, vex, statement))
    });
    // Of several documents one that sees a risk speaks before one that sees none, and else the first that was named.
    let clears = |status| matches!(status, Status::NotAffected | Status::Fixed);
    let stated = stated.min_by_key(|(_, _, statement)| clears(statement.status));
    if let Some((document, vex, statement)) = stated {
        let author = if vex.author.is_empty() { "somebody" } else { &vex.author };
        let why = [statement.justification.map_or("", Justification::label), statement.detail.trim()];
        let why: Vec<&str> = why.into_iter().filter(|text| !text.is_empty()).collect();
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(": ")) };
        let rest = if clears(statement.status) { ", on which an exception may rest" } else { "" };
        draft.add_to_message(&format!("; {author} states in {document}: {}{why}{rest}", statement.status.label()));
    }
    let statement = stated
        .map(|(document, _, statement)| StatementNote { document: document.clone(), clears: clears(statement.status) });
    let mut parts: Vec<String> = fault
        .records
        .iter()
        .flat_map(|record| &record.functions)
        .take(PARTS_MAX)
        .map(|part| (*part).to_owned())
        .collect();
    parts.sort();
    parts.dedup();
    let reach = Some(Reach { parts, ..Reach::not_looked_at(reach::NOT_WHOLE) });
    draft.fault(PackageFault { names, package: package.purl.clone(), statement, reach });
}

fn tell<'r>(
    report: &'r mut Report<'_>,
    package: &Package,
    version: &str,
    one: &Match<'_, '_>,
    upgrade: Option<Upgrade<'_>>,
    faults: usize,
) -> &'r mut Draft {
    let fault = one.fault;
    let name = name_of(fault);
    let mut location = report.locate(package.version_span.unwrap_or(package.span));
    // The same fault of the same package stays the same finding when lines move or the version changes.
    location.structure = package.purl.bare().to_string();
    location.content = Digest::of_parts(&[name.as_bytes()]);
    let mut message = format!("`{}` {version}", package.purl.full_name());
    let sure = if one.certain { "has" } else { "may have (its version cannot be compared)" };
    message.push_str(&format!(" {sure} {name}"));
    if name != fault.id {
        message.push_str(&format!(" ({})", fault.id));
    }
    if !fault.summary.is_empty() {
        message.push_str(&format!(": {}", fault.summary.trim_end_matches('.')));
    }
    if let Some(kev) = &fault.kev {
        let how = if kev.ransomware { "used in attacks, for ransom too," } else { "used in attacks" };
        message.push_str(&format!("; it is {how} since {} or before", kev.added));
    }
    if let Some((chance, _)) = fault.epss.filter(|(chance, _)| *chance >= 0.1) {
        message.push_str(&format!("; {:.0} % chance of use within 30 days", chance * 100.0));
    }
    message.push_str(&match one.fixed {
        Some(fixed) => format!("; {fixed} is without it"),
        None => "; no version without it is known".to_owned(),
    });
    match upgrade {
        Some(Upgrade { to, left: 0 }) if faults > 1 && one.fixed != Some(to) => {
            message.push_str(&format!(", {to} without all {faults} that are known"));
        }
        Some(Upgrade { to, left }) if faults > 1 && left > 0 => {
            message.push_str(&format!(", {to} has the fewest: {left} instead of {faults}"));
        }
        _ => {}
    }
    if package.scope == Scope::Development {
        message.push_str("; for development only");
    }
    let severity = severity(fault);
    let (path, text) = (report.path().to_owned(), report.text());
    let draft = report.finding_at(location, message).severity(severity);
    if !one.certain {
        draft.confidence(Confidence::Low);
    }
    // A raise has to rid the package of this fault, not only of others.
    let Some(to) = upgrade.map(|upgrade| upgrade.to).filter(|_| one.fixed.is_some()) else { return draft };
    match raise::pin(&path, text, package, to) {
        Some(fix) => {
            draft.fix(fix);
        }
        None => {
            raise::upgrade(&path, package, to).into_iter().for_each(|upgrade| {
                draft.upgrade(upgrade);
            });
        }
    }
    draft
}

/// The severity of a fault: by its score, or by the database's word. One that is used in attacks is never below high.
fn severity(fault: &Fault<'_>) -> Severity {
    if fault.names.iter().any(|name| name.starts_with("MAL-")) {
        return Severity::Critical;
    }
    let usual = match (fault.score, fault.word) {
        _ if fault.informational == "unmaintained" => Severity::Low,
        (Some(9.0..), _) => Severity::Critical,
        (Some(7.0..), _) => Severity::High,
        (Some(4.0..), _) => Severity::Medium,
        (Some(_), _) => Severity::Low,
        (None, "critical") => Severity::Critical,
        (None, "high") => Severity::High,
        (None, "low" | "negligible") => Severity::Low,
        (None, _) if !fault.informational.is_empty() => Severity::Low,
        (None, _) => Severity::Medium,
    };
    if fault.kev.is_some() { usual.max(Severity::High) } else { usual }
}
