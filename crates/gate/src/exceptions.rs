//! `.palisade/exceptions.toml`: which findings may stay, by whose leave, until when.
//!
//! Fails closed: a file that does not parse holds no exception, an entry with a
//! fault is not in force, and each fault is a finding at its own line.

use palisade_advisory::vex::Justification;
use palisade_checks::exceptions as faults;
use palisade_checks::packages::new_dependency;
use palisade_checks::{Mark, Report, Settings, catalogue, distance, is_id_byte, matches};
use palisade_inventory::glob::Glob;
use palisade_inventory::{Structure, Subject};
use palisade_model::{Date, ExceptionNote, Finding, Fingerprint, Location, Meta, Severity, Span};

use crate::settings::ExceptionSettings;
use crate::table::{Item, Row, parse};

/// The file, from the target's root.
pub const EXCEPTIONS_FILE: &str = ".palisade/exceptions.toml";

/// Days before the end on which an exception starts to warn, then more, then most.
const WARN_DAYS: [(i64, Severity); 3] = [(1, Severity::Medium), (7, Severity::Low), (14, Severity::Info)];

/// Findings under one exception beyond which nobody can have reviewed them.
const COVERED_MAX: usize = 50;

/// Longest id.
const ID_BYTES_MAX: usize = 64;

/// The keys of an entry.
pub const ENTRY_KEYS: [&str; 11] =
    ["check", "expires", "fingerprint", "id", "inline", "justification", "owner", "path", "reason", "ticket", "vex"];

/// One exception in force.
#[derive(Clone, Debug)]
pub struct Exception {
    /// What findings under it carry.
    pub note: ExceptionNote,
    /// Check id or family glob.
    pub check: Option<String>,
    /// One finding.
    pub fingerprint: Option<Fingerprint>,
    /// Paths.
    pub path: Option<Glob>,
    /// Whether it holds only beside a comment that names it.
    pub inline: bool,
    /// The VEX document that it rests on: it covers only what that states not to be affected, or to be fixed.
    pub vex: Option<String>,
    /// Where its id stands.
    pub location: Location,
    /// Where its widest scope stands.
    scope: Location,
}

/// What the file holds: entries in force, and the faults of the others.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// In file order.
    pub entries: Vec<Exception>,
    /// Entries whose only fault is their date: what they covered was never mended, only permitted.
    pub lapsed: Vec<Exception>,
    /// Faults of the file itself, as findings.
    pub faults: Vec<Finding>,
}

/// What applying exceptions did.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// Ids of the exceptions that covered something, in file order.
    pub used: Vec<String>,
    /// Unused, over-broad and dangling, as findings.
    pub faults: Vec<Finding>,
}

impl Exceptions {
    /// Reads the file at `path` as of `today`. `masks` are the spans of secrets in it, which no excerpt shows.
    #[must_use]
    pub fn read(path: &str, bytes: &[u8], masks: &[Span], settings: &ExceptionSettings, today: Date) -> Self {
        let (rows, problems) = parse(bytes);
        let names = Names(rows.iter().map(|row| (row.span, row.text("id").unwrap_or_default())).collect());
        let subject = Subject::new(path.into(), bytes, &names, masks);
        let none = Settings::default();
        let mut reader = Reader {
            report: Report::new(&none, Some(&subject), &faults::MALFORMED.meta),
            max_days: settings.max_days.get(),
            today,
        };
        for (span, message) in problems {
            reader.fault(&faults::MALFORMED.meta, span, message);
        }
        let twice = |id: &str| rows.iter().filter(|row| row.text("id").as_deref() == Some(id)).count() > 1;
        let read: Vec<(Exception, bool)> = rows.iter().filter_map(|row| reader.entry(row, &twice)).collect();
        let (held, lapsed): (Vec<_>, Vec<_>) = read.into_iter().partition(|(_, holds)| *holds);
        let only = |list: Vec<(Exception, bool)>| list.into_iter().map(|(entry, _)| entry).collect();
        Self { entries: only(held), lapsed: only(lapsed), faults: reader.report.finish() }
    }

