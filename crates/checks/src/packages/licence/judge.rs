//! Holds the packages of a target against the policy, and says which of them do not meet it.
//!
//! What several files say of a package counts together, so that a lock file that states no licences is judged by what
//! is installed beside it. One finding for each package and statement, whatever number of versions and files has it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use palisade_inventory::licence::{Expression, guesses};
use palisade_inventory::package::{Bill, Component, Read, Scope, Source};
use palisade_inventory::{Flat, Inventory, Subject};
use palisade_model::{Digest, Finding, Location, Position, Purl, Span};

use super::{LicenceSettings, Ruling, Verdict, Why};
use crate::packages::{denied_licence, unreviewed_licence};
use crate::scanner::text_of;
use crate::{Check, Host, LicenceTally, Report, Settings};

/// Other places that are shown.
const ALSO_MAX: usize = 5;
/// Versions, parts of a statement, guesses that are named; the rest is counted.
const NAMED_MAX: usize = 3;
/// Packages on the way from what the project asks for that are named.
const PATH_MAX: usize = 4;
/// Longer statements are cut in messages: some packages paste the whole text of their licence.
const SHOWN_CHARS_MAX: usize = 120;

/// A place of a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    /// Whether it is material for tests. What is smaller is shown first: where something runs, and rather in a list
    /// near the root than where one package is installed.
    is_fixture: bool,
    depth: usize,
    path: Arc<str>,
    span: Span,
    /// From 1.
    line: u32,
}

/// Judges all packages that the files of a target name.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &mut Inventory,
    host: Host<'_>,
    masks: &dyn Fn(&str, &[u8]) -> Vec<Span>,
) -> (Vec<Finding>, Option<LicenceTally>) {
    let policy = &settings.packages.licences;
    let reads: Vec<Read> = inventory.files.iter_mut().filter_map(|file| Some(*file.listed.take()?)).collect();
    if reads.is_empty() {
        return (Vec::new(), None);
    }
    let spots = spots(&reads, settings);
    let bill = Bill::of(reads);
    let ways = Ways::of(&bill);
    let mut tally = LicenceTally::default();
    let mut told: BTreeMap<(String, String), Told<'_>> = BTreeMap::new();
    for (component, at) in bill.components.iter().zip(0_u32..) {
        let Some(spots) = spots.get(&component.purl).filter(|_| !component.own) else { continue };
        let statement = Statement::of(component);
        tally.packages += 1;
        tally.unstated += usize::from(statement.text.is_empty());
        tally.unclear += usize::from(statement.is_unclear());
        let ruling = statement.rule(policy);
        if ruling.verdict == Verdict::Allow {
            continue;
        }
        let key = (component.purl.bare().to_string(), statement.text.clone());
        let entry =
            told.entry(key).or_insert_with(|| Told { statement, ruling, components: Vec::new(), spots: Vec::new() });
        entry.components.push((component, at));
        entry.spots.extend(spots.iter().cloned());
    }
    for told in told.values_mut() {
        told.spots.sort();
        told.spots.truncate(ALSO_MAX + 1);
    }
    let texts = texts(told.values(), host);
    let masked: HashMap<&str, Vec<Span>> =
        texts.iter().map(|(path, text)| (&**path, masks(path, text.as_bytes()))).collect();
    let subjects: HashMap<&str, Subject<'_>> = texts
        .iter()
        .map(|(path, text)| {
            let masks = masked.get(&**path).map(Vec::as_slice).unwrap_or_default();
            (&**path, Subject::new(Arc::clone(path), text.as_bytes(), &Flat, masks))
        })
        .collect();
    let Some(first) = checks.first() else { return (Vec::new(), Some(tally)) };
    let mut report = Report::new(settings, None, &first.meta);
    for ((bare, text), told) in &told {
        let check =
            if told.ruling.verdict == Verdict::Deny { &denied_licence::CHECK } else { &unreviewed_licence::CHECK };
        if !checks.iter().any(|chosen| chosen.meta.id == check.meta.id) {
            continue;
        }
        report.switch(&check.meta);
        let mut places = told.places(&subjects);
        let Some(mut place) = places.next() else { continue };
        place.structure.clone_from(bare);
        let identity = Digest::of_parts(&[bare.as_bytes(), text.as_bytes()]);
        let draft = report.finding_at(place, told.message(&bill, &ways)).anywhere(identity);
        for other in places {
            draft.also(other, "and here");
        }
    }
    (report.finish(), Some(tally))
}

