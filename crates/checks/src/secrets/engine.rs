//! The engine: bytes in, secrets out.
//!
//! One pass finds the literal anchors of all detectors; behind each hit stands a small regex over a bounded
//! window, then the validators. It refuses to look at anything but the bytes near a match, so that a match
//! is a pure function of the bytes within [`CONTEXT_BYTES`] of it, and parts of a file can be scanned apart.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use palisade_model::{Confidence, Severity, Span};
use regex::bytes::{Regex, RegexBuilder};

use super::anchor::{Anchors, Hit};
use super::assignment::{self, Assignment, Quote};
use super::decode::{self, Encoding};
use super::detector::{Detector, Found, Kind};
use super::file_kind::{FileKind, Kinds, Purpose, Syntax};
use super::user_rules::UserRule;
use super::words::noun;
use super::{credential_files, entropy, generic, placeholder, providers};

/// How far left and right of a match its decision may depend on bytes. Whether something is a match at
/// [start, end) follows from the bytes in [start - `CONTEXT_BYTES`, end + `CONTEXT_BYTES`) alone.
pub const CONTEXT_BYTES: usize = 512;
/// The longest match: private keys and encoded runs. Longer ones are not secrets but data.
pub const MATCH_BYTES_MAX: usize = 16 << 10;
/// The longest secret of a detector that is matched by pattern.
pub(super) const TOKEN_BYTES_MAX: usize = 4 << 10;
/// The same behind the anchor of a pattern that may begin before it.
const SEARCH_BYTES_MAX: usize = 160;
/// How far around a match words that name the provider are looked for.
pub(super) const NEAR_BYTES: usize = 160;
/// Encoded text within encoded text is followed so deep.
const DECODE_DEPTH_MAX: usize = 2;
/// Matches beyond this in one file are dropped: the file is a list of secrets or no text at all.
const MATCHES_MAX: usize = 10_000;
/// Memory of one compiled pattern.
pub(super) const REGEX_BYTES_MAX: usize = 2 << 20;

/// Payload of the words that open an assignment (`password`, `token` …).
const KEY_WORD: u16 = u16::MAX - 1;

/// A secret in some bytes.
#[derive(Clone, Debug)]
pub struct Match {
    /// What found it.
    pub detector: &'static Detector,
    /// The secret value, or the encoded run that holds it.
    pub span: Span,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// A remark for the message.
    pub note: Option<&'static str>,
    /// The secret itself, decoded.
    pub value: Box<[u8]>,
    /// How the run under `span` was encoded.
    pub encoding: Option<Encoding>,
}

/// All detectors, ready to run. Building one takes well under a millisecond: patterns compile when first used.
#[derive(Debug)]
pub struct Engine {
    anchors: Anchors,
    detectors: Vec<&'static Detector>,
    patterns: Vec<OnceLock<Option<Regex>>>,
    keyed: Vec<u16>,
    names: OnceLock<Names>,
    user: Vec<UserRule>,
    generic: Option<&'static Detector>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(|_| true, Vec::new())
    }
}

impl Engine {
    /// An engine with the chosen built-in detectors and rules of the user's.
    #[must_use]
    pub fn new(chosen: impl Fn(&Detector) -> bool, user: Vec<UserRule>) -> Self {
        let detectors: Vec<&'static Detector> = providers::all().filter(|detector| chosen(detector)).collect();
        let mut anchors = Anchors::new();
        let mut keyed = Vec::new();
        for (number, detector) in (0_u16..).zip(&detectors) {
            for anchor in detector.anchors {
                anchors.add(anchor.as_bytes(), false, number);
            }
            if matches!(detector.kind, Kind::Keyed) {
                keyed.push(number);
            }
        }
        let generic = detectors.iter().any(|detector| matches!(detector.kind, Kind::Generic));
        if generic || !keyed.is_empty() {
            for word in assignment::KEY_WORDS {
                anchors.add(word, true, KEY_WORD);
            }
        }
        let patterns = detectors.iter().map(|_| OnceLock::new()).collect();
        let generic = detectors.iter().copied().find(|detector| matches!(detector.kind, Kind::Generic));
        Self { anchors, detectors, patterns, keyed, names: OnceLock::new(), user, generic }
    }

    /// The detectors that run.
    #[must_use]
    pub fn detectors(&self) -> &[&'static Detector] {
        &self.detectors
    }

