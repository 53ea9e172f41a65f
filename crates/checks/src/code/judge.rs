//! Holds what the reader tells of a source against the rules.

use std::collections::HashSet;

use palisade_inventory::code::{
    self, CHECKED, Call, Comparison, HOLE, Language, Listener, Origin, Outline, Paths, Setting, Value, Vocabulary,
    What, last_of,
};
use palisade_inventory::{Problem, Subject};
use palisade_model::{Confidence, Finding, Severity, Span};

use super::mend::{self, Truth};
use super::needs::Needs;
use super::rule::{At, Row, Test, Trigger, danger};
use super::words;
use crate::check::Run;
use crate::{Check, Report, Settings};

/// Hits beyond this in one file are not kept: a generated file.
const HITS_MAX: usize = 2_000;

/// The rules that were chosen, by language.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    languages: Vec<(Language, Ready)>,
}

/// The rules of one language.
#[derive(Debug)]
struct Ready {
    rows: Vec<(&'static Check, usize)>,
    calls: Paths<usize>,
    settings: Paths<usize>,
    comparisons: Vec<usize>,
    vocabulary: Vocabulary,
    needs: Needs,
}

/// What came of one file.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    /// Parts that the grammar does not understand.
    pub(crate) problems: Vec<Problem>,
    /// Why the file was not read at all.
    pub(crate) unread: Option<code::Unread>,
}

impl Judged {
    /// What other rules found in the same file.
    pub(crate) fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        self.unread = self.unread.or(other.unread);
    }
}

