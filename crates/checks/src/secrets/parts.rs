//! The engine over parts of a blob, for scans that carry over what they know about the rest.
//!
//! What is found at a position is told together with the bytes it rests on. Overlaps are not settled here:
//! that needs all matches of a blob, and is done by [`Engine::settle`].

use std::ops::Range;

use super::decode;
use super::detector::Kind;
use super::engine::{CONTEXT_BYTES, Engine, MATCH_BYTES_MAX, Match};
use super::file_kind::FileKind;

/// What stands at a position.
#[derive(Clone, Debug)]
pub struct Part {
    /// The position: an anchor or the start of an encoded run.
    pub at: usize,
    /// First byte the verdict rests on.
    pub from: usize,
    /// One past the last byte the verdict rests on.
    pub to: usize,
    /// The match; nothing when there is none but bytes between `from` and `to` may yet make one.
    pub found: Option<Match>,
}

impl Engine {
    /// Tells what stands at the positions `asked` of `bytes`. Asking part by part tells what asking for all does.
    pub fn scan_part(&self, path: &str, bytes: &[u8], asked: Range<usize>, tell: &mut dyn FnMut(Part)) {
        let kind = FileKind::of(path);
        let rests_on = |at: usize, end: usize| {
            (at.saturating_sub(CONTEXT_BYTES), end.saturating_add(CONTEXT_BYTES).min(bytes.len()))
        };
        self.plain_within(Some(kind), bytes, asked.clone(), |hit, found| {
            let detector = self.detectors().get(usize::from(hit.payload));
            let looks_far = detector.is_some_and(|detector| {
                matches!(detector.kind, Kind::Special(_)) && detector.anchors.iter().any(|anchor| opens_block(anchor))
            });
            let (start, end) = match &found {
                Some(one) => ((one.span.start as usize).min(hit.at), (one.span.end as usize).max(hit.end)),
                None if looks_far => (hit.at, hit.at + MATCH_BYTES_MAX),
                None => return,
            };
            let (from, to) = rests_on(start, end);
            tell(Part { at: hit.at, from, to, found });
        });
        let mut inner = Vec::new();
        decode::each_within(bytes, asked.clone(), |run| {
            let (from, to) = rests_on(run.span.start as usize, run.span.end as usize);
            let at = run.span.start as usize;
            self.scan_run(&run, 0, &mut inner);
            for one in inner.drain(..) {
                tell(Part { at, from, to, found: Some(one) });
            }
        });
        if self.has_user_rules() {
            let mut found = Vec::new();
            self.scan_user_rules(path, bytes, &mut found);
            for one in found {
                let at = one.span.start as usize;
                if asked.contains(&at) {
                    tell(Part { at, from: 0, to: bytes.len(), found: Some(one) });
                }
            }
        }
    }

    /// The positions whose verdict may rest on the bytes on either side of `join`: those near it, and the
    /// beginnings of long runs without white space that reach it. Blocks of keys tell their reach themselves.
    /// A user's own rule may look at anything.
    #[must_use]
    pub fn disturbed(&self, bytes: &[u8], join: usize) -> Range<usize> {
        if self.has_user_rules() {
            return 0..bytes.len();
        }
        let blank = |byte: &&u8| !byte.is_ascii_whitespace();
        let left = bytes.get(join.saturating_sub(MATCH_BYTES_MAX)..join).unwrap_or(&[]);
        let run = left.iter().rev().take_while(blank).count();
        let start = join.saturating_sub(run.max(CONTEXT_BYTES) + CONTEXT_BYTES);
        start..join.saturating_add(2 * CONTEXT_BYTES).min(bytes.len())
    }
}

/// Whether an anchor opens a block that ends far behind it.
fn opens_block(anchor: &str) -> bool {
    anchor.starts_with("-----BEGIN") || anchor.starts_with("PuTTY-User-Key-File")
}