    /// Whether an entry covers a finding or did so until its date: then a baseline must not excuse it.
    #[must_use]
    pub fn ever_covered(&self, finding: &Finding, marks: &[Mark]) -> bool {
        self.entries.iter().chain(&self.lapsed).any(|entry| entry.covers(finding, marks))
    }

    /// Marks each finding that an exception covers. `whole` says that the scan looked at the whole target with
    /// every check, so that an entry without findings is unused.
    pub fn apply(&self, findings: &mut [Finding], marks: &[Mark], whole: bool) -> Applied {
        let mut covered = vec![0_usize; self.entries.len()];
        for finding in findings.iter_mut() {
            let entries = self.entries.iter().zip(&mut covered);
            if let Some((entry, count)) = entries.into_iter().find(|(entry, _)| entry.covers(finding, marks)) {
                finding.exception = Some(entry.note.clone());
                *count += 1;
            }
        }
        let none = Settings::default();
        let mut report = Report::new(&none, None, &faults::UNUSED.meta);
        let mut used = Vec::new();
        for (entry, count) in self.entries.iter().zip(covered) {
            let id = &entry.note.id;
            match count {
                // What a change brought is old once the change is in; the last day then asks for a review.
                0 if entry.check.as_deref() == Some(new_dependency::CHECK.meta.id) => {}
                0 if whole => {
                    report.switch(&faults::UNUSED.meta);
                    report.finding_at(entry.location.clone(), format!("{id} covers no finding: remove it"));
                }
                0 => {}
                // What another document lists one by one was reviewed there.
                count if count > COVERED_MAX && entry.vex.is_none() => {
                    report.switch(&faults::OVER_BROAD.meta);
                    let message = format!("{id} covers {count} findings, more than anybody reviewed: narrow it");
                    report.finding_at(entry.scope.clone(), message);
                }
                _ => {}
            }
            if count > 0 {
                used.push(id.clone());
            }
        }
        report.switch(&faults::DANGLING_COMMENT.meta);
        for mark in marks.iter().filter(|mark| !self.entries.iter().any(|entry| entry.note.id == mark.id)) {
            let message = format!("no exception in force is called {}: this comment permits nothing", mark.id);
            report.finding_at(mark.location.clone(), message);
        }
        Applied { used, faults: report.finish() }
    }
}

impl Exception {
    /// Whether it covers a finding.
    #[must_use]
    pub fn covers(&self, finding: &Finding, marks: &[Mark]) -> bool {
        let check = finding.check;
        // What is wrong with exceptions cannot be excepted, and a secret needs a scope that no other secret meets.
        let allowed = match check.family() {
            "exceptions" => false,
            "secrets" => self.is_narrow_enough_for_secrets(),
            _ => true,
        };
        allowed
            && self.check.as_ref().is_none_or(|pattern| matches(pattern, check.id))
            && self.fingerprint.is_none_or(|print| print == finding.fingerprint)
            && self.path.as_ref().is_none_or(|glob| places(finding).all(|place| glob.covers(&place.path)))
            && self.vex.as_ref().is_none_or(|document| is_stated(finding, document))
            && (!self.inline || places(finding).all(|place| self.is_marked(place, marks)))
    }

    fn is_marked(&self, place: &Location, marks: &[Mark]) -> bool {
        marks.iter().any(|mark| mark.id == self.note.id && is_beside(mark, place))
    }

    fn is_narrow_enough_for_secrets(&self) -> bool {
        let exact = self.check.as_deref().is_some_and(|check| check.contains('/') && !check.contains('*'));
        let narrow_path = self.path.as_ref().is_some_and(|glob| !glob.is_unlimited());
        self.fingerprint.is_some() || exact && (narrow_path || self.inline)
    }
}