impl Engine {
    pub(crate) fn new(checks: &[&'static Check]) -> Self {
        let languages =
            Language::ALL.into_iter().filter_map(|language| Some((language, Ready::new(language, checks)?)));
        Self { languages: languages.collect() }
    }

    /// Judges a source; nothing for files in which no rule can find fault, which are not even parsed.
    pub(crate) fn judge(&self, path: &str, bytes: &[u8], masks: &[Span], settings: &Settings) -> Option<Judged> {
        let language = Language::of(path)?;
        let (_, ready) = self.languages.iter().find(|(known, _)| *known == language)?;
        if !super::is_product(path) {
            return None;
        }
        let silent = ready.needs.silent(bytes)?;
        let source = crate::scanner::text_of(bytes);
        let tree = match code::parse(language, &source) {
            Ok(tree) => tree,
            Err(unread) => return Some(Judged { unread: Some(unread), ..Judged::default() }),
        };
        let mut hits = Hits { ready, silent, seen: HashSet::new(), found: Vec::new() };
        let outline = code::read(language, &source, &tree, &mut hits);
        let mut problems = Vec::new();
        problems.extend(code::first_error(&tree).map(|span| Problem {
            span,
            message: format!("the grammar of {} does not understand this", language.name()),
        }));
        problems
            .extend(outline.cut.map(|span| Problem { span, message: "nested too deeply to be followed".to_owned() }));
        let found = hits.found;
        Some(Judged { findings: report(path, &source, masks, settings, &outline, &found), problems, unread: None })
    }
}

fn report(
    path: &str,
    source: &str,
    masks: &[Span],
    settings: &Settings,
    outline: &Outline,
    found: &[Hit],
) -> Vec<Finding> {
    let Some(first) = found.first() else { return Vec::new() };
    let subject = Subject::new(path.into(), source.as_bytes(), outline, masks);
    let mut report = Report::new(settings, Some(&subject), &first.check.meta);
    for hit in found {
        let Run::Code(rule) = &hit.check.run else { continue };
        report.switch(&hit.check.meta);
        let from = match hit.origin {
            Origin::Outside(span) => Some((span, "somebody outside chooses this")),
            Origin::Parameter(span) => Some((span, "the caller chooses this")),
            _ => None,
        };
        let place = from.filter(|(span, _)| *span != hit.span).map(|(span, words)| (report.locate(span), words));
        let draft = report.finding(hit.span, rule.message);
        draft.maybe_fix(mend::of(hit.check.meta.id, source, hit.span, hit.truth));
        if matches!(hit.origin, Origin::Parameter(_)) {
            draft.severity(hit.check.meta.severity.min(Severity::Medium)).confidence(Confidence::Low);
        }
        if let Some((place, words)) = place {
            draft.also(place, words);
        }
    }
    report.finish()
}

impl Ready {
    fn new(language: Language, checks: &[&'static Check]) -> Option<Self> {
        let (vocabulary, signs) = words::of(language);
        let rules = checks.iter().filter_map(|check| match &check.run {
            Run::Code(rule) if rule.languages.contains(&language) => Some((*check, rule)),
            _ => None,
        });
        let mut ready = Self {
            rows: Vec::new(),
            calls: Paths::default(),
            settings: Paths::default(),
            comparisons: Vec::new(),
            vocabulary,
            needs: Needs::of(rules.clone().map(|(check, rule)| (check.meta.id, rule)), signs)?,
        };
        for (check, rule) in rules {
            for (at, row) in rule.rows.iter().enumerate() {
                let index = ready.rows.len();
                ready.rows.push((check, at));
                match row.trigger {
                    Trigger::Call(paths) => paths.iter().for_each(|path| ready.calls.add(path, index)),
                    Trigger::Set(paths) => paths.iter().for_each(|path| ready.settings.add(path, index)),
                    Trigger::Compare => ready.comparisons.push(index),
                }
            }
        }
        (!ready.rows.is_empty()).then_some(ready)
    }
}

struct Hits<'r> {
    ready: &'r Ready,
    /// Rules that have no say in this file.
    silent: HashSet<&'static str>,
    seen: HashSet<(&'static str, Span)>,
    found: Vec<Hit>,
}

struct Hit {
    check: &'static Check,
    span: Span,
    origin: Origin,
    truth: Option<Truth>,
}

/// The values that a row can ask for.
enum Place<'a> {
    Call(&'a Call<'a>),
    Pair(&'a Value, &'a Value),
}

impl Hits<'_> {
    fn hold(&mut self, index: usize, span: Span, place: &Place<'_>) {
        let Some((check, at)) = self.ready.rows.get(index) else { return };
        let Run::Code(rule) = &check.run else { return };
        let Some(row) = rule.rows.get(*at).filter(|_| !self.silent.contains(check.meta.id)) else { return };
        let mut origin = Origin::Constant;
        for (at, test) in row.when {
            match place.find(*at, test) {
                Some(Origin::Constant | Origin::Unknown) => {}
                Some(from) => origin = origin.max(from),
                None => return,
            }
        }
        if self.found.len() < HITS_MAX && self.seen.insert((check.meta.id, span)) {
            self.found.push(Hit { check, span, origin, truth: place.truth(row) });
        }
    }
}

impl Listener for Hits<'_> {
    fn vocabulary(&self) -> &Vocabulary {
        &self.ready.vocabulary
    }

    fn call(&mut self, call: &Call<'_>) {
        if !self.ready.calls.knows(last_of(call.path)) {
            return;
        }
        let rows: Vec<usize> = self.ready.calls.find(call.path).copied().collect();
        for row in rows {
            self.hold(row, call.span, &Place::Call(call));
        }
    }

    fn set(&mut self, setting: &Setting<'_>) {
        let known = &self.ready.settings;
        if !known.knows(last_of(setting.path)) {
            return;
        }
        let rows: Vec<usize> = known.find(setting.path).copied().collect();
        for row in rows {
            self.hold(row, setting.span, &Place::Pair(setting.value, setting.value));
        }
    }

    fn compare(&mut self, comparison: &Comparison<'_>) {
        let ready = self.ready;
        for row in &ready.comparisons {
            self.hold(*row, comparison.span, &Place::Pair(comparison.left, comparison.right));
            self.hold(*row, comparison.span, &Place::Pair(comparison.right, comparison.left));
        }
    }
}