    /// The secrets in `bytes`; `path` is a hint at the language and the purpose of the file. Sorted by
    /// place; matches do not overlap.
    #[must_use]
    pub fn scan(&self, path: &str, bytes: &[u8]) -> Vec<Match> {
        let kind = FileKind::of(path);
        let mut found = Vec::new();
        self.scan_plain(Some(kind), bytes, &mut found);
        self.scan_by_path(Some(path), bytes, &mut found);
        self.scan_encoded(bytes, 0, &mut found);
        if matches!(kind.purpose, Purpose::Test | Purpose::Docs) {
            found.iter_mut().filter(|one| one.encoding.is_some()).for_each(soften);
        }
        self.scan_user_rules(Some(path), bytes, &mut found);
        settle(found)
    }

    fn scan_plain(&self, kind: Option<FileKind>, bytes: &[u8], found: &mut Vec<Match>) {
        self.plain_within(kind, bytes, |one| {
            if found.len() < MATCHES_MAX {
                found.push(one);
            }
        });
    }

    /// Files that are a secret as a whole.
    pub(super) fn scan_by_path(&self, path: Option<&str>, bytes: &[u8], found: &mut Vec<Match>) {
        let Some(detector) = self.detectors.iter().find(|detector| matches!(detector.kind, Kind::ByPath)) else {
            return;
        };
        found.extend(credential_files::rails_key(path, bytes).map(|one| self.matched(detector, bytes, one)));
    }

    fn plain_within(&self, kind: Option<FileKind>, bytes: &[u8], mut tell: impl FnMut(Match)) {
        self.hits(bytes, 0..bytes.len(), |hit, key| {
            let Some(key) = key else {
                let Some(mut one) = self.anchored(bytes, hit) else { return };
                if kind.is_some_and(|kind| matches!(kind.purpose, Purpose::Test | Purpose::Docs)) {
                    if is_weak(&one) {
                        return;
                    }
                    soften(&mut one);
                }
                return tell(one);
            };
            if let Some(kind) = kind
                && let Some(one) = self.assigned(kind, bytes, &key)
            {
                tell(one);
            }
        });
    }

    /// Tells each anchor that starts in `asked`; of the words of one key only the first, with the key, and
    /// only when what follows may make an assignment of it.
    pub(super) fn hits<'a>(
        &self,
        bytes: &'a [u8],
        asked: Range<usize>,
        mut tell: impl FnMut(Hit, Option<assignment::Key<'a>>),
    ) {
        // A key that begins before what is asked for opens with a word there.
        let start = asked.start - assignment::key_before(bytes, asked.start);
        let end = bytes.len().min(asked.end + self.longest_anchor());
        let mut key_end = 0;
        self.anchors.each(bytes.get(start..end).unwrap_or(&[]), |hit| {
            let hit = Hit { at: hit.at + start, end: hit.end + start, ..hit };
            if hit.payload != KEY_WORD {
                if asked.contains(&hit.at) {
                    tell(hit, None);
                }
            } else if hit.at >= key_end {
                let (end, key) = assignment::key_around(bytes, hit.at, hit.end);
                key_end = end.max(key_end);
                if let Some(key) = key.filter(|key| asked.contains(&hit.at) && assignment::may_join(bytes, key)) {
                    tell(hit, Some(key));
                }
            }
        });
    }

    /// The match at an anchor that stands for a detector.
    pub(super) fn anchored(&self, bytes: &[u8], hit: Hit) -> Option<Match> {
        let detector = self.detectors.get(usize::from(hit.payload))?;
        let found = match detector.kind {
            Kind::Special(decide) => decide(bytes, hit),
            _ => self.token(detector, bytes, hit),
        }?;
        Some(self.matched(detector, bytes, found))
    }

    pub(super) fn longest_anchor(&self) -> usize {
        self.anchors.longest()
    }

    pub(super) fn has_user_rules(&self) -> bool {
        !self.user.is_empty()
    }

    pub(super) fn scan_user_rules(&self, path: Option<&str>, bytes: &[u8], found: &mut Vec<Match>) {
        for rule in &self.user {
            rule.scan(path, bytes, found);
        }
    }