/// Where each package stands.
fn spots(reads: &[Read], settings: &Settings) -> HashMap<Purl, Vec<Spot>> {
    let mut spots: HashMap<Purl, Vec<Spot>> = HashMap::new();
    for read in reads {
        let (is_fixture, depth) = (settings.is_fixture(&read.path), read.path.matches('/').count());
        for package in read.manifest.packages.iter().filter(|package| package.source != Source::Local) {
            let (path, span) = (Arc::clone(&read.path), package.version_span.unwrap_or(package.span));
            let spot = Spot { is_fixture, depth, path, span, line: read.line(span.start) };
            spots.entry(package.purl.clone()).or_default().push(spot);
        }
    }
    spots
}

/// The texts of files in which something is to be shown. Those of images and of git's objects are gone.
fn texts<'t>(told: impl Iterator<Item = &'t Told<'t>>, host: Host<'_>) -> Vec<(Arc<str>, String)> {
    let mut paths: Vec<&Arc<str>> = told.flat_map(|told| told.spots.iter().map(|spot| &spot.path)).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().filter_map(|path| Some((Arc::clone(path), text_of(&(host.read)(path)?)))).collect()
}

/// What a package says of its licence.
struct Statement {
    /// In the spelling of SPDX where it is an expression, or else as written; empty where nothing is said.
    text: String,
    parts: Vec<Result<Expression, String>>,
}

impl Statement {
    fn of(component: &Component) -> Self {
        let mut parts: Vec<Result<Expression, String>> = Vec::new();
        for text in component.licences.iter().filter(|text| !text.trim().is_empty()) {
            let part = Expression::parse(text).map_err(|_| text.split_whitespace().collect::<Vec<_>>().join(" "));
            // Two spellings of one statement are one.
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let shown = |part: &Result<Expression, String>| match part {
            Ok(expression @ Expression::Any(_)) if parts.len() > 1 => format!("({expression})"),
            Ok(expression) => expression.to_string(),
            Err(text) => text.clone(),
        };
        Self { text: parts.iter().map(shown).collect::<Vec<_>>().join(" AND "), parts }
    }

    fn is_unclear(&self) -> bool {
        self.parts.iter().any(|part| part.as_ref().ok().is_none_or(|expression| !expression.is_spdx()))
    }

    /// All that is said has to be kept to.
    fn rule(&self, policy: &LicenceSettings) -> Ruling {
        let rulings = self.parts.iter().map(|part| match part {
            Ok(expression) => policy.rule(expression),
            Err(text) => Ruling { verdict: policy.unclear(text), parts: vec![(text.clone(), Why::NotKnown)] },
        });
        if self.parts.is_empty() {
            return Ruling { verdict: policy.unstated(), parts: Vec::new() };
        }
        super::joined(rulings, Verdict::max)
    }
}

/// A package whose statement the policy does not allow.
struct Told<'b> {
    statement: Statement,
    ruling: Ruling,
    /// Its versions, with their numbers in the bill.
    components: Vec<(&'b Component, u32)>,
    spots: Vec<Spot>,
}

impl Told<'_> {
    fn places<'p>(&'p self, subjects: &'p HashMap<&str, Subject<'_>>) -> impl Iterator<Item = Location> + 'p {
        self.spots.iter().map(|spot| match subjects.get(&*spot.path) {
            Some(subject) => subject.locate(spot.span),
            None => {
                let place = Subject::new(Arc::clone(&spot.path), &[], &Flat, &[]).locate(spot.span);
                let at = Position { line: spot.line, column: 1 };
                Location { start: at, end: at, excerpt: None, ..place }
            }
        })
    }

    fn message(&self, bill: &Bill, ways: &Ways) -> String {
        let Some(((first, at), _)) = self.components.split_first() else { return String::new() };
        let versions: Vec<&str> =
            self.components.iter().filter_map(|(component, _)| component.purl.version()).collect();
        let mut message = format!("`{}`", first.purl.full_name());
        if !versions.is_empty() {
            message.push_str(&format!(" {}", several(&versions, |version| (*version).to_owned())));
        }
        message.push_str(&self.said(versions.len() > 1));
        let name = |at: &u32| {
            format!("`{}`", bill.components.get(*at as usize).map_or(String::new(), |one| one.purl.full_name()))
        };
        let way = self.components.iter().filter_map(|(_, at)| ways.to(*at, bill)).min_by_key(Vec::len);
        match (way.as_deref(), ways.needed_by.get(at)) {
            (Some([]), _) => message.push_str("; the project asks for it itself"),
            (Some([one]), _) => message.push_str(&format!("; {} brings it", name(one))),
            (Some(way), _) => {
                let mut names: Vec<String> = way.iter().map(name).collect();
                if names.len() > PATH_MAX {
                    names.splice(PATH_MAX / 2..names.len() - PATH_MAX / 2, ["…".to_owned()]);
                }
                message.push_str(&format!("; {} bring it", names.join(" → ")));
            }
            (None, Some(by)) => message.push_str(&format!("; {} needs it", name(by))),
            (None, None) => {}
        }
        if self.components.iter().all(|(component, _)| component.scope == Scope::Development) {
            message.push_str("; for development only");
        }
        message
    }

    /// What the package says, and what the policy says of that.
    fn said(&self, are_several: bool) -> String {
        let verdict = match self.ruling.verdict {
            Verdict::Deny => "denied",
            Verdict::Review | Verdict::Allow => "for review",
        };
        let text = &self.statement.text;
        let state = if are_several { "state" } else { "states" };
        if text.is_empty() {
            return format!(" {state} no licence, which is {verdict}");
        }
        let whole = matches!(self.ruling.parts.as_slice(), [(part, _)] if part == text);
        let clauses = [
            (Why::Listed, verdict),
            (Why::Unlisted, "on no list of the policy"),
            (Why::NotKnown, "no SPDX expression"),
        ];
        let clauses = clauses.into_iter().filter_map(|(why, what)| {
            let parts: Vec<&str> =
                self.ruling.parts.iter().filter(|(_, other)| *other == why).map(|(part, _)| part.as_str()).collect();
            let is = match parts.len() {
                0 => return None,
                1 => "is",
                _ => "are",
            };
            let subject = if whole { "which".to_owned() } else { several(&parts, |part| format!("`{}`", cut(part))) };
            let hint = if why == Why::NotKnown { parts.iter().find_map(|part| meant(part)) } else { None };
            Some(format!("{subject} {is} {what}{}", hint.unwrap_or_default()))
        });
        let clauses: Vec<String> = clauses.collect();
        let under = if are_several { "are under" } else { "is under" };
        let (text, clauses) = (cut(text), clauses.join("; "));
        match self.ruling.parts.as_slice() {
            [(_, Why::NotKnown)] if whole => format!(" {state} the licence `{text}`, {clauses}"),
            _ if whole => format!(" {under} `{text}`, {clauses}"),
            _ => format!(" {under} `{text}`: {clauses}"),
        }
    }
}

