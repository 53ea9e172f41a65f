//! Where checks put what they find: a span and a message; the rest is computed here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use palisade_inventory::Subject;
use palisade_model::{
    Confidence, Digest, Finding, Fingerprint, Fix, Location, Meta, PackageFault, Related, Severity, Span, Upgrade,
};

use crate::Settings;

/// Findings beyond this for one check in one file are counted in the last one's message, not listed.
const FINDINGS_PER_CHECK_MAX: usize = 1_000;

/// The same of checks on packages: the list of one system is one file, and a system of some years has thousands of faults.
const FINDINGS_ON_PACKAGES_MAX: usize = 50_000;

/// How many findings of a check are listed for one file.
fn most(family: &str) -> usize {
    if family == "packages" { FINDINGS_ON_PACKAGES_MAX } else { FINDINGS_PER_CHECK_MAX }
}

/// Checks and places at which something was found.
pub(crate) type Seen = HashSet<(&'static str, Arc<str>, Span, String)>;

/// Collects the findings of checks over one file, or over the whole target.
pub struct Report<'a> {
    settings: &'a Settings,
    subject: Option<&'a Subject<'a>>,
    check: &'static Meta,
    drafts: Vec<Draft>,
}

/// A finding in the making.
#[derive(Debug)]
pub struct Draft {
    check: &'static Meta,
    severity: Severity,
    confidence: Confidence,
    message: String,
    location: Location,
    also: Vec<Related>,
    fix: Option<Fix>,
    upgrade: Option<Box<Upgrade>>,
    fault: Option<Box<PackageFault>>,
    secret: Option<Digest>,
}

impl<'a> Report<'a> {
    /// A report over one file, or over the whole target when there is no subject.
    #[must_use]
    pub fn new(settings: &'a Settings, subject: Option<&'a Subject<'a>>, check: &'static Meta) -> Self {
        Self { settings, subject, check, drafts: Vec::new() }
    }

    /// From now on findings belong to this check.
    pub fn switch(&mut self, check: &'static Meta) {
        self.check = check;
    }