    /// Whether a match may stand in a file of such a path: a rule of the user's own may be for others, and some
    /// files are secrets by their names.
    #[must_use]
    pub fn concerns(&self, one: &Match, path: &str) -> bool {
        if matches!(one.detector.kind, Kind::ByPath) {
            return credential_files::is_rails_key(path);
        }
        self.user.iter().all(|rule| rule.detector().id() != one.detector.id() || rule.concerns(path))
    }

    /// Of matches that overlap, the one to report; for the matches of one blob that were found apart.
    #[must_use]
    pub fn settle(found: Vec<Match>) -> Vec<Match> {
        settle(found)
    }

    fn matched(&self, detector: &'static Detector, bytes: &[u8], found: Found) -> Match {
        let meta = &detector.check.meta;
        Match {
            detector,
            span: found.span,
            severity: found.severity.unwrap_or(meta.severity),
            confidence: meta.confidence,
            note: found.note,
            value: found.span.of_bytes(bytes).into(),
            encoding: None,
        }
    }

    /// A secret that carries the anchor in itself.
    fn token(&self, detector: &'static Detector, bytes: &[u8], hit: Hit) -> Option<Found> {
        let pattern = self.pattern(hit.payload)?;
        let start = hit.at.saturating_sub(detector.before);
        // A pattern that may begin before the anchor is searched for, so its window is kept small.
        let reach = if detector.before == 0 { TOKEN_BYTES_MAX } else { SEARCH_BYTES_MAX };
        let window = bytes.get(start..bytes.len().min(hit.end + reach))?;
        let captures = pattern.captures(window)?;
        let whole = captures.get(0)?;
        let value = captures.get(1).unwrap_or(whole);
        if start + whole.start() > hit.at || start + whole.end() < hit.end {
            return None;
        }
        let (from, to) = (start + value.start(), start + value.end());
        let text = value.as_bytes();
        let open_left = captures.get(1).is_none() && !starts_apart(bytes, from);
        if open_left || !ends_apart(bytes, start + whole.end(), text) {
            return None;
        }
        self.convincing(detector, bytes, from, to).then(|| Found::at(from, to))
    }

    /// Entropy, checksum, placeholder and neighbourhood.
    fn convincing(&self, detector: &Detector, bytes: &[u8], from: usize, to: usize) -> bool {
        let value = bytes.get(from..to).unwrap_or(&[]);
        if detector.checksum.is_some_and(|checksum| !checksum.holds(value)) {
            return false;
        }
        if entropy::shannon(value) < detector.entropy {
            return false;
        }
        if detector.rejects_placeholders {
            let prefix = detector.anchors.iter().find(|anchor| value.starts_with(anchor.as_bytes()));
            let random = value.get(prefix.map_or(0, |prefix| prefix.len())..).unwrap_or(value);
            if placeholder::is_placeholder(random) || placeholder::is_published(value) {
                return false;
            }
        }
        detector.near.is_empty() || is_near(detector.near, bytes, from, to)
    }

    /// The assignment of a key: keyed detectors first, then the generic judge.
    fn assigned(&self, kind: FileKind, bytes: &[u8], key: &assignment::Key<'_>) -> Option<Match> {
        let assignment = assignment::value_of(bytes, key, kind.syntax).0?;
        let noun = noun(key.text)?;
        let summed = kind.purpose == Purpose::Generated && is_sum(bytes, &assignment);
        if let Some(mut one) = self.keyed(bytes, &assignment).filter(|_| !summed) {
            if matches!(kind.purpose, Purpose::Test | Purpose::Docs) {
                soften(&mut one);
            }
            return Some(one);
        }
        self.generic?;
        self.judged(bytes, generic::judge(bytes, &assignment, noun, kind)?)
    }

