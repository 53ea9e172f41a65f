//! Holds what the reader tells of a source against the rules.

use std::collections::HashSet;
use std::sync::OnceLock;

use palisade_inventory::code::{
    self, Call, Comparison, Language, Listener, Origin, Paths, Setting, Value, Vocabulary, last_of,
};
use palisade_inventory::{Problem, Sign, Subject};
use palisade_model::{Confidence, Finding, Severity, Span};

use super::harmless;
use super::hold::{holds, within};
use super::mend::{self, Truth};
use super::needs::Needs;
use super::rule::{At, CodeRule, Row, Test, Trigger};
use super::words;
use crate::check::Run;
use crate::{Check, Report, Settings};

/// Hits beyond this in one file are not kept: a generated file.
const HITS_MAX: usize = 2_000;

/// The rules that were chosen, by language.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    checks: Vec<&'static Check>,
    /// Made when the first source of its language is met: most scans meet few languages, and some none.
    languages: Vec<(Language, OnceLock<Option<Ready>>)>,
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
    /// Where something is used that the target must go with.
    pub(crate) signs: Vec<Sign>,
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
        let languages = Language::ALL.into_iter().map(|language| (language, OnceLock::new()));
        Self { checks: checks.to_vec(), languages: languages.collect() }
    }

    /// Judges a source; nothing for files in which no rule can find fault, which are not even parsed.
    pub(crate) fn judge(&self, path: &str, bytes: &[u8], masks: &[Span], settings: &Settings) -> Option<Judged> {
        let language = Language::of(path)?;
        if !super::is_product(path) {
            return None;
        }
        let (_, ready) = self.languages.iter().find(|(known, _)| *known == language)?;
        let ready = ready.get_or_init(|| Ready::new(language, &self.checks)).as_ref()?;
        let silent = ready.needs.silent(bytes)?;
        let source = crate::scanner::text_of(bytes);
        let tree = match code::parse(language, &source) {
            Ok(tree) => tree,
            Err(unread) => return Some(Judged { unread: Some(unread), ..Judged::default() }),
        };
        let mut hits = Hits {
            ready,
            source: &source,
            silent,
            seen: HashSet::new(),
            environments: u32::from(is_for_developers(path)),
            found: Vec::new(),
        };
        let outline = code::read(language, &source, &tree, &mut hits);
        let mut problems = Vec::new();
        problems.extend(code::first_error(&tree).map(|span| Problem {
            span,
            message: format!("the grammar of {} does not understand this", language.name()),
        }));
        problems
            .extend(outline.cut.map(|span| Problem { span, message: "nested too deeply to be followed".to_owned() }));
        let subject = Subject::new(path.into(), source.as_bytes(), &outline, masks);
        let findings = report(&subject, &source, settings, &hits.found);
        let used = hits.found.iter().filter(|hit| matches!(hit.check.run, Run::Service(_)));
        let signs = used.map(|hit| Sign { name: hit.check.meta.id, place: subject.locate(hit.span) }).collect();
        Some(Judged { findings, problems, signs, unread: None })
    }
}