impl Place<'_> {
    /// The truth that alone makes the fault, beside what is not given or not written here.
    fn truth(&self, row: &Row) -> Option<Truth> {
        let mut truth = None;
        for (at, test) in row.when {
            match test {
                Test::Is(wrong) if truth.is_none() => {
                    let value = match (self, at) {
                        (Self::Call(call), At::Arg(place, name)) => call.argument(*place, name),
                        (Self::Call(call), At::Named(name)) => call.named(name),
                        (Self::Call(call), At::Field(place, name)) => {
                            call.argument(*place, "").and_then(|object| object.field(name))
                        }
                        (Self::Pair(_, right), At::Value) => Some(*right),
                        _ => None,
                    };
                    truth = Some(Truth { span: value?.span, wrong: *wrong });
                }
                Test::Missing | Test::Unfixed => {}
                _ => return None,
            }
        }
        truth
    }

    /// Where the value comes from that makes the test hold; `None` when it does not.
    fn find(&self, at: At, test: &Test) -> Option<Origin> {
        match (self, at) {
            (Self::Call(call), At::Any) => call.arguments.iter().find_map(|(_, value)| holds(Some(value), test)),
            (Self::Call(call), At::Arg(place, name)) => {
                // What a spread brings is not known to be missing.
                let spread = call.arguments.iter().any(|(name, _)| name.as_deref() == Some("**"));
                if spread && matches!(test, Test::Missing | Test::NotFrom(_)) {
                    return None;
                }
                holds(call.argument(place, name), test)
            }
            (Self::Call(call), At::Named(name)) => {
                let spread = call.arguments.iter().any(|(name, _)| name.as_deref() == Some("**"));
                if spread && matches!(test, Test::Missing) { None } else { holds(call.named(name), test) }
            }
            (Self::Call(call), At::Field(place, name)) => {
                let object = call.argument(place, "").filter(|object| matches!(object.what, What::Fields(_)));
                object.and_then(|object| holds(object.field(name), test))
            }
            (Self::Call(call), At::Receiver) => holds(call.receiver, test),
            (Self::Call(_), At::Value) => None,
            (Self::Pair(left, _), At::Receiver) => holds(Some(left), test),
            (Self::Pair(_, right), At::Value) => holds(Some(right), test),
            (Self::Pair(..), _) => None,
        }
    }
}

