//! Fixes applied to files, and each judged by what the scanner says of the result.
//!
//! An edit is a splice of bytes that a check proposed for the bytes it looked at.
//! Rounds of edits that do not touch each other are spliced in, and the files are
//! looked at again, each alone or, for checks across files, all together; later rounds see what earlier ones wrote, so that two checks
//! that each need a `securityContext` share one. A round stands only when what it
//! claims is gone, nothing else is found instead, the files still parse and every
//! comment line is still there; otherwise it is halved until the faulty edit is
//! alone, and that one is refused with the reason.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_model::{Edit, Finding};

use crate::{FileReport, Host, Mark, Renderer, Scanner};

/// Looks at the files after which fixing them is given up; real ones need a few.
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

/// What the scanner says of the files as they are now.
struct State {
    findings: Vec<Finding>,
    /// How often each check found something.
    counts: BTreeMap<&'static str, usize>,
    /// Files that parse.
    parsed: usize,
    /// Comment lines of each file, and how often they stand there.
    comments: BTreeMap<(usize, Vec<u8>), usize>,
}

/// What the files give when they are looked at: findings, comments that name exceptions, and how many parse.
type Seen = (Vec<Finding>, Vec<Mark>, usize);

impl Scanner {
    /// Applies the wanted fixes of one file.
    #[must_use]
    pub fn fix(&self, path: &str, bytes: &[u8], except: &Except<'_>, wanted: &mut Wanted<'_>) -> FixedFile {
        let look = |files: &[FixedFile]| {
            let reports = files.iter().map(|file| self.look(&file.path, &file.after));
            reports.fold((Vec::new(), Vec::new(), 0), |mut seen: Seen, report| {
                seen.0.extend(report.findings);
                seen.1.extend(report.marks);
                seen.2 += report.coverage.parsed;
                seen
            })
        };
        let mut file = FixedFile::unchanged(path.into(), bytes.to_vec());
        fix_files(std::slice::from_mut(&mut file), &look, except, wanted);
        file
    }

    /// Applies the wanted fixes of files that are judged together, on top of what was fixed in each alone. Charts
    /// among them are rendered with their edits; the host gives the other files of the target.
    #[must_use]
    pub fn fix_together(
        &self,
        mut files: Vec<FixedFile>,
        host: Host<'_>,
        except: &Except<'_>,
        wanted: &mut Wanted<'_>,
    ) -> Vec<FixedFile> {
        // Of many files few change in a round: what the others gave holds.
        let seen: RefCell<Vec<Option<(Vec<u8>, FileReport)>>> = RefCell::new(vec![None; files.len()]);
        let look = |files: &[FixedFile]| {
            let report = |(file, kept): (&FixedFile, &mut Option<(Vec<u8>, FileReport)>)| match kept {
                Some((text, report)) if *text == file.after => report.clone(),
                _ => {
                    let report = self.look(&file.path, &file.after);
                    *kept = Some((file.after.clone(), report.clone()));
                    report
                }
            };
            let reports = files.iter().zip(seen.borrow_mut().iter_mut()).map(report).collect();
            let now = |path: &str| match files.iter().find(|file| *file.path == *path) {
                Some(file) => Some(file.after.clone()),
                None => (host.read)(path),
            };
            let edited = host.renderer.map(|renderer| Edited { renderer, files });
            let renderer = edited.as_ref().map(|edited| edited as &dyn Renderer);
            let scan = self.finish(reports, Host { read: &now, renderer, whole: host.whole });
            (scan.findings, scan.marks, scan.coverage.parsed)
        };
        fix_files(&mut files, &look, except, wanted);
        files
    }
}

/// The file that a finding's edits are of: its own, or one that it came from.
fn home(finding: &Finding) -> &Arc<str> {
    let elsewhere = finding.fix.as_ref().and_then(|fix| fix.edits.first()).and_then(|edit| edit.path.as_ref());
    elsewhere.unwrap_or(&finding.location.path)
}

/// A renderer that sees what was edited.
struct Edited<'e> {
    renderer: &'e dyn Renderer,
    files: &'e [FixedFile],
}

