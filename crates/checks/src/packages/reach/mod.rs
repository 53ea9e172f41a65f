//! Whether code of a project imports what a finding is about: evidence beside the finding, which stays as it is.
//!
//! Sources are read for it only when something is found, and only where a folder was scanned as a whole: nothing can
//! be said to be missing from a part. It knows what imports say and nothing of what is called.

mod looking;
mod names;
mod project;
mod routes;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use palisade_inventory::Inventory;
use palisade_inventory::imports::Language;
use palisade_inventory::package::Manifest;
use palisade_model::{Finding, Place, Purl, Reach, Route, Use};

use self::looking::{Looking, Seen, Sought};
use self::project::Beside;
use self::routes::{Graph, Ways};
use self::words::Told;
use crate::Host;
use crate::scanner::text_of;

/// Why nothing is said where a target was not scanned as a whole.
pub(super) const NOT_WHOLE: &str = "not all of the project was scanned";

/// Dependencies of the project that bring a package and are looked for.
const ROUTES_MAX: usize = 64;
/// Ways that are shown.
const ROUTES_SHOWN_MAX: usize = 3;

/// What is asked about one package of one file.
struct Case {
    findings: Vec<usize>,
    language: Language,
    /// Its file.
    path: String,
    /// Whether that file tells what brings a package along.
    tells_needs: bool,
    names: Vec<String>,
    /// Whether it is Go's standard library, of which everything uses some part.
    standard: bool,
    folders: BTreeSet<String>,
    own: Option<usize>,
    direct: bool,
    routes: Vec<Way>,
    more_routes: usize,
    /// Of Go, every package that is built, where that is known.
    built: Option<Rc<BTreeSet<String>>>,
}

/// A way to a package and who looks for its first one.
struct Way {
    packages: Vec<String>,
    /// Members of the project that ask for the first, with their folders.
    members: Vec<(String, Vec<String>)>,
    sought: usize,
}