fn holds(value: Option<&Value>, test: &Test) -> Option<Origin> {
    let yes = |truth: bool| truth.then_some(Origin::Constant);
    let Some(value) = value else {
        return yes(matches!(test, Test::Missing | Test::NotFrom(_) | Test::NotFalse | Test::NoField(_)));
    };
    let lower = || value.as_pieces().map(str::to_ascii_lowercase);
    let clean = |danger: u32| value.cleaned & (danger | CHECKED) != 0;
    match test {
        Test::Outside(danger) => match value.origin {
            Origin::Outside(_) if *danger == danger::URL && is_rooted(value) => None,
            // Members of archives have a rule of their own.
            Origin::Outside(_) if *danger == danger::PATH && is_archive_member(value) => None,
            Origin::Outside(_) if !clean(*danger) => Some(value.origin),
            _ => None,
        },
        Test::Given => match value.origin {
            Origin::Outside(_) | Origin::Parameter(_) if !clean(0) => Some(value.origin),
            _ => None,
        },
        Test::Injected(danger) => match value.origin {
            Origin::Outside(_) if !clean(*danger) => Some(value.origin),
            Origin::Parameter(_) if !clean(*danger) && is_pieced(value) => Some(value.origin),
            _ => None,
        },
        Test::Sql => match value.origin {
            Origin::Outside(_) | Origin::Parameter(_) if clean(danger::SQL) => None,
            Origin::Outside(_) if value.as_pieces().map_or_else(|| is_named_sql(value), is_sql) => Some(value.origin),
            Origin::Parameter(_) if value.as_pieces().is_some_and(is_sql) && is_pieced(value) => Some(value.origin),
            _ => None,
        },
        Test::SqlText => match holds(Some(value), &Test::Sql) {
            Some(origin) if value.as_pieces().is_some_and(is_sql) => Some(origin),
            _ => None,
        },
        Test::Is(truth) => yes(value.as_bool() == Some(*truth)),
        Test::Below(limit) => yes(value.as_number().is_some_and(|number| number < *limit)),
        Test::Text(texts) => yes(lower().is_some_and(|text| texts.contains(&text.as_str()))),
        Test::Has(words) => yes(lower().is_some_and(|text| words.iter().any(|word| text.contains(word)))),
        Test::From(paths) => yes(paths.iter().any(|path| fits(&value.path, path))),
        Test::NotFrom(paths) => {
            let known = value.items().iter().chain([value]);
            yes(!known.into_iter().any(|value| paths.iter().any(|path| fits(&value.path, path))))
        }
        Test::Missing => None,
        Test::NotFalse => yes(value.as_bool() != Some(false)),
        // Two values of one request prove nothing to each other.
        Test::NotText if matches!(value.origin, Origin::Outside(_)) => None,
        Test::NotText => yes(value.as_text().is_none() && !matches!(value.what, What::Null | What::Bool(_))),
        Test::Literal => yes(value.as_text().is_some_and(|text| !text.is_empty())),
        Test::Unfixed => match value.origin {
            Origin::Constant => None,
            origin => Some(origin),
        },
        Test::Holds(texts) => {
            let has =
                |item: &Value| item.as_text().is_some_and(|text| texts.contains(&text.to_ascii_lowercase().as_str()));
            yes(value.items().iter().any(has))
        }
        Test::Hmac => yes(is_hmac(value)),
        Test::Credential => yes(is_sent_credential(value)),
        Test::Password => yes(is_password(value) || value.items().iter().any(is_password)),
        Test::BodyField => match &value.what {
            What::Fields(fields) => {
                fields.iter().find_map(|(name, value)| (&**name != "where" && is_body(value)).then_some(value.origin))
            }
            _ => None,
        },
        Test::WholeBody => match value.origin {
            Origin::Outside(_)
                if !clean(0) && matches!(&*value.path, "req.body" | "request.body" | "ctx.request.body") =>
            {
                Some(value.origin)
            }
            _ => None,
        },
        Test::NoField(name) => {
            yes(matches!(value.what, What::Function | What::Fields(_)) && value.field(name).is_none())
        }
        Test::Null => yes(matches!(value.what, What::Null)),
        Test::Begins(heads) => yes(lower().is_some_and(|text| heads.iter().any(|head| text.starts_with(head)))),
        Test::Temporary => {
            let text = value.as_text().unwrap_or("");
            yes(text.starts_with("/tmp/") || text.starts_with("/var/tmp/"))
        }
        Test::Reachable => {
            yes(value.as_text().is_some_and(|text| !text.starts_with("127.") && !text.starts_with("localhost")))
        }
        Test::ShortRsa => yes(value.as_number().is_some_and(|size| [512.0, 768.0, 1024.0, 1536.0].contains(&size))),
        Test::Member => yes(is_archive_member(value) && !clean(danger::PATH)),
        Test::WorldWritable => yes(value.as_number().is_some_and(|mode| mode as u32 & 0o2 != 0 && mode < 4096.0)),
    }
}

/// A path against one name or `*.name`.
fn fits(path: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(end) => path.strip_suffix(end).is_some_and(|head| head.is_empty() || head.ends_with('.')),
        None => path == pattern,
    }
}

/// Whether something is put into a text that is written here.
fn is_pieced(value: &Value) -> bool {
    value
        .as_pieces()
        .is_some_and(|text| text.contains(HOLE) && text.chars().any(|letter| letter.is_ascii_alphanumeric()))
}