impl Renderer for Edited<'_> {
    fn chart(&self, folder: &str) -> Result<String, String> {
        let changed = self.files.iter().filter(|file| file.before != file.after);
        let changed: Vec<(&str, &[u8])> = changed.map(|file| (&*file.path, file.after.as_slice())).collect();
        if changed.is_empty() { self.renderer.chart(folder) } else { self.renderer.chart_with(folder, &changed) }
    }

    fn chart_with(&self, folder: &str, changed: &[(&str, &[u8])]) -> Result<String, String> {
        self.renderer.chart_with(folder, changed)
    }

    fn kustomization(&self, folder: &str) -> Result<String, String> {
        self.renderer.kustomization(folder)
    }
}

/// Fixes files in rounds. All of a round's edits stand, or it is halved.
fn fix_files(
    files: &mut [FixedFile],
    look: &dyn Fn(&[FixedFile]) -> Seen,
    except: &Except<'_>,
    wanted: &mut Wanted<'_>,
) {
    let mut answers: BTreeMap<String, bool> = BTreeMap::new();
    let mut refused: Vec<Refused> = Vec::new();
    let mut state = State::of(files, look, except);
    let mut round_max = usize::MAX;
    for _ in 0..LOOKS_MAX {
        let batch: Vec<Finding> = {
            let open = state.findings.iter().filter(|finding| finding.exception.is_none() && finding.fix.is_some());
            let asked = open.filter(|finding| {
                let Some(file) = files.iter().find(|file| file.path == *home(finding)) else { return false };
                let is_refused = refused.iter().any(|refused| name(&refused.finding) == name(finding));
                let answer = || wanted(finding, &file.after);
                !is_refused && *answers.entry(name(finding)).or_insert_with(answer)
            });
            apart(asked, files).into_iter().take(round_max).cloned().collect()
        };
        if batch.is_empty() {
            break;
        }
        let before: Vec<FixedFile> = files.to_vec();
        files.iter_mut().for_each(|file| file.apply(&batch));
        let next = State::of(files, look, except);
        let Some(reason) = objection(&state, &next, &batch) else {
            // What did not stand before may stand in the new text, now rather than in the next run.
            refused.clear();
            (state, round_max) = (next, usize::MAX);
            continue;
        };
        files.clone_from_slice(&before);
        if let [one] = batch.as_slice() {
            refused.push(Refused { finding: one.clone(), reason });
            round_max = usize::MAX;
        } else {
            round_max = batch.len() / 2;
        }
    }
    for one in refused {
        if let Some(file) = files.iter_mut().find(|file| file.path == *home(&one.finding)) {
            file.refused.push(one);
        }
    }
}

impl State {
    fn of(files: &[FixedFile], look: &dyn Fn(&[FixedFile]) -> Seen, except: &Except<'_>) -> State {
        let (mut findings, marks, parsed) = look(files);
        except(&mut findings, &marks);
        let mut counts = BTreeMap::new();
        for finding in &findings {
            *counts.entry(finding.check.id).or_default() += 1;
        }
        let mut comments = BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            let lines = file.after.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
            for line in lines.filter(|line| line.starts_with(b"#") || line.starts_with(b"//")) {
                *comments.entry((number, line.to_vec())).or_default() += 1;
            }
        }
        State { findings, counts, parsed, comments }
    }
}

/// What tells a finding from others through rounds, in which places and contents shift.
fn name(finding: &Finding) -> String {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.replacement.as_str());
    let edits: String = edits.collect();
    let place = &finding.location;
    format!("{}\n{}\n{}\n{}\n{edits}", finding.check.id, place.path, place.structure, finding.message)
}