impl Way {
    /// The way as it is told: of several members that one is named whose code imports the first package.
    fn route(&self, at: Option<Place>) -> Route {
        let below = |folder: &String| at.as_ref().is_some_and(|at| is_below(&at.path, folder));
        let fits = |(_, folders): &&(String, Vec<String>)| folders.iter().any(below);
        let root = self.members.iter().find(fits).or(self.members.first()).map(|(name, _)| name.clone());
        Route { root, packages: self.packages.clone(), at }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Says of each finding about a package whether it is imported, as far as sources tell.
pub(crate) fn settle(inventory: &Inventory, host: Host<'_>, findings: &mut [Finding]) {
    let mut by_file: BTreeMap<Arc<str>, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for (number, finding) in findings.iter().enumerate() {
        let fault = finding.fault.as_ref().filter(|fault| fault.reach.is_some());
        if let Some(fault) = fault.filter(|_| inventory.whole) {
            let packages = by_file.entry(Arc::clone(&finding.location.path)).or_default();
            packages.entry(fault.package.to_string()).or_default().push(number);
        }
    }
    if by_file.is_empty() {
        return;
    }
    let mut looking = Looking::new(project::owners(inventory));
    let mut cases = Vec::new();
    for (path, packages) in &by_file {
        prepare(path, packages, inventory, host, findings, &mut looking, &mut cases);
    }
    // Of Go the parts at fault have names of their own, which sources import.
    let mut parts: HashMap<usize, usize> = HashMap::new();
    for case in cases.iter().filter(|case| case.language == Language::Go) {
        for &number in &case.findings {
            let named = parts_of(findings, number);
            if !named.is_empty() {
                let folders = case.folders.iter().cloned().collect();
                let sought = Sought { language: Language::Go, folders, names: named.to_vec(), exact: true };
                parts.insert(number, looking.seek(sought));
            }
        }
    }
    looking.look(inventory, host);
    for case in &cases {
        for number in &case.findings {
            let named = parts_of(findings, *number).to_vec();
            let parts = parts.get(number).map(|number| looking.seen(*number));
            let reach = case.settle(&looking, named, parts);
            set(findings, *number, reach);
        }
    }
}

fn parts_of(findings: &[Finding], number: usize) -> &[String] {
    let fault = findings.get(number).and_then(|finding| finding.fault.as_ref());
    fault.and_then(|fault| fault.reach.as_ref()).map_or(&[], |reach| &reach.parts)
}

fn set(findings: &mut [Finding], number: usize, reach: Reach) {
    let fault = findings.get_mut(number).and_then(|finding| finding.fault.as_mut());
    if let Some(known) = fault.and_then(|fault| fault.reach.as_mut()) {
        let parts = std::mem::take(&mut known.parts);
        *known = Reach { parts, ..reach };
    }
}

/// Makes the cases of one file of packages.
fn prepare(
    path: &Arc<str>,
    packages: &BTreeMap<String, Vec<usize>>,
    inventory: &Inventory,
    host: Host<'_>,
    findings: &mut [Finding],
    looking: &mut Looking,
    cases: &mut Vec<Case>,
) {
    let purls = packages.keys().filter_map(|text| Purl::parse(text).ok());
    let language = purls.map(|purl| project::language(purl.kind())).next().flatten();
    let text = (host.read)(path).map(|bytes| text_of(&bytes));
    let manifest = text.and_then(|text| Manifest::read(path, &text));
    let (Some(language), Some(manifest)) = (language, manifest) else {
        let reason = match language {
            None => "imports are read of Rust, Go, Python, JavaScript and TypeScript only",
            Some(_) => "the file that lists the package cannot be read again",
        };
        for number in packages.values().flatten() {
            set(findings, *number, Reach::not_looked_at(reason));
        }
        return;
    };
    let folder = project::folder(path, language, inventory);
    let beside = Beside::read(language, &folder, looking.owners(language), inventory, host);
    if language == Language::Go {
        looking.know(manifest.packages.iter().map(|package| package.purl.full_name()));
        looking.know(beside.aliases.values().flatten().cloned());
    }
    let mut graph = Graph::new(&manifest, &beside.asked);
    let around = Around { path, language, folder, manifest: &manifest, beside, inventory, host };
    let mut known: HashMap<(String, Vec<String>), usize> = HashMap::new();
    let mut places: HashMap<String, Vec<u32>> = HashMap::new();
    for (package, at) in manifest.packages.iter().zip(0..) {
        let text = package.purl.to_string();
        if packages.contains_key(&text) {
            places.entry(text).or_default().push(at);
        }
    }
    for (text, numbers) in packages {
        let ways = graph.ways(places.get(text).map(Vec::as_slice).unwrap_or_default());
        let Ok(purl) = Purl::parse(text) else { continue };
        cases.push(around.case(&purl, numbers.clone(), ways, &graph, looking, &mut known));
    }
}

/// A file of packages and what lies around it.
struct Around<'a> {
    path: &'a str,
    language: Language,
    folder: String,
    manifest: &'a Manifest,
    beside: Beside,
    inventory: &'a Inventory,
    host: Host<'a>,
}

impl Around<'_> {
    fn case(
        &self,
        purl: &Purl,
        findings: Vec<usize>,
        mut ways: Ways,
        graph: &Graph<'_>,
        looking: &mut Looking,
        known: &mut HashMap<(String, Vec<String>), usize>,
    ) -> Case {
        let mut seek = |name: &str, members: &[usize]| {
            let folders = self.folders(members);
            let number = *known.entry((name.to_owned(), folders.clone())).or_insert_with(|| {
                let (names, known) = self.names(name);
                let key = |name: &String| if known { looking::key(self.language, name) } else { looking::guess(name) };
                let names = names.iter().map(key).collect();
                looking.seek(Sought { language: self.language, folders: folders.clone(), names, exact: false })
            });
            (number, folders)
        };
        let name = purl.full_name();
        let mut all_folders = BTreeSet::new();
        // A crate can be named only where it is asked for; elsewhere what is there can be imported.
        let own = match &ways.asked_by {
            None if self.language == Language::Rust => None,
            members => {
                let (number, folders) = seek(&name, members.as_deref().unwrap_or_default());
                all_folders.extend(folders);
                Some(number)
            }
        };
        let more_routes = ways.through.len().saturating_sub(ROUTES_MAX);
        ways.through.truncate(ROUTES_MAX);
        let named =
            |at: &u32| self.manifest.packages.get(*at as usize).map(|one| one.purl.full_name()).unwrap_or_default();
        let mut routes = Vec::new();
        for (way, members) in &ways.through {
            let packages: Vec<String> = way.iter().map(named).collect();
            let (number, folders) = seek(packages.first().map_or("", String::as_str), members);
            all_folders.extend(folders);
            let several = self.manifest.roots.len() > 1;
            let members = members.iter().filter(|_| several).filter_map(|at| {
                let name = self.manifest.roots.get(*at)?.purl.as_ref()?.full_name();
                Some((name, self.folders(&[*at])))
            });
            routes.push(Way { packages, members: members.collect(), sought: number });
        }
        let direct = ways.asked_by.is_some();
        let tells_needs = graph.tells_needs || graph.tells_direct && direct;
        let (names, _) = self.names(&name);
        Case {
            findings,
            language: self.language,
            path: self.path.to_owned(),
            tells_needs,
            names,
            standard: self.language == Language::Go && name == "stdlib",
            folders: all_folders,
            own,
            direct,
            routes,
            more_routes: more_routes + usize::from(ways.cut),
            built: self.beside.built.clone(),
        }
    }