/// Whether a value of which nothing is known has the name of a statement.
fn is_named_sql(value: &Value) -> bool {
    let name = name_of(value);
    ["sql", "query", "statement"].iter().any(|word| name.ends_with(word))
}

/// Whether a text reads like a statement of SQL.
fn is_sql(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(40).collect::<String>().to_ascii_lowercase();
    let mut words = head.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let (first, lower) = (words.next().unwrap_or(""), text.to_ascii_lowercase());
    match first {
        "select" | "delete" => lower.contains("from"),
        "insert" => lower.contains("into"),
        "update" => lower.contains("set"),
        "with" => lower.contains("select") || lower.contains("update"),
        "drop" | "alter" | "create" | "truncate" | "grant" | "revoke" | "merge" | "replace" | "call" | "exec" => true,
        _ => lower.contains(" where ") && lower.contains('='),
    }
}

/// The last name of what gave a value, in small letters without signs.
fn name_of(value: &Value) -> String {
    let name = last_of(value.path.trim_end_matches(['(', ')', '[', ']']));
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Each name that [`is_hmac`] knows has one of these.
pub(super) const HMAC_WORDS: &[&str] = &["hmac", "Hmac", "HMAC", "xpected", "XPECTED", "omputed", "OMPUTED"];

/// Whether a value is the code of a message under a key.
fn is_hmac(value: &Value) -> bool {
    let name = name_of(value);
    ["hmac.new()", "createHmac()", "hmac.New()"].iter().any(|maker| value.path.contains(maker))
        || matches!(name.as_str(), "hmac" | "expectedsignature" | "computedsignature" | "expectedhmac" | "computedhmac")
}

/// Whether somebody outside sent a credential.
fn is_sent_credential(value: &Value) -> bool {
    let name = name_of(value);
    let words = ["token", "apikey", "password", "secret", "signature", "hmac"];
    matches!(value.origin, Origin::Outside(_)) && words.iter().any(|word| name.ends_with(word))
}

/// Whether a value is what a request's body or query holds, which may be an object.
fn is_body(value: &Value) -> bool {
    let from = ["req.body.", "req.query.", "request.body.", "request.query.", "ctx.request.body.", "ctx.query."];
    matches!(value.origin, Origin::Outside(_))
        && value.cleaned & CHECKED == 0
        && from.iter().any(|from| value.path.starts_with(from))
        && !value.path.contains('(')
}

/// Whether a path is made of the name that an archive gives a member.
fn is_archive_member(value: &Value) -> bool {
    let names = [
        "entry.path",
        "entry.fileName",
        "entry.entryName",
        "header.name",
        "entry.name",
        "zipEntry.entryName",
        "file.path",
    ];
    let made =
        ["archive/tar", "archive/zip"].iter().any(|maker| value.path.contains(maker)) && value.path.ends_with(".Name");
    let java = ["ZipEntry.getName()", "ArchiveEntry.getName()", "TarArchiveEntry.getName()", "JarEntry.getName()"];
    let rust = value.path.ends_with(".by_index().name()");
    made || rust || names.iter().chain(&java).any(|name| &*value.path == *name)
}

/// Whether a name speaks of a password.
fn is_password(value: &Value) -> bool {
    let name = name_of(value);
    let words = ["password", "passwd", "pwd", "passphrase", "passwort", "userpass"];
    words.iter().any(|word| name.ends_with(word)) && !value.is_constant()
}

/// Whether a URL or a path has its host and its first folder written here.
fn is_rooted(value: &Value) -> bool {
    let Some(text) = value.as_pieces() else { return false };
    let fixed = text.split(HOLE).next().unwrap_or("");
    match fixed.split_once("://") {
        Some((_, rest)) => rest.contains('/'),
        None => fixed.starts_with('/') && fixed.len() > 1 && !fixed.starts_with("//"),
    }
}
