//! The engine over parts of a blob, for scans that carry over what they know about the rest.
//!
//! What is found at a position is told together with the bytes it rests on and the kinds of files in which
//! it holds: the same blob may stand at several paths. Overlaps are not settled here: that needs all matches
//! of a blob, and is done by [`Engine::settle`].

use std::ops::Range;

use super::anchor::Hit;
use super::assignment::{LOGIN_BYTES_MAX, key_reaching, key_touching};
use super::decode;
use super::detector::Kind;
use super::engine::{CONTEXT_BYTES, Engine, MATCH_BYTES_MAX, Match, NEAR_BYTES, TOKEN_BYTES_MAX, is_weak};
use super::file_kind::{Kinds, Purpose};

/// What stands at a position.
#[derive(Clone, Debug)]
pub struct Part {
    /// The position: an anchor or the start of an encoded run.
    pub at: usize,
    /// First byte the verdict rests on.
    pub from: usize,
    /// One past the last byte the verdict rests on.
    pub to: usize,
    /// The match, and in which kinds of files it is one; nothing when there is none but bytes between `from`
    /// and `to` may yet make one.
    pub found: Option<(Match, Kinds)>,
}

/// Longer labels of PEM blocks are none.
const LABEL_BYTES_MAX: usize = 128;
/// More than is looked at to see whether a token stands apart.
const APART_BYTES: usize = 8;
/// How far before its anchor a detector in code looks.
const SPECIAL_BEFORE_BYTES: usize = CONTEXT_BYTES + 64;
/// How far behind its anchor one looks when there is white space.
const SPECIAL_BYTES: usize = CONTEXT_BYTES + 64;
/// Passwords in URLs look at their URL alone.
const URL_BYTES: usize = 320;
/// Larger files are no secret as a whole. Smaller ones are always looked at anew.
const WHOLE_FILE_BYTES_MAX: usize = 128;

impl Engine {
    /// Tells what stands at the positions `asked` of `bytes`, in files of any kind. Asking part by part tells
    /// what asking for all does; of a position several things may be told.
    pub fn scan_part(&self, bytes: &[u8], asked: Range<usize>, tell: &mut dyn FnMut(Part)) {
        let rests_on = |at: usize, end: usize| {
            (at.saturating_sub(CONTEXT_BYTES), end.saturating_add(CONTEXT_BYTES).min(bytes.len()))
        };
        self.hits(bytes, asked.clone(), |hit, key| {
            let at = hit.at;
            let Some(key) = key else {
                let Some(one) = self.anchored(bytes, hit) else {
                    let (from, to) = self.might_rest_on(bytes, hit);
                    return tell(Part { at, from, to, found: None });
                };
                let (from, to) = rests_on((one.span.start as usize).min(at), (one.span.end as usize).max(hit.end));
                let kinds = if is_weak(&one) { Kinds::without(&[Purpose::Test, Purpose::Docs]) } else { Kinds::ALL };
                return tell(Part { at, from, to, found: Some((one, kinds)) });
            };
            let mut found = Vec::new();
            let Some(reach) = self.assigned_in_any(bytes, &key, |one, kinds| found.push((one, kinds))) else { return };
            // Whether a line is too long to be written by hand counts too; a line's end nearby says that it is not.
            let ends_near = bytes.get(key.end..reach.min(bytes.len())).is_some_and(|behind| behind.contains(&b'\n'));
            let (before, behind) =
                if ends_near { (NEAR_BYTES.max(LOGIN_BYTES_MAX), 0) } else { (CONTEXT_BYTES, CONTEXT_BYTES) };
            let (from, to) = (key.start.saturating_sub(before), (reach + behind).min(bytes.len()));
            if found.is_empty() {
                tell(Part { at, from, to, found: None });
            }
            for one in found {
                tell(Part { at, from, to, found: Some(one) });
            }
        });
        let mut inner = Vec::new();
        decode::each_within(bytes, asked.clone(), |run| {
            let (from, to) = rests_on(run.span.start as usize, run.span.end as usize);
            let at = run.span.start as usize;
            self.scan_run(&run, 0, &mut inner);
            for one in inner.drain(..) {
                tell(Part { at, from, to, found: Some((one, Kinds::ALL)) });
            }
        });
        if asked.start == 0 && bytes.len() <= WHOLE_FILE_BYTES_MAX {
            let mut found = Vec::new();
            self.scan_by_path(None, bytes, &mut found);
            for one in found {
                tell(Part { at: 0, from: 0, to: bytes.len(), found: Some((one, Kinds::ALL)) });
            }
        }
        if self.has_user_rules() {
            let mut found = Vec::new();
            self.scan_user_rules(None, bytes, &mut found);
            for one in found {
                let at = one.span.start as usize;
                if asked.contains(&at) {
                    tell(Part { at, from: 0, to: bytes.len(), found: Some((one, Kinds::ALL)) });
                }
            }
        }
    }