    /// The check that findings belong to now.
    #[must_use]
    pub(crate) fn check(&self) -> &'static Meta {
        self.check
    }

    /// What the user set.
    #[must_use]
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// Path of the file at hand; empty for the whole target.
    #[must_use]
    pub fn path(&self) -> &str {
        self.subject.map_or("", |subject| subject.path())
    }

    /// The file at hand; empty for the whole target, and for what is no text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.subject.and_then(|subject| std::str::from_utf8(subject.bytes()).ok()).unwrap_or("")
    }

    /// The location of a span of the file at hand.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        match self.subject {
            Some(subject) => subject.locate(span),
            None => no_place(),
        }
    }

    /// A finding at a span of the file at hand. Point at the faulty key or value; when something is
    /// missing, at the name of what lacks it.
    pub fn finding(&mut self, span: Span, message: impl Into<String>) -> &mut Draft {
        let location = self.locate(span);
        self.finding_at(location, message)
    }

    /// A finding at a place that was located before, for checks across files.
    pub fn finding_at(&mut self, location: Location, message: impl Into<String>) -> &mut Draft {
        let check = self.check;
        self.drafts.push(Draft {
            check,
            severity: check.severity,
            confidence: check.confidence,
            message: message.into(),
            location,
            also: Vec::new(),
            fix: None,
            upgrade: None,
            fault: None,
            secret: None,
        });
        let last = self.drafts.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "just pushed")]
        &mut self.drafts[last]
    }

    /// What was found, to be put into another report.
    #[must_use]
    pub(crate) fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }

    /// Takes what another report found at places and by checks not `seen` before. Its edits were made for a rendered
    /// text: `mend` makes those of the files that it came from of them.
    pub(crate) fn absorb(
        &mut self,
        drafts: Vec<Draft>,
        seen: &mut Seen,
        mend: &dyn Fn(&Location, &Fix) -> Option<Fix>,
    ) {
        for mut draft in drafts {
            // Where only the file is known, the structure tells findings apart.
            let place = &draft.location;
            let structure = if place.span.is_empty() { place.structure.clone() } else { String::new() };
            if seen.insert((draft.check.id, Arc::clone(&place.path), place.span, structure)) {
                draft.fix = draft.fix.take().and_then(|fix| mend(&draft.location, &fix));
                self.drafts.push(draft);
            }
        }
    }

    /// Adds a second place to each finding for which `explain` gives one.
    pub(crate) fn explain(&mut self, explain: &dyn Fn(&Location) -> Option<Related>) {
        for draft in self.drafts.iter_mut().filter(|draft| draft.also.is_empty()) {
            draft.also.extend(explain(&draft.location));
        }
    }

    /// The findings, with identities.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.drafts.sort_by(|left, right| {
            let key = |draft: &Draft| (Arc::clone(&draft.location.path), draft.location.span);
            key(left).cmp(&key(right))
        });
        let mut twins: HashMap<(&str, Arc<str>, String, Digest), u32> = HashMap::new();
        let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
        let mut findings = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            let place = &draft.location;
            let (count, most) = counts.entry(draft.check.id).or_insert((0, most(draft.check.family())));
            *count += 1;
            if *count > *most {
                continue;
            }
            let fingerprint = match draft.secret {
                Some(secret) => Fingerprint::of_secret(draft.check.id, secret),
                None => {
                    let key = (draft.check.id, Arc::clone(&place.path), place.structure.clone(), place.content);
                    let twin = twins.entry(key).or_default();
                    *twin += 1;
                    Fingerprint::of_place(draft.check.id, &place.path, &place.structure, place.content, *twin - 1)
                }
            };
            let idle =
                !matches!(draft.check.family(), "secrets" | "exceptions") && self.settings.is_fixture(&place.path);
            findings.push(Finding {
                check: draft.check,
                severity: if idle { Severity::Info } else { draft.severity },
                confidence: draft.confidence,
                message: draft.message,
                fingerprint,
                location: draft.location,
                also: draft.also,
                fix: draft.fix,
                upgrade: draft.upgrade,
                fault: draft.fault,
                exception: None,
                history: None,
                verification: None,
            });
        }
        for (check, (count, most)) in counts.iter().filter(|(_, (count, most))| count > most) {
            if let Some(last) = findings.iter_mut().rfind(|finding| finding.check.id == *check) {
                last.message.push_str(&format!(" (and {} more in this file)", count - most));
            }
        }
        findings
    }
}

impl Draft {
    /// Shows a second place that explains the first.
    pub fn also(&mut self, location: Location, message: impl Into<String>) -> &mut Self {
        self.also.push(Related { location, message: message.into() });
        self
    }

    /// Names the version that removes the finding.
    pub fn upgrade(&mut self, upgrade: Upgrade) -> &mut Self {
        self.upgrade = Some(Box::new(upgrade));
        self
    }

    /// Offers an edit that removes the finding.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Offers an edit where one is certain.
    pub fn maybe_fix(&mut self, fix: Option<Fix>) -> &mut Self {
        self.fix = fix;
        self
    }

    /// Rates this one differently from the check's usual severity.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Is more or less sure than usual.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// Adds to what is said.
    pub fn add_to_message(&mut self, text: &str) -> &mut Self {
        self.message.push_str(text);
        self
    }

    /// Says which fault of which package it is.
    pub fn fault(&mut self, fault: PackageFault) -> &mut Self {
        self.fault = Some(Box::new(fault));
        self
    }

    /// Identifies the finding by what it is about instead of its place, so that it is one wherever it stands.
    pub fn anywhere(&mut self, identity: Digest) -> &mut Self {
        self.secret = Some(identity);
        self
    }

    /// Identifies the finding by the keyed hash of a secret's value instead of its place.
    pub fn secret(&mut self, keyed_hash: Digest) -> &mut Self {
        self.secret = Some(keyed_hash);
        self
    }
}

fn no_place() -> Location {
    Location {
        path: "".into(),
        span: Span::default(),
        start: palisade_model::Position::default(),
        end: palisade_model::Position::default(),
        structure: String::new(),
        content: palisade_model::content_hash(&[]),
        excerpt: None,
        commit: None,
    }
}