fn report(subject: &Subject<'_>, source: &str, settings: &Settings, found: &[Hit]) -> Vec<Finding> {
    let Some(first) = found.first() else { return Vec::new() };
    let mut report = Report::new(settings, Some(subject), &first.check.meta);
    for hit in found {
        let Run::Code(rule) = &hit.check.run else { continue };
        let id = hit.check.meta.id;
        if id.ends_with("-unverified-token") && harmless::is_peeked(source, hit.span)
            || id == "code/js-html-injection" && harmless::is_style_sheet(source, hit.span)
            || id.ends_with("-fast-password-hash") && harmless::is_asked_for_by_service(source, hit.span)
        {
            continue;
        }
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
        if id.ends_with("-weak-hash") && harmless::is_label(source, hit.span) {
            draft.severity(Severity::Info);
        } else if id.ends_with("-sql-injection") && harmless::names_table(source, hit.span) {
            draft.severity(Severity::Low);
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
        let rules = checks.iter().filter_map(|check| {
            let rule = rule_of(check).filter(|rule| rule.languages.contains(&language))?;
            Some((*check, rule))
        });
        let mut ready = Self {
            rows: Vec::new(),
            calls: Paths::default(),
            settings: Paths::default(),
            comparisons: Vec::new(),
            vocabulary,
            needs: Needs::of(language, rules.clone().map(|(check, rule)| (check.meta.id, rule)), signs)?,
        };
        for (check, rule) in rules {
            for (at, row) in rule.rows.iter().enumerate().filter(|(_, row)| row.reads(language)) {
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

/// Whether a file is for those who develop alone: `settings/dev.py`, `scripts/dev.ts`, `settings_local.py`.
fn is_for_developers(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut words = name.split(['.', '_', '-']).rev().skip(1);
    words.next().is_some_and(|last| matches!(last, "dev" | "develop" | "development" | "local" | "debug"))
}

/// The rule on source code that a check has.
fn rule_of(check: &'static Check) -> Option<&'static CodeRule> {
    match &check.run {
        Run::Code(rule) => Some(rule),
        Run::Service(service) => Some(&service.uses),
        _ => None,
    }
}

struct Hits<'r> {
    ready: &'r Ready,
    source: &'r str,
    /// Rules that have no say in this file.
    silent: HashSet<&'static str>,
    seen: HashSet<(&'static str, Span)>,
    /// How many conditions on the environment are around.
    environments: u32,
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
        let Some(rule) = rule_of(check) else { return };
        let elsewhere = self.environments > 0 && !rule.everywhere;
        let Some(row) = rule.rows.get(*at).filter(|_| !elsewhere && !self.silent.contains(check.meta.id)) else {
            return;
        };
        let (mut origin, mut span) = (Origin::Constant, span);
        for (at, test) in row.when {
            if let Test::Tells(kind) = test {
                // What tells is what is shown.
                let Some(telling) = place.values(*at).find_map(|(name, value)| kind.told(name, value, self.source))
                else {
                    return;
                };
                span = telling;
                continue;
            }
            if let Test::Shown(texts) = test {
                let shows = |value: &Value| texts.iter().any(|text| value.span.of(self.source).contains(text));
                if !place.values(*at).any(|(_, value)| shows(value)) {
                    return;
                }
                continue;
            }
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

    fn environment(&mut self, begins: bool) {
        self.environments = if begins { self.environments + 1 } else { self.environments.saturating_sub(1) };
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
}

impl<'a> Place<'a> {
    /// The values of a place, with the names that they are given under.
    fn values(&self, at: At) -> Box<dyn Iterator<Item = (Option<&'a str>, &'a Value)> + 'a> {
        match (self, at) {
            (Self::Call(call), At::Any) => {
                Box::new(call.arguments.iter().map(|(name, value)| (name.as_deref(), value)))
            }
            (Self::Call(call), At::Arg(place, name)) => {
                Box::new(call.argument(place, name).map(|value| (None, value)).into_iter())
            }
            (Self::Pair(_, right), At::Value) => Box::new(std::iter::once((None, *right))),
            _ => Box::new(std::iter::empty()),
        }
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
            (Self::Call(call), At::Field(place, name)) => within(call.argument(place, "")?, name, test),
            (Self::Pair(_, right), At::Inner(name)) => within(right, name, test),
            (Self::Call(_), At::Inner(_)) => None,
            (Self::Call(call), At::Receiver) => holds(call.receiver, test),
            (Self::Call(_), At::Value) => None,
            (Self::Pair(left, _), At::Receiver) => holds(Some(left), test),
            (Self::Pair(_, right), At::Value) => holds(Some(right), test),
            (Self::Pair(..), _) => None,
        }
    }
}