    /// The first position before `join` whose verdict may rest on the bytes behind it: anchors and keys that
    /// reach it, and the beginnings of encoded runs that do. Anchors, and keys that may be joined to a value,
    /// tell themselves what else they rest on. A user's own rule may look at anything.
    #[must_use]
    pub fn reaching(&self, bytes: &[u8], join: usize) -> usize {
        if self.looks_at_all(bytes) {
            return 0;
        }
        let before = decode::run_before(bytes, join).max(self.longest_anchor()).max(key_reaching(bytes, join));
        join.saturating_sub(before)
    }

    /// One past the last position behind `join` whose verdict may rest on the bytes before it, likewise.
    #[must_use]
    pub fn touched(&self, bytes: &[u8], join: usize) -> usize {
        if self.looks_at_all(bytes) {
            return bytes.len();
        }
        (join + key_touching(bytes, join)).min(bytes.len())
    }

    fn looks_at_all(&self, bytes: &[u8]) -> bool {
        self.has_user_rules() || bytes.len() <= WHOLE_FILE_BYTES_MAX
    }

    /// The bytes that say whether there is a secret at an anchor where there is none.
    fn might_rest_on(&self, bytes: &[u8], hit: Hit) -> (usize, usize) {
        let Some(detector) = self.detectors().get(usize::from(hit.payload)) else { return (hit.at, hit.end) };
        let rest = bytes.get(hit.end..bytes.len().min(hit.end + TOKEN_BYTES_MAX)).unwrap_or(&[]);
        // Other white space only makes the run longer than it need be.
        let run = || memchr::memchr3(b' ', b'\n', b'\t', rest).unwrap_or(rest.len());
        let (before, behind) = match detector.kind {
            Kind::Special(_) if detector.opens_block() => {
                let label = rest.get(..LABEL_BYTES_MAX).unwrap_or(rest);
                let may_open = !hit_is_pem(bytes, hit) || memchr::memmem::find(label, b"PRIVATE KEY").is_some();
                (0, if may_open { MATCH_BYTES_MAX } else { LABEL_BYTES_MAX })
            }
            Kind::Special(_) if detector.yields() => (8, URL_BYTES),
            Kind::Special(_) => (SPECIAL_BEFORE_BYTES, run().max(SPECIAL_BYTES)),
            _ => {
                let near = if detector.near.is_empty() { 0 } else { NEAR_BYTES };
                (detector.before + near + APART_BYTES, run().max(CONTEXT_BYTES) + near + APART_BYTES)
            }
        };
        (hit.at.saturating_sub(before), (hit.end + behind).min(bytes.len()))
    }
}

