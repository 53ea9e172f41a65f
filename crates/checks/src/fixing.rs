//! Fixes applied to one file, and each judged by what the scanner says of the result.
//!
//! An edit is a splice of bytes that a check proposed for the bytes it looked at.
//! Rounds of edits that do not touch each other are spliced in, and the file is
//! looked at again; later rounds see what earlier ones wrote, so that two checks
//! that each need a `securityContext` share one. A round stands only when what it
//! claims is gone, nothing else is found instead, the file still parses and every
//! comment line is still there; otherwise it is halved until the faulty edit is
//! alone, and that one is refused with the reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_model::{Edit, Finding};

use crate::{Mark, Scanner};

/// Looks at one file after which fixing it is given up; real files need a few.
const LOOKS_MAX: usize = 200;

/// Marks the findings that an exception covers: those are let be.
pub type Except<'a> = dyn Fn(&mut [Finding], &[Mark]) + 'a;

/// Whether a finding's fix is wanted; asked once for each, with the text that it was found in.
pub type Wanted<'a> = dyn FnMut(&Finding, &[u8]) -> bool + 'a;

/// What fixing did to one file.
#[derive(Clone, Debug)]
pub struct FixedFile {
    /// The file.
    pub path: Arc<str>,
    /// Its bytes when it was looked at.
    pub before: Vec<u8>,
    /// Its bytes with the fixes; the same when none stood.
    pub after: Vec<u8>,
    /// Findings that are gone.
    pub fixed: Vec<Fixed>,
    /// Findings whose fix did not stand.
    pub refused: Vec<Refused>,
}

/// A finding that is gone.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// As it was found; in a later round, in the text of that round.
    pub finding: Finding,
    /// Where its first edit stands in the new text, as a byte offset.
    pub at: usize,
}

/// A finding whose fix did not stand.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The finding.
    pub finding: Finding,
    /// What the result would have been.
    pub reason: String,
}

/// How often each check found something, whether the file parses, and its comment lines.
struct State {
    findings: Vec<Finding>,
    counts: BTreeMap<&'static str, usize>,
    whole: bool,
    comments: BTreeMap<Vec<u8>, usize>,
}

impl Scanner {
    /// Applies the wanted fixes of one file.
    #[must_use]
    pub fn fix(&self, path: &str, bytes: &[u8], except: &Except<'_>, wanted: &mut Wanted<'_>) -> FixedFile {
        let mut file = FixedFile {
            path: path.into(),
            before: bytes.to_vec(),
            after: bytes.to_vec(),
            fixed: Vec::new(),
            refused: Vec::new(),
        };
        let mut answers: BTreeMap<String, bool> = BTreeMap::new();
        let mut state = self.state(path, bytes, except);
        let mut round_max = usize::MAX;
        for _ in 0..LOOKS_MAX {
            let batch: Vec<Finding> = {
                let open = state.findings.iter().filter(|finding| finding.exception.is_none());
                let asked = open.filter(|finding| {
                    let refused = file.refused.iter().any(|refused| name(&refused.finding) == name(finding));
                    let answer = || wanted(finding, &file.after);
                    finding.fix.is_some() && !refused && *answers.entry(name(finding)).or_insert_with(answer)
                });
                apart(asked, &file.after).into_iter().take(round_max).cloned().collect()
            };
            if batch.is_empty() {
                break;
            }
            let (text, places) = splice(&file.after, &batch);
            let next = self.state(path, &text, except);
            match (objection(&state, &next, &batch), batch.as_slice()) {
                (None, _) => {
                    file.settle(text, batch, &places);
                    // What did not stand before may stand in the new text, now rather than in the next run.
                    file.refused.clear();
                    (state, round_max) = (next, usize::MAX);
                }
                (Some(reason), [one]) => {
                    file.refused.push(Refused { finding: one.clone(), reason });
                    round_max = usize::MAX;
                }
                (Some(_), many) => round_max = many.len() / 2,
            }
        }
        file
    }