    /// The assignments of a key as files of any kind would be read, each with the kinds in which it holds; and,
    /// when the key may open one, one past the last byte that was looked at.
    pub(super) fn assigned_in_any(
        &self,
        bytes: &[u8],
        key: &assignment::Key<'_>,
        mut tell: impl FnMut(Match, Kinds),
    ) -> Option<usize> {
        let noun = noun(key.text)?;
        let mut reach = key.end;
        let readings = Syntax::ALL.map(|syntax| {
            let (assignment, looked_to) = assignment::value_of(bytes, key, syntax);
            reach = reach.max(looked_to);
            (assignment, syntax)
        });
        for (at, (assignment, _)) in readings.iter().enumerate() {
            let Some(assignment) = assignment else { continue };
            let same = |(reading, _): &&(Option<Assignment<'_>>, Syntax)| *reading == Some(*assignment);
            if readings.iter().take(at).any(|reading| same(&reading)) {
                continue;
            }
            let syntaxes = readings.iter().filter(same).map(|(_, syntax)| *syntax);
            if let Some(one) = self.keyed(bytes, assignment) {
                let summed = is_sum(bytes, assignment);
                let purposes = Purpose::ALL.into_iter().filter(|purpose| !summed || *purpose != Purpose::Generated);
                let kinds = syntaxes
                    .flat_map(|syntax| purposes.clone().map(move |purpose| Kinds::one(FileKind { syntax, purpose })));
                tell(one, kinds.fold(Kinds::NONE, Kinds::and));
            } else if self.generic.is_some()
                && let Some((verdict, kinds)) = generic::judge_in_any(bytes, assignment, noun, syntaxes)
                && let Some(one) = self.judged(bytes, verdict)
            {
                tell(one, kinds);
            }
        }
        Some(reach)
    }

    fn judged(&self, bytes: &[u8], verdict: generic::Verdict) -> Option<Match> {
        let detector = self.detectors.iter().find(|detector| detector.id() == verdict.id)?;
        let mut one = self.matched(detector, bytes, Found::at(verdict.span.start as usize, verdict.span.end as usize));
        one.confidence = verdict.confidence;
        one.severity = verdict.severity;
        Some(one)
    }

    /// The provider named near an assignment whose key says that it is a secret.
    fn keyed(&self, bytes: &[u8], assignment: &Assignment<'_>) -> Option<Match> {
        let value = assignment.value;
        let text = value.of_bytes(bytes);
        if text.len() < 16 || text.len() > 512 {
            return None;
        }
        let (from, to) = (assignment.key_span.start as usize, value.end as usize);
        let around = bytes.get(from.saturating_sub(NEAR_BYTES)..to).unwrap_or(&[]);
        // Several providers may fit; the one whose name stands nearest to the value is meant.
        let names = self.names.get_or_init(|| Names::of(&self.detectors, &self.keyed));
        let mut named: Vec<(usize, u16)> = names.found_in(around);
        named.sort_unstable_by_key(|(at, number)| (std::cmp::Reverse(*at), *number));
        let best = named.into_iter().find_map(|(_, number)| {
            let detector = self.detectors.get(usize::from(number))?;
            let fits = self.pattern(number).is_some_and(|pattern| pattern.is_match(text));
            (fits && entropy::shannon(text) >= detector.entropy && !placeholder::is_placeholder(text))
                .then_some(*detector)
        });
        best.map(|detector| self.matched(detector, bytes, Found::at(value.start as usize, to)))
    }

    fn pattern(&self, number: u16) -> Option<&Regex> {
        let number = usize::from(number);
        let detector = self.detectors.get(number)?;
        self.patterns.get(number)?.get_or_init(|| compile(detector)).as_ref()
    }

    fn scan_encoded(&self, bytes: &[u8], depth: usize, found: &mut Vec<Match>) {
        decode::each(bytes, |run| self.scan_run(&run, depth, found));
    }

    /// The secrets in an encoded run.
    pub(super) fn scan_run(&self, run: &decode::Run, depth: usize, found: &mut Vec<Match>) {
        let mut inner = Vec::new();
        self.scan_plain(None, &run.text, &mut inner);
        if depth + 1 < DECODE_DEPTH_MAX {
            self.scan_encoded(&run.text, depth + 1, &mut inner);
        }
        found.extend(inner.into_iter().map(|one| Match { span: run.span, encoding: Some(run.encoding), ..one }));
    }
}

/// Whether a bare value is written as a checksum is: lock files list those under any key.
fn is_sum(bytes: &[u8], assignment: &Assignment<'_>) -> bool {
    let text = assignment.value.of_bytes(bytes);
    assignment.quote == Quote::None && matches!(text.len(), 32 | 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}

/// The words that name providers, and the detectors they stand for.
#[derive(Debug)]
struct Names {
    words: Option<AhoCorasick>,
    numbers: Vec<u16>,
}

impl Names {
    fn of(detectors: &[&'static Detector], keyed: &[u16]) -> Self {
        let pairs: Vec<(&str, u16)> = keyed
            .iter()
            .filter_map(|number| Some((detectors.get(usize::from(*number))?, *number)))
            .flat_map(|(detector, number)| detector.near.iter().map(move |word| (*word, number)))
            .collect();
        let words = AhoCorasick::builder().ascii_case_insensitive(true).build(pairs.iter().map(|(word, _)| word)).ok();
        Self { words, numbers: pairs.into_iter().map(|(_, number)| number).collect() }
    }

    /// Where each name starts, with its detector.
    fn found_in(&self, text: &[u8]) -> Vec<(usize, u16)> {
        let Some(words) = &self.words else { return Vec::new() };
        words
            .find_overlapping_iter(text)
            .filter_map(|found| Some((found.start(), *self.numbers.get(found.pattern().as_usize())?)))
            .collect()
    }
}

/// In tests and documentation keys are mostly made for the occasion, and tokens copied from a provider's own
/// examples. One whose checksum holds is a provider's: nobody makes that up. `--verify-live` raises what works.
fn soften(one: &mut Match) {
    match one.detector.kind {
        Kind::Token if one.detector.checksum.is_some() => {}
        Kind::Token => {
            one.severity = one.severity.min(Severity::Medium);
            one.confidence = one.confidence.min(Confidence::Medium);
        }
        Kind::Keyed | Kind::Special(_) | Kind::ByPath | Kind::Generic => {
            one.severity = one.severity.min(Severity::Low);
            one.confidence = one.confidence.min(Confidence::Medium);
        }
    }
}

/// Whether a match counts in products only: a password that somebody would make up for an example.
pub(super) fn is_weak(one: &Match) -> bool {
    let strong = one.value.len() >= 8 && entropy::Classes::of(&one.value).kinds() >= 3;
    one.detector.yields() && !strong
}

/// Compiles the pattern of a row. A row whose pattern does not compile finds nothing; a test goes through all.
pub(super) fn compile(detector: &Detector) -> Option<Regex> {
    let pattern = match detector.kind {
        Kind::Keyed => format!(r"\A(?:{})\z", detector.pattern),
        _ if detector.before == 0 => format!(r"\A(?:{})", detector.pattern),
        _ => detector.pattern.to_owned(),
    };
    RegexBuilder::new(&pattern).unicode(false).size_limit(REGEX_BYTES_MAX).build().ok()
}

/// One match for each value: the most specific detector wins, then the longer value, then the earlier one.
fn settle(mut found: Vec<Match>) -> Vec<Match> {
    found.sort_by(|left, right| {
        let key =
            |one: &Match| (std::cmp::Reverse(one.detector.rank()), std::cmp::Reverse(one.span.len()), one.span.start);
        key(left).cmp(&key(right))
    });
    let mut kept: Vec<Match> = Vec::with_capacity(found.len());
    let mut taken: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    for one in found {
        let before = taken.range(..one.span.end).next_back();
        let overlaps = before.is_some_and(|(_, end)| *end > one.span.start);
        let twin = one.encoding.is_some()
            && kept.iter().any(|other| other.span == one.span && other.encoding.is_some() && other.value != one.value);
        if !overlaps || twin {
            taken.insert(one.span.start, one.span.end);
            kept.push(one);
        }
    }
    kept.sort_by_key(|one| one.span);
    kept
}

/// Whether the value begins apart from what stands before it: no letter or digit, unless that belongs to
/// an escape (`\n`, `%3D`).
fn starts_apart(bytes: &[u8], at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).and_then(|at| bytes.get(at)).copied();
    let Some(before) = back(1) else { return true };
    if !before.is_ascii_alphanumeric() {
        return true;
    }
    back(2) == Some(b'\\') && matches!(before, b'n' | b'r' | b't')
        || back(3) == Some(b'%') && before.is_ascii_hexdigit() && back(2).is_some_and(|byte| byte.is_ascii_hexdigit())
}

/// Whether the value ends apart from what follows.
fn ends_apart(bytes: &[u8], at: usize, value: &[u8]) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    !(value.last().is_some_and(word) && bytes.get(at).is_some_and(word))
}

/// Whether one of the words stands near the span, in any case.
fn is_near(words: &[&str], bytes: &[u8], from: usize, to: usize) -> bool {
    let window = bytes.get(from.saturating_sub(NEAR_BYTES)..bytes.len().min(to + NEAR_BYTES)).unwrap_or(&[]);
    let lower = window.to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}