fn hit_is_pem(bytes: &[u8], hit: Hit) -> bool {
    bytes.get(hit.at..hit.end).is_some_and(|anchor| anchor == b"-----BEGIN ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::secrets::assignment::KEY_WORDS;

    #[test]
    fn every_anchor_is_long_enough_to_be_searched_for() {
        let anchors = crate::secrets::detectors().flat_map(|detector| detector.anchors.iter().copied());
        let words = KEY_WORDS.iter().map(|word| std::str::from_utf8(word).unwrap_or_default());
        let short: Vec<&str> = anchors.chain(words).filter(|anchor| anchor.len() < 4).collect();
        assert!(short.is_empty(), "{short:?}");
    }

    /// Every text that two halves make, looked at after the first half was followed by something else: outside
    /// of what the join disturbs, and of what was told to reach it, nothing changes.
    #[test]
    fn a_join_changes_nothing_but_what_it_disturbs() {
        let engine = Engine::default();
        let filler = "lorem ipsum dolor sit amet\n".repeat(8);
        let lefts = [
            "password",
            "my.password  ",
            "x --api-token ",
            "ENV API_TOKEN",
            "secret_key:",
            "API_TOKEN o",
            "db_password\n  val",
            "key strin",
            "ghp_",
            "-----BEG",
            "cG9zdGdyZXM6Ly91OnA5S2RsMnhA",
            "machine h login joe pass",
            "tok",
        ];
        let rights = [
            "word: 'h7Gk2pQ9zR4t'",
            " = \"h7Gk2pQ9zR4t\"",
            "en h7Gk2pQ9zR4t",
            "r \"h7Gk2pQ9zR4t\"",
            "ue: h7Gk2pQ9zR4t",
            "g = \"h7Gk2pQ9zR4t\"",
            "\n",
            "aC5jb3JwLmlvL2Ri ",
            "password h7Gk2pQ9zR4t",
            "V PASSWORD h7Gk2pQ9zR4t",
            "-password h7Gk2pQ9zR4t",
            "ENV PASSWORD h7Gk2pQ9zR4t",
        ];
        let parts = |bytes: &[u8]| {
            let mut parts: Vec<(usize, usize, usize)> = Vec::new();
            engine.scan_part(bytes, 0..bytes.len(), &mut |part| parts.push((part.at, part.from, part.to)));
            parts.sort_unstable();
            parts
        };
        for left in lefts {
            let head = format!("{filler}{left}");
            let join = head.len();
            let text_with = |right: &str| format!("{head}{right}\n{filler}");
            for (right, other) in rights.iter().flat_map(|right| rights.iter().map(move |other| (right, other))) {
                let (text, other) = (text_with(right), text_with(other));
                let start = engine.reaching(text.as_bytes(), join);
                assert_eq!(start, engine.reaching(other.as_bytes(), join), "rests on the left alone");
                // What reaches over the join is asked again, if it was told.
                let untouched = |text: &str| {
                    let parts = parts(text.as_bytes()).into_iter().filter(|(at, ..)| *at < start);
                    parts.map(|(at, from, to)| (at, from, to.min(join))).collect::<BTreeSet<_>>()
                };
                assert_eq!(untouched(&text), untouched(&other), "{left:?} before {right:?}");
            }
        }
        for right in rights {
            let tail = format!("{right}\n{filler}");
            for (left, other) in lefts.iter().flat_map(|left| lefts.iter().map(move |other| (left, other))) {
                let untouched = |left: &str| {
                    let head = format!("{filler}{left}");
                    let (text, join) = (format!("{head}{tail}"), head.len());
                    let end = engine.touched(text.as_bytes(), join);
                    let parts = parts(text.as_bytes()).into_iter().filter(|(at, ..)| *at >= end);
                    parts.map(|(at, from, _)| (at - join, from.max(join) - join)).collect::<BTreeSet<_>>()
                };
                assert_eq!(untouched(left), untouched(other), "{left:?} and {other:?} before {right:?}");
            }
        }
    }

    /// What is told of positions, without what only guides the sweep.
    fn told(engine: &Engine, bytes: &[u8], asked: Range<usize>) -> Vec<(usize, &'static str, Box<[u8]>, Kinds)> {
        let mut told = Vec::new();
        engine.scan_part(bytes, asked, &mut |part| {
            if let Some((one, kinds)) = part.found {
                told.push((part.at, one.detector.id(), one.value, kinds));
            }
        });
        told.sort();
        told
    }

    #[test]
    fn asking_part_by_part_tells_what_asking_for_all_does() {
        let engine = Engine::default();
        let text = format!(
            "a.password = \"{0}\"\nexport API_TOKEN={1}\npostgres://u:{0}@h.corp.io/db\ndata: {2}\n{3}token: x\n",
            "h7Gk2pQ9zR4t",
            "q8Zr3LkV0pXw7TyBn2Mc6HsJ",
            ["cG9zdGdyZXM6Ly91OnA5", "S2RsMnhAaC5jb3JwLmlvL2Ri"].concat(),
            "tokentokentoken".repeat(9),
        );
        let bytes = text.as_bytes();
        let whole = told(&engine, bytes, 0..bytes.len());
        assert!(whole.len() >= 4, "{whole:?}");
        for step in [1, 2, 7, 64] {
            let mut parts: Vec<_> = (0..bytes.len())
                .step_by(step)
                .flat_map(|start| told(&engine, bytes, start..bytes.len().min(start + step)))
                .collect();
            parts.sort();
            assert_eq!(parts, whole, "in steps of {step}");
        }
    }
}