    fn state(&self, path: &str, bytes: &[u8], except: &Except<'_>) -> State {
        let mut report = self.look(path, bytes);
        except(&mut report.findings, &report.marks);
        let mut counts = BTreeMap::new();
        for finding in &report.findings {
            *counts.entry(finding.check.id).or_default() += 1;
        }
        let mut comments = BTreeMap::new();
        for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.starts_with(b"#")) {
            *comments.entry(line.to_vec()).or_default() += 1;
        }
        State { whole: report.coverage.parsed == 1, findings: report.findings, counts, comments }
    }
}

/// What tells a finding from others through rounds, in which places and contents shift.
fn name(finding: &Finding) -> String {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.replacement.as_str());
    let edits: String = edits.collect();
    format!("{}\n{}\n{}\n{edits}", finding.check.id, finding.location.structure, finding.message)
}

/// The findings whose edits neither touch each other nor reach outside of this file's text.
fn apart<'f>(findings: impl Iterator<Item = &'f Finding>, text: &[u8]) -> Vec<&'f Finding> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut out = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let fits = |edit: &Edit| edit.path.is_none() && edit.span.end as usize <= text.len();
        let free = |edit: &Edit| {
            taken.iter().all(|other| edit.span.end < other.span.start || other.span.end < edit.span.start)
        };
        if !fix.edits.is_empty() && fix.edits.iter().all(|edit| fits(edit) && free(edit)) {
            taken.extend(&fix.edits);
            out.push(finding);
        }
    }
    out
}

/// The text with all edits, and where the first edit of each finding stands in it.
fn splice(text: &[u8], batch: &[Finding]) -> (Vec<u8>, Vec<usize>) {
    let mut edits: Vec<(usize, &Edit)> = Vec::new();
    for (at, finding) in batch.iter().enumerate() {
        edits.extend(finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| (at, edit)));
    }
    edits.sort_by_key(|(_, edit)| edit.span);
    let mut out = Vec::with_capacity(text.len() + edits.len() * 64);
    let mut places = vec![usize::MAX; batch.len()];
    let mut from = 0;
    for (finding, edit) in edits {
        out.extend_from_slice(text.get(from..edit.span.start as usize).unwrap_or_default());
        if let Some(place) = places.get_mut(finding) {
            *place = (*place).min(out.len());
        }
        out.extend_from_slice(edit.replacement.as_bytes());
        from = edit.span.end as usize;
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    (out, places)
}

/// Why a round does not stand.
fn objection(before: &State, after: &State, batch: &[Finding]) -> Option<String> {
    if before.whole && !after.whole {
        return Some("the file would not parse any more".to_owned());
    }
    if before.comments.iter().any(|(line, count)| after.comments.get(line).copied().unwrap_or(0) < *count) {
        return Some("a comment line would be lost".to_owned());
    }
    let mut claimed: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in batch {
        *claimed.entry(finding.check.id).or_default() += 1;
    }
    let count = |state: &State, id: &str| state.counts.get(id).copied().unwrap_or(0);
    let stays = claimed.iter().find(|(id, claimed)| count(after, id) + **claimed > count(before, id));
    if let Some((id, _)) = stays {
        return Some(format!("{id} would still be found"));
    }
    let brought = after.counts.keys().find(|id| count(after, id) > count(before, id));
    brought.map(|id| format!("{id} would be found instead"))
}

impl FixedFile {
    /// Takes a round over.
    fn settle(&mut self, text: Vec<u8>, batch: Vec<Finding>, places: &[usize]) {
        for fixed in &mut self.fixed {
            fixed.at = moved(fixed.at, &batch);
        }
        self.fixed.extend(batch.into_iter().zip(places).map(|(finding, at)| Fixed { finding, at: *at }));
        self.after = text;
    }
}

/// Where a byte of the old text stands after a round.
fn moved(at: usize, batch: &[Finding]) -> usize {
    let edits = batch.iter().flat_map(|finding| &finding.fix).flat_map(|fix| &fix.edits);
    let before = edits.filter(|edit| edit.span.end as usize <= at);
    let (gone, come) = before.fold((0, 0), |(gone, come), edit| {
        (gone + (edit.span.end - edit.span.start) as usize, come + edit.replacement.len())
    });
    at + come - gone.min(at + come)
}