/// Whether a document states that there is nothing to do about a finding.
fn is_stated(finding: &Finding, document: &str) -> bool {
    let statement = finding.fault.as_ref().and_then(|fault| fault.statement.as_ref());
    statement.is_some_and(|statement| statement.clears && statement.document == document)
}

/// Places that an exception must cover: for a secret every place that holds the value, or a copy in a test
/// folder would excuse the one in production.
fn places(finding: &Finding) -> impl Iterator<Item = &Location> {
    let copies = if finding.check.family() == "secrets" { finding.also.as_slice() } else { &[] };
    std::iter::once(&finding.location).chain(copies.iter().map(|copy| &copy.location))
}

/// Whether a comment stands on the first line of a place or on the one above.
fn is_beside(mark: &Mark, place: &Location) -> bool {
    let (comment, line) = (mark.location.start.line, place.start.line);
    mark.location.path == place.path && (comment == line || comment.checked_add(1) == Some(line))
}

/// Names the place of a fault by the entry it is in.
struct Names(Vec<(Span, String)>);

impl Structure for Names {
    fn path_of(&self, span: Span) -> String {
        // Entries follow one another: the last one that starts before the place.
        let before = self.0.iter().rev().find(|(entry, _)| entry.start <= span.start);
        before.map(|(_, id)| format!("exception.{id}")).unwrap_or_default()
    }
}

struct Reader<'a> {
    report: Report<'a>,
    max_days: i64,
    today: Date,
}