/// The findings whose edits neither touch each other nor reach outside of their file's text.
fn apart<'f>(findings: impl Iterator<Item = &'f Finding>, files: &[FixedFile]) -> Vec<&'f Finding> {
    let mut taken: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    let mut out = Vec::new();
    for finding in findings {
        let path = &**home(finding);
        let (Some(fix), Some(file)) = (&finding.fix, files.iter().find(|file| *file.path == *path)) else { continue };
        let taken = taken.entry(path).or_default();
        let own = |edit: &Edit| edit.path.as_ref().unwrap_or(&finding.location.path) == home(finding);
        let fits = |edit: &Edit| own(edit) && edit.span.end as usize <= file.after.len();
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
fn splice(text: &[u8], batch: &[&Finding]) -> (Vec<u8>, Vec<usize>) {
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
    if after.parsed < before.parsed {
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
    /// A file that nothing was done to yet.
    #[must_use]
    pub fn unchanged(path: Arc<str>, bytes: Vec<u8>) -> Self {
        Self { path, after: bytes.clone(), before: bytes, fixed: Vec::new(), refused: Vec::new() }
    }

    /// Takes over what a round has for this file.
    fn apply(&mut self, batch: &[Finding]) {
        let own: Vec<&Finding> = batch.iter().filter(|finding| *home(finding) == self.path).collect();
        if own.is_empty() {
            return;
        }
        let (text, places) = splice(&self.after, &own);
        for fixed in &mut self.fixed {
            fixed.at = moved(fixed.at, &own);
        }
        self.fixed.extend(own.into_iter().zip(places).map(|(finding, at)| Fixed { finding: finding.clone(), at }));
        self.after = text;
    }
}

/// Where a byte of the old text stands after a round.
fn moved(at: usize, batch: &[&Finding]) -> usize {
    let edits = batch.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
    let before = edits.filter(|edit| edit.span.end as usize <= at);
    let (gone, come) = before.fold((0, 0), |(gone, come), edit| {
        (gone + (edit.span.end - edit.span.start) as usize, come + edit.replacement.len())
    });
    at + come - gone.min(at + come)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use palisade_inventory::{Flat, Subject};
    use palisade_model::{Fix, Span};

    use super::*;
    use crate::{Report, Settings};

    /// A line `bad REST` is found, and mended by `REST`; a line `worse` is found, and one that is `!` cannot be read.
    fn look(files: &[FixedFile]) -> Seen {
        let settings = Settings::default();
        let mut seen: Seen = (Vec::new(), Vec::new(), 0);
        for file in files {
            let text = std::str::from_utf8(&file.after).unwrap();
            let subject = Subject::new(Arc::clone(&file.path), &file.after, &Flat, &[]);
            let mut report = Report::new(&settings, Some(&subject), &crate::find("ci/unpinned-action").unwrap().meta);
            let mut at = 0;
            for line in text.lines() {
                let span = Span::new(at, at + line.len());
                at += line.len() + 1;
                if let Some(rest) = line.strip_prefix("bad ") {
                    report.finding(span, rest).fix(Fix::safe("mend it", span, rest));
                } else if line == "worse" {
                    report.switch(&crate::find("ci/unpinned-image").unwrap().meta);
                    report.finding(span, "worse");
                    report.switch(&crate::find("ci/unpinned-action").unwrap().meta);
                }
            }
            seen.0.extend(report.finish());
            seen.2 += usize::from(!text.lines().any(|line| line == "!"));
        }
        seen
    }

    fn fixed(text: &str) -> (String, Vec<String>) {
        let mut file = FixedFile::unchanged("a".into(), text.as_bytes().to_vec());
        fix_files(std::slice::from_mut(&mut file), &look, &|_, _| {}, &mut |_, _| true);
        let reasons = file.refused.iter().map(|refused| refused.reason.clone()).collect();
        (String::from_utf8(file.after).unwrap(), reasons)
    }

    #[test]
    fn a_fix_that_does_not_hold_is_taken_back_alone() {
        for (faulty, reason) in [
            ("bad !", "the file would not parse any more"),
            ("bad worse", "ci/unpinned-image would be found instead"),
            ("bad bad x", "ci/unpinned-action would still be found"),
        ] {
            let (after, reasons) = fixed(&format!("bad one\n{faulty}\nbad two\n"));
            assert_eq!(after, format!("one\n{faulty}\ntwo\n"));
            assert!(reasons.iter().any(|told| told == reason), "{reasons:?}");
        }
        assert_eq!(fixed("bad one\n"), ("one\n".to_owned(), Vec::new()));
    }
}
