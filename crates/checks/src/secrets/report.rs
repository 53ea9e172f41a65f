//! Matches become findings: one for each secret value of a file, redacted, with the other places beside it.

use std::collections::HashMap;

use palisade_model::{Digest, Finding, Span};

use super::{Identity, Match, preview};
use crate::Report;

/// Other places of one value that a finding lists.
const ALSO_MAX: usize = 20;

/// The spans that no excerpt may show.
pub(crate) fn masks(matches: &[Match]) -> Vec<Span> {
    matches.iter().map(|one| one.span).collect()
}

/// The spans of secrets that are reported here and nowhere else.
pub(crate) fn firm(matches: &[Match]) -> Vec<Span> {
    matches.iter().filter(|one| !one.detector.yields()).map(|one| one.span).collect()
}

/// The findings of one file.
pub(crate) fn report<'m>(
    matches: impl Iterator<Item = &'m Match>,
    identity: &Identity,
    mut report: Report<'_>,
) -> Vec<Finding> {
    let mut groups: Vec<(&Match, Digest, Vec<Span>)> = Vec::new();
    let mut by_value: HashMap<(&str, Digest), usize> = HashMap::new();
    for one in matches {
        let hash = identity.of(&one.value);
        match by_value.get(&(one.detector.id(), hash)).and_then(|group| groups.get_mut(*group)) {
            Some((_, _, also)) => also.push(one.span),
            None => {
                by_value.insert((one.detector.id(), hash), groups.len());
                groups.push((one, hash, Vec::new()));
            }
        }
    }
    for (one, hash, also) in groups {
        report.switch(&one.detector.check.meta);
        let places: Vec<_> = also.iter().take(ALSO_MAX).map(|span| report.locate(*span)).collect();
        let draft = report.finding(one.span, message(one));
        draft.severity(one.severity).confidence(one.confidence).secret(hash);
        for place in places {
            draft.also(place, "the same value again");
        }
    }
    report.finish()
}

fn message(one: &Match) -> String {
    let detector = one.detector;
    let encoded = one.encoding.map_or(String::new(), |encoding| format!(", {} here", encoding.name()));
    let note = one.note.map_or(String::new(), |note| format!(" ({note})"));
    let value = preview(detector.anchors, &one.value);
    format!(
        "{}: {value}{encoded}{note}; {}, then take it out: it stays in the history",
        detector.check.meta.title, detector.advice
    )
}