/// What may be meant by words that are no expression.
fn meant(words: &str) -> Option<String> {
    // Not to be taken for the Unlicense, which gives everything away.
    if words.eq_ignore_ascii_case("UNLICENSED") {
        return Some(" (npm's word for: nobody may use it)".to_owned());
    }
    let ids = guesses(words);
    let shown = several(&ids, |id| format!("`{id}`"));
    (!ids.is_empty()).then(|| format!(" ({shown} may be meant, which an exception can say)"))
}

/// How packages come into the target.
struct Ways {
    /// The package before each on a shortest way from what the project asks for; itself where that starts.
    before: HashMap<u32, u32>,
    /// Some package that needs it.
    needed_by: HashMap<u32, u32>,
}

impl Ways {
    fn of(bill: &Bill) -> Self {
        let mut needed_by = HashMap::new();
        for (component, at) in bill.components.iter().zip(0_u32..) {
            component.needs.iter().for_each(|need| {
                needed_by.entry(*need).or_insert(at);
            });
        }
        let mut before: HashMap<u32, u32> = bill.direct.iter().map(|at| (*at, *at)).collect();
        let mut open: VecDeque<u32> = bill.direct.iter().copied().collect();
        while let Some(at) = open.pop_front() {
            let needs =
                bill.components.get(at as usize).map(|component| component.needs.as_slice()).unwrap_or_default();
            for need in needs {
                if !before.contains_key(need) {
                    before.insert(*need, at);
                    open.push_back(*need);
                }
            }
        }
        Self { before, needed_by }
    }

    /// The packages on the way to one, without it and without parts of the project; none where no way is known.
    fn to(&self, mut at: u32, bill: &Bill) -> Option<Vec<u32>> {
        let mut way = Vec::new();
        // Each step goes nearer to the start.
        while let Some(&before) = self.before.get(&at)
            && before != at
        {
            way.push(before);
            at = before;
        }
        self.before.contains_key(&at).then(|| {
            way.retain(|at| bill.components.get(*at as usize).is_some_and(|component| !component.own));
            way.reverse();
            way
        })
    }
}

/// The first of several things, and how many more there are.
fn several<T>(all: &[T], show: impl Fn(&T) -> String) -> String {
    let mut shown: Vec<String> = all.iter().take(NAMED_MAX).map(show).collect();
    let more = all.len() - shown.len();
    if more > 0 {
        return format!("{} and {more} more", shown.join(", "));
    }
    let last = shown.pop().unwrap_or_default();
    if shown.is_empty() { last } else { format!("{} and {last}", shown.join(", ")) }
}

/// The start of a statement.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
