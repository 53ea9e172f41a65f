//! Which lock file names a package that another tool calls vulnerable, and by which name our own checks know the fault.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_advisory::{Fault, Index, asked};
use palisade_inventory::package::{Manifest, Source, is_database};
use palisade_model::Span;

use super::Vulnerable;
use super::settle::Files;

/// Packages kept of all lock files together; beyond this, vulnerabilities of the others are not placed, and said so.
const PLACES_MAX: usize = 2_000_000;

/// Where a package stands.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    pub(super) path: Arc<str>,
    pub(super) version: String,
    pub(super) span: Span,
}

/// The packages that the target's lock files name.
#[derive(Debug, Default)]
pub(super) struct Packages {
    by_name: HashMap<String, Vec<Stand>>,
}

impl Packages {
    /// Reads the lock files again: a scan does not keep them.
    pub(super) fn read(manifests: &[Arc<str>], files: &mut Files<'_>) -> Self {
        let mut all = Self::default();
        let mut count = 0;
        // Of what is no text, no tool knows the places.
        for path in manifests.iter().filter(|path| !is_database(path)) {
            let Some(file) = files.open(path) else { continue };
            let Some(manifest) = Manifest::read(path, &file.text) else { continue };
            for package in manifest.packages.iter().filter(|package| package.source != Source::Local) {
                count += 1;
                if count > PLACES_MAX {
                    return all;
                }
                all.by_name.entry(package.purl.bare().to_string()).or_default().push(Stand {
                    path: Arc::clone(path),
                    version: package.purl.version().unwrap_or_default().to_owned(),
                    span: package.version_span.unwrap_or(package.span),
                });
            }
        }
        all
    }

    /// Where a package stands that a tool names with these paths; `anywhere` where it may be in any file.
    pub(super) fn find(&self, package: &Vulnerable, paths: &[String], anywhere: bool) -> Option<&Stand> {
        let all = self.by_name.get(&package.purl.bare().to_string())?;
        let same = |stand: &&Stand| {
            let plain = |version: &str| version.strip_prefix('v').unwrap_or(version).to_owned();
            package.version.is_empty() || plain(&stand.version) == plain(&package.version)
        };
        let mut here = all.iter().filter(|stand| paths.iter().any(|path| **path == *stand.path)).peekable();
        if here.peek().is_some() {
            // The file may have moved on since the report: it still names the package.
            let first = here.peek().copied();
            return here.find(same).or(first);
        }
        // A file of another name: what tells of a folder of packages, or of none at all.
        all.iter().find(same).filter(|_| anywhere)
    }
}

/// The name by which our own checks identify a fault: that of CVE, or else the advisory's of our index, or else the
/// first that the tool gives.
pub(super) fn name_of(package: &Vulnerable, index: Option<&Index>) -> String {
    let known = index.and_then(|index| known_name(package, index));
    let cve = || package.names.iter().find(|name| name.starts_with("CVE-"));
    known.or_else(|| cve().or(package.names.first()).cloned()).unwrap_or_default()
}

fn known_name(package: &Vulnerable, index: &Index) -> Option<String> {
    // Only the name is asked for, so that any version does.
    let version = if package.version.is_empty() { "0" } else { &package.version };
    let purl = package.purl.version().is_none().then(|| package.purl.clone().at(version));
    let questions = asked(purl.as_ref().unwrap_or(&package.purl)).ok()?;
    let called =
        |fault: &&Fault<'_>| package.names.iter().any(|name| name == fault.id || fault.names.contains(&name.as_str()));
    let mut buffer = Vec::new();
    for question in &questions {
        // An index that cannot be read has been told of where packages were compared.
        let Ok(Some(block)) = index.lookup(&question.ecosystem, &question.name, &mut buffer) else { continue };
        if let Some(fault) = block.faults.iter().find(called) {
            return Some(
                fault.names.iter().find(|name| name.starts_with("CVE-")).copied().unwrap_or(fault.id).to_owned(),
            );
        }
    }
    None
}
