//! Packages that a change brings in, where the settings ask for a ticketed exception for each.
//!
//! Judged only against an earlier state: which packages there were then, the scanner is told. A package counts by its
//! name, not its version, and once, whatever number of files ask for it. What other packages bring along is not asked
//! about, unless a file does not tell it from what the project asks for itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use palisade_inventory::package::{Manifest, NewPackage, PackageFacts, Scope, Source};
use palisade_inventory::{Inventory, Subject};
use palisade_model::{Confidence, Digest, Fingerprint, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "packages/new-dependency",
        title: "change brings a dependency that nobody was asked about",
        page: include_str!("new_dependency.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E1-T5"],
        maps: &["CWE-1357", "NIST-800-53:SR-3"],
    },
    run,
);

/// Other files that ask for the same package and are shown.
const ALSO_MAX: usize = 5;

/// Days of the exception that is proposed: within what may be asked for by default.
const ALLOW_DAYS: u32 = 60;

/// An earlier state of the target.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// In the user's words.
    pub name: String,
    /// Every package that a file of it names, as package URLs without versions.
    pub packages: BTreeSet<String>,
}

/// What one file adds to the question which packages are new.
pub(crate) fn facts(earlier: &Earlier, manifest: &Manifest, subject: &Subject<'_>) -> PackageFacts {
    let own: HashSet<String> =
        manifest.roots.iter().filter_map(|root| Some(root.purl.as_ref()?.bare().to_string())).collect();
    let mut needed_by: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, package) in manifest.packages.iter().enumerate() {
        for need in &package.needs {
            needed_by.entry(*need).or_insert(at);
        }
    }
    let mut new = Vec::new();
    for (package, at) in manifest.packages.iter().zip(0_u32..) {
        let bare = package.purl.bare().to_string();
        // A part of the project is no dependency, and what is only wished for is asked for by whoever wrote it.
        let is_own = package.source == Source::Local || own.contains(&bare);
        let direct = package.direct.or((!manifest.locked).then_some(true));
        if is_own || direct == Some(false) || earlier.packages.contains(&bare) {
            continue;
        }
        let needed = needed_by.get(&at).filter(|_| direct.is_none());
        new.push(NewPackage {
            purl: package.purl.clone(),
            direct,
            locked: manifest.locked,
            scope: package.scope,
            needed_by: needed.and_then(|at| manifest.packages.get(*at)).map(|package| package.purl.full_name()),
            since: earlier.name.clone(),
            place: subject.locate(package.span),
        });
    }
    PackageFacts {
        kind: manifest.packages.first().map(|package| package.purl.kind().to_owned()),
        tells_direct: !manifest.locked || manifest.packages.iter().any(|package| package.direct == Some(true)),
        new,
    }
}

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let files: Vec<(&str, &PackageFacts)> =
        inventory.files.iter().filter_map(|file| Some((folder(&file.path), file.packages.as_deref()?))).collect();
    // Where a file beside a lock file tells what the project asks for, the rest of the lock file is brought along.
    let told: HashSet<(&str, &str)> = files
        .iter()
        .filter(|(_, facts)| facts.tells_direct)
        .filter_map(|(folder, facts)| Some((*folder, facts.kind.as_deref()?)))
        .collect();
    let mut found: BTreeMap<String, Vec<&NewPackage>> = BTreeMap::new();
    for (folder, facts) in &files {
        for package in &facts.new {
            if package.direct.is_none() && told.contains(&(folder, package.purl.kind())) {
                continue;
            }
            found.entry(package.purl.bare().to_string()).or_default().push(package);
        }
    }
    for (bare, mut places) in found {
        // Where somebody wrote it rather than where it was locked; of two such the first.
        places.sort_by_key(|package| package.locked);
        if let Some((first, others)) = places.split_first() {
            tell(report, &bare, first, others);
        }
    }
}

fn tell(report: &mut Report<'_>, bare: &str, package: &NewPackage, others: &[&NewPackage]) {
    // The same package stays the same finding wherever it is asked for, in whatever version.
    let identity = Digest::of_parts(&[bare.as_bytes()]);
    let fingerprint = Fingerprint::of_secret(CHECK.meta.id, identity);
    let name = package.purl.full_name();
    let version = std::iter::once(package).chain(others.iter().copied()).find_map(|one| one.purl.version());
    let version = version.map(|version| format!(" {version}")).unwrap_or_default();
    let brought = match (&package.needed_by, package.direct) {
        (Some(by), _) => format!("`{by}` needs it"),
        (None, Some(true)) => format!("{} asks for it", package.place.path),
        (None, _) => format!("{} lists it", package.place.path),
    };
    let what_for = match package.scope {
        Scope::Runtime => "",
        Scope::Optional => ", as an extra",
        Scope::Development => ", for development",
    };
    let message = format!(
        "`{name}`{version} is new: {brought}{what_for}, and nothing in `{}` did. Leave it out, or let somebody answer for \
         it: `palisade exception add --check {} --fingerprint {fingerprint} --owner OWNER --ticket TICKET --reason WHY \
         --days {ALLOW_DAYS}`",
        package.since, CHECK.meta.id,
    );
    let mut place = package.place.clone();
    place.structure = bare.to_owned();
    let draft = report.finding_at(place, message).anywhere(identity);
    for other in others.iter().take(ALSO_MAX) {
        draft.also(other.place.clone(), "and here");
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