impl Reader<'_> {
    fn fault(&mut self, check: &'static Meta, span: Span, message: impl Into<String>) {
        self.report.switch(check);
        self.report.finding(span, message);
    }

    /// The entry of a row, when nothing about it is wrong but perhaps its date, and whether it holds.
    fn entry(&mut self, row: &Row, twice: &dyn Fn(&str) -> bool) -> Option<(Exception, bool)> {
        let place = row.get("id").map_or(row.span, |item| item.span);
        let known = self.known_keys(row);
        let id = self.id(row, twice);
        let scope = self.scope(row, place);
        let (vex, justification) = (self.vex(row), self.justification(row));
        let accountable = ["owner", "ticket", "reason"].map(|key| self.accountable(row, key, place));
        let expires = self.expires(row, place);
        let [Some(owner), Some(ticket), Some(reason)] = accountable else { return None };
        let (true, Some(id), Some(scope), Some(expires)) = (known, id, scope, expires) else { return None };
        let (vex, justification) = (vex?, justification?);
        let (expires, holds) = expires;
        let exception = Exception {
            note: ExceptionNote { id, owner, ticket, reason, expires, justification },
            check: scope.check,
            fingerprint: scope.fingerprint,
            path: scope.path,
            inline: scope.inline,
            vex,
            location: self.report.locate(place),
            scope: self.report.locate(scope.span),
        };
        Some((exception, holds))
    }

    fn known_keys(&mut self, row: &Row) -> bool {
        let mut known = true;
        for (key, span) in &row.keys {
            if !ENTRY_KEYS.contains(&key.as_str()) {
                known = false;
                let nearest = ENTRY_KEYS.into_iter().min_by_key(|known| distance(known, key)).unwrap_or("id");
                let message = format!("there is no key `{key}` in an exception; did you mean `{nearest}`?");
                self.fault(&faults::MALFORMED.meta, *span, message);
            }
        }
        known
    }

    fn id(&mut self, row: &Row, twice: &dyn Fn(&str) -> bool) -> Option<String> {
        let id = self.text(row, "id")?;
        let Some((id, span)) = id else {
            self.fault(&faults::MALFORMED.meta, row.span, "an exception has an `id`, by which reports name it");
            return None;
        };
        if id.is_empty() || id.len() > ID_BYTES_MAX || !id.bytes().all(is_id_byte) {
            let message = "an id is 1 to 64 letters, digits, dots, dashes and underscores";
            self.fault(&faults::MALFORMED.meta, span, message);
            return None;
        }
        if twice(&id) {
            self.fault(&faults::DUPLICATE_ID.meta, span, format!("another entry is called {id} too: neither holds"));
            return None;
        }
        Some(id)
    }

    fn accountable(&mut self, row: &Row, key: &str, place: Span) -> Option<String> {
        let (text, span) = self.text(row, key)?.unwrap_or_else(|| (String::new(), place));
        if text.trim().is_empty() {
            self.fault(&faults::UNACCOUNTABLE.meta, span, format!("`{key}` is missing: the exception does not hold"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// The date, and whether it is in force today.
    fn expires(&mut self, row: &Row, place: Span) -> Option<(Date, bool)> {
        let no_expiry = &faults::NO_EXPIRY.meta;
        let (date, span) = match row.get("expires") {
            None => {
                self.fault(no_expiry, place, "`expires` is missing: the exception does not hold");
                return None;
            }
            Some(Item { text: Some(text), span, .. }) => (Date::parse(text), *span),
            Some(item) => (Err(palisade_model::DateError::Form), item.span),
        };
        let date = match date {
            Ok(date) => date,
            Err(error) => {
                self.fault(no_expiry, span, format!("{error}: the exception does not hold"));
                return None;
            }
        };
        let left = date.days_since(self.today);
        if left < 0 {
            let ago = match -left {
                1 => "yesterday".to_owned(),
                days => format!("{days} days ago"),
            };
            self.fault(&faults::EXPIRED.meta, span, format!("expired {ago}: mend what it permitted, or renew it"));
            return Some((date, false));
        }
        if left > self.max_days {
            let message = format!("{left} days ahead, and {} are allowed: the exception does not hold", self.max_days);
            self.fault(&faults::TOO_LONG.meta, span, message);
            return Some((date, false));
        }
        if let Some((_, severity)) = WARN_DAYS.into_iter().find(|(days, _)| left <= *days) {
            let when = match left {
                0 => "today is its last day".to_owned(),
                1 => "tomorrow is its last day".to_owned(),
                days => format!("{days} days are left"),
            };
            self.report.switch(&faults::EXPIRES_SOON.meta);
            self.report.finding(span, format!("{when}: mend what it permits, or renew it")).severity(severity);
        }
        Some((date, true))
    }

    fn scope(&mut self, row: &Row, place: Span) -> Option<Scope> {
        let check = self.check(row);
        let fingerprint = self.fingerprint(row);
        let path = self.path(row);
        let inline = self.inline(row);
        let (check, fingerprint, path, inline) = (check?, fingerprint?, path?, inline?);
        if check.is_none() && fingerprint.is_none() && path.is_none() {
            let message = "an exception says what it is for: `check`, `fingerprint` or `path`";
            self.fault(&faults::MALFORMED.meta, place, message);
            return None;
        }
        let span = ["check", "path", "fingerprint"].iter().find_map(|key| row.get(key)).map_or(place, |item| item.span);
        let scope = Scope { check, fingerprint, path, inline, span };
        match scope.breadth() {
            Some((message, holds)) => {
                self.fault(&faults::OVER_BROAD.meta, span, message);
                holds.then_some(scope)
            }
            None => Some(scope),
        }
    }

    fn check(&mut self, row: &Row) -> Option<Option<String>> {
        let Some((pattern, span)) = self.text(row, "check")? else { return Some(None) };
        if catalogue().any(|check| matches(&pattern, check.meta.id)) {
            return Some(Some(pattern));
        }
        let nearest = catalogue().map(|check| check.meta.id).min_by_key(|id| distance(id, &pattern)).unwrap_or("");
        let message = format!("no check is called `{pattern}`; did you mean `{nearest}`?");
        self.fault(&faults::MALFORMED.meta, span, message);
        None
    }

    fn fingerprint(&mut self, row: &Row) -> Option<Option<Fingerprint>> {
        let Some((text, span)) = self.text(row, "fingerprint")? else { return Some(None) };
        let print = Fingerprint::parse(&text);
        if print.is_none() {
            self.fault(&faults::MALFORMED.meta, span, "a fingerprint is 32 digits of 0-9 and a-f, as a scan prints it");
        }
        print.map(Some)
    }

    fn path(&mut self, row: &Row) -> Option<Option<Glob>> {
        let Some((text, span)) = self.text(row, "path")? else { return Some(None) };
        match Glob::parse(&text) {
            Ok(glob) => Some(Some(glob)),
            Err(error) => {
                self.fault(&faults::MALFORMED.meta, span, error.to_string());
                None
            }
        }
    }

    fn vex(&mut self, row: &Row) -> Option<Option<String>> {
        let Some((text, span)) = self.text(row, "vex")? else { return Some(None) };
        if text.trim().is_empty() {
            self.fault(&faults::MALFORMED.meta, span, "`vex` names a document, as the settings or `--vex` name it");
            return None;
        }
        Some(Some(text))
    }

    fn justification(&mut self, row: &Row) -> Option<Option<String>> {
        let Some((text, span)) = self.text(row, "justification")? else { return Some(None) };
        if Justification::of_label(&text).is_none() {
            let labels: Vec<&str> = Justification::ALL.iter().map(|one| one.label()).collect();
            let message = format!("`justification` is one of VEX's: {}", labels.join(", "));
            self.fault(&faults::MALFORMED.meta, span, message);
            return None;
        }
        Some(Some(text))
    }

    fn inline(&mut self, row: &Row) -> Option<bool> {
        match row.get("inline") {
            None => Some(false),
            Some(Item { truth: Some(truth), .. }) => Some(*truth),
            Some(item) => {
                self.fault(&faults::MALFORMED.meta, item.span, "`inline` is true or false");
                None
            }
        }
    }

    /// The text of a key; the outer `None` when it is there and no text.
    fn text(&mut self, row: &Row, key: &str) -> Option<Option<(String, Span)>> {
        match row.get(key) {
            None => Some(None),
            Some(Item { text: Some(text), span, .. }) => Some(Some((text.clone(), *span))),
            Some(item) => {
                self.fault(&faults::MALFORMED.meta, item.span, format!("`{key}` is a text in quotes"));
                None
            }
        }
    }
}

struct Scope {
    check: Option<String>,
    fingerprint: Option<Fingerprint>,
    path: Option<Glob>,
    inline: bool,
    span: Span,
}

impl Scope {
    /// What is too broad about it, and whether it holds all the same.
    fn breadth(&self) -> Option<(String, bool)> {
        let exact = self.check.as_deref().is_some_and(|check| check.contains('/') && !check.contains('*'));
        let narrow = exact && (self.inline || self.path.as_ref().is_some_and(|glob| !glob.is_unlimited()));
        let of_secrets = self.check.as_deref().is_some_and(|check| check.split('/').next() == Some("secrets"));
        if of_secrets && !narrow && self.fingerprint.is_none() {
            let message = "covers no secret: name its fingerprint, or one check together with a path";
            return Some((message.to_owned(), false));
        }
        if self.fingerprint.is_some() || self.inline {
            return None;
        }
        let every_check = self.check.as_deref().is_none_or(|check| check == "*");
        let family = self.check.as_deref().filter(|check| !check.contains('/') || check.contains('*'));
        let every_path = self.path.as_ref().is_none_or(Glob::is_unlimited);
        let deep = self.path.as_ref().is_some_and(Glob::is_deep);
        match (every_check, family) {
            (true, _) if every_path => Some(("covers every check everywhere: it does not hold".to_owned(), false)),
            (true, _) if deep => Some(("covers every check in whole folders: name the check".to_owned(), true)),
            (false, Some(family)) if every_path => {
                Some((format!("covers all of `{family}` everywhere: name the check, or a path"), true))
            }
            (false, Some(family)) if deep => {
                Some((format!("covers all of `{family}` in whole folders: name the check, or a file"), true))
            }
            _ => None,
        }
    }
}