    /// The folders whose code may import what these members ask for.
    fn folders(&self, members: &[usize]) -> Vec<String> {
        if self.language != Language::Rust {
            return vec![self.folder.clone()];
        }
        let named = members.iter().filter_map(|at| self.manifest.roots.get(*at)?.purl.as_ref());
        let mut folders: Vec<String> = Vec::new();
        for root in named {
            match self.beside.members.get(root.name()) {
                Some(known) => folders.extend(known.iter().cloned()),
                None => folders.push(self.folder.clone()),
            }
        }
        folders.sort();
        folders.dedup();
        if folders.is_empty() { vec![self.folder.clone()] } else { folders }
    }

    /// The names by which code imports a package, and whether they are known rather than guessed.
    fn names(&self, package: &str) -> (Vec<String>, bool) {
        if self.language == Language::Python {
            let installed = project::installed(package, self.inventory, self.host);
            if !installed.is_empty() {
                return (installed, true);
            }
        }
        let (mut names, known) = names::of(self.language, package);
        names.extend(self.beside.aliases.get(package).into_iter().flatten().cloned());
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        (names, known)
    }
}

impl Case {
    fn settle(&self, looking: &Looking, parts: Vec<String>, parts_seen: Option<Seen>) -> Reach {
        let (own, parts_seen) = match (self.standard, parts_seen) {
            (true, None) => {
                return Reach::not_looked_at("the advisory does not name what of the standard library is at fault");
            }
            (true, Some(seen)) => (seen, None),
            (false, parts) => (self.own.map(|number| looking.seen(number)).unwrap_or_default(), parts),
        };
        let names = if self.standard { parts.clone() } else { self.names.clone() };
        let mut routes: Vec<Route> = Vec::new();
        let mut through: Seen = Seen::default();
        for way in &self.routes {
            let seen = looking.seen(way.sought);
            routes.push(way.route(seen.code));
            through.types = through.types.or(seen.types);
            through.tests = through.tests.or(seen.tests);
        }
        routes.sort_by_key(|route| (route.at.is_none(), route.packages.len()));
        let more_routes = self.more_routes + routes.len().saturating_sub(ROUTES_SHOWN_MAX);
        let grounds: Vec<looking::Ground> =
            self.folders.iter().map(|folder| looking.ground(self.language, folder)).collect();
        let files: usize = grounds.iter().map(|ground| ground.files).sum();
        let tests: usize = grounds.iter().map(|ground| ground.tests).sum();
        let parts_at = parts_seen.as_ref().and_then(|seen| seen.code.clone());
        let is_through = routes.first().is_some_and(|route| route.at.is_some());
        let (verdict, at) = match (&own.code, &own.types, &own.tests) {
            (Some(at), ..) if parts_seen.is_some() && parts_at.is_none() => (Use::OtherParts, Some(at.clone())),
            (Some(at), ..) => (Use::Imported, Some(at.clone())),
            _ if is_through => (Use::Through, None),
            (_, Some(at), _) => (Use::TypesOnly, Some(at.clone())),
            (_, _, Some(at)) => (Use::TestsOnly, Some(at.clone())),
            _ if files + tests == 0 && !grounds.is_empty() => (Use::NotLookedAt, None),
            _ => (Use::NotSeen, None),
        };
        let told = Told {
            case: self,
            names: &names,
            own: &own,
            through: &through,
            routes: &routes,
            more_routes,
            files,
            grounds: &grounds,
        };
        let text = told.text(verdict, at.as_ref(), &parts, parts_at.as_ref());
        routes.truncate(ROUTES_SHOWN_MAX);
        Reach { verdict, names, at, routes, more_routes, parts, parts_at, files, text }
    }
}

#[cfg(test)]
mod tests;
