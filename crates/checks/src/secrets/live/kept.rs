//! The values of a scan's secrets, in memory only, and only when the user wants them verified.

use std::collections::HashMap;
use std::sync::Mutex;

use palisade_model::{Fingerprint, Span};
use regex::bytes::Regex;

use super::super::Match;
use super::rows;

/// Other halves of a pair that are tried; a file with more is a list, not a configuration.
const PARTNERS_MAX: usize = 4;
/// How far from a secret text is searched for the other half of its pair.
const PARTNER_BYTES_MAX: usize = 4 << 10;

/// The secrets of a scan.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<Fingerprint, Candidate>>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept(..)")
    }
}

/// A secret with what stands beside it.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// Its check, without the family.
    pub(super) id: &'static str,
    /// Itself.
    pub(super) value: Box<[u8]>,
    /// Values of other kinds near it, the nearest first.
    pub(super) partners: Vec<Partner>,
}

/// A value that may belong to another.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Partner {
    /// Its check, without the family; empty for one found by its shape.
    pub(super) id: &'static str,
    /// Itself.
    pub(super) value: Box<[u8]>,
}

impl Kept {
    /// Keeps a secret of a file.
    pub(crate) fn keep(&self, fingerprint: Fingerprint, one: &Match, all: &[Match], bytes: &[u8]) {
        let id = short(one.detector.id());
        let partners = match rows::of(id, &one.value) {
            Some(probe) => partners(probe.partner(), one, all, bytes),
            None if id == super::jwt::CHECK => Vec::new(),
            None => return,
        };
        let Ok(mut kept) = self.0.lock() else { return };
        let candidate =
            kept.entry(fingerprint).or_insert_with(|| Candidate { id, value: one.value.clone(), partners: Vec::new() });
        for partner in partners {
            let alike = candidate.partners.iter().filter(|known| known.id == partner.id).count();
            if alike < PARTNERS_MAX && !candidate.partners.contains(&partner) {
                candidate.partners.push(partner);
            }
        }
    }

    pub(super) fn get(&self, fingerprint: Fingerprint) -> Option<Candidate> {
        self.0.lock().ok()?.get(&fingerprint).cloned()
    }
}

fn short(id: &'static str) -> &'static str {
    id.strip_prefix("secrets/").unwrap_or(id)
}

/// Where the other half of a pair is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seek {
    /// There is none.
    Nothing,
    /// Secrets of these checks in the same file.
    Checks(&'static [&'static str]),
    /// Text of this shape near it.
    Shape(&'static str),
}

fn partners(seek: Seek, one: &Match, all: &[Match], bytes: &[u8]) -> Vec<Partner> {
    let far = |span: Span| span.start.abs_diff(one.span.start);
    match seek {
        Seek::Nothing => Vec::new(),
        Seek::Checks(ids) => {
            let mut near: Vec<&Match> = all.iter().filter(|other| ids.contains(&short(other.detector.id()))).collect();
            near.sort_by_key(|other| far(other.span));
            near.iter().map(|other| Partner { id: short(other.detector.id()), value: other.value.clone() }).collect()
        }
        Seek::Shape(shape) => {
            // Compiled for each secret that needs it: these are few.
            let Ok(shape) = Regex::new(shape) else { return Vec::new() };
            let (start, end) = (one.span.start as usize, one.span.end as usize);
            let from = start.saturating_sub(PARTNER_BYTES_MAX);
            let window = bytes.get(from..bytes.len().min(end.saturating_add(PARTNER_BYTES_MAX))).unwrap_or(&[]);
            let mut near: Vec<_> = shape.find_iter(window).collect();
            near.sort_by_key(|found| (from + found.start()).abs_diff(start));
            near.iter().map(|found| Partner { id: "", value: found.as_bytes().into() }).collect()
        }
    }
}
