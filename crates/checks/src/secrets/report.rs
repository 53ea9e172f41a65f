//! Matches become findings: one for each secret value of a file, redacted, with the other places beside it.

use std::collections::HashMap;

use palisade_model::{Digest, Finding, Fingerprint, Related, Span};

use super::{Identity, Match, preview, reference};
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
    let mut groups: Vec<(&Match, Digest, Vec<&Match>)> = Vec::new();
    let mut by_value: HashMap<(&str, Digest), usize> = HashMap::new();
    for one in matches {
        let hash = identity.of(&one.value);
        match by_value.get(&(one.detector.id(), hash)).and_then(|group| groups.get_mut(*group)) {
            Some((_, _, also)) => also.push(one),
            None => {
                by_value.insert((one.detector.id(), hash), groups.len());
                groups.push((one, hash, Vec::new()));
            }
        }
    }
    for (one, hash, also) in groups {
        report.switch(&one.detector.check.meta);
        let places: Vec<_> = also.iter().take(ALSO_MAX).map(|other| report.locate(other.span)).collect();
        let everywhere: Vec<&Match> = std::iter::once(one).chain(also).collect();
        let fix = reference::fix(report.path(), report.text().as_bytes(), &everywhere);
        let draft = report.finding(one.span, message(one));
        draft.severity(one.severity).confidence(one.confidence).secret(hash).maybe_fix(fix);
        for place in places {
            draft.also(place, "the same value again");
        }
    }
    report.finish()
}

/// Leaves one finding for each secret of the target: the first place, with the others beside it.
pub(crate) fn merge(findings: &mut Vec<Finding>) {
    let mut first: HashMap<Fingerprint, usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        if finding.check.family() != "secrets" {
            kept.push(finding);
            continue;
        }
        match first.get(&finding.fingerprint).and_then(|at| kept.get_mut(*at)) {
            Some(earlier) => {
                // What one file cannot do without the value, no file does; and one value has one name.
                let title = |finding: &Finding| finding.fix.as_ref().map(|fix| fix.title.clone());
                if title(&finding) != title(earlier) {
                    earlier.fix = None;
                }
                let here = Related { location: finding.location, message: "the same value again".to_owned() };
                // Every file is kept: an exception by path must cover all of them.
                earlier.also.push(here);
                earlier.also.extend(finding.also);
            }
            None => {
                first.insert(finding.fingerprint, kept.len());
                kept.push(finding);
            }
        }
    }
    *findings = kept;
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

#[cfg(test)]
mod tests {
    use crate::{Scanner, Selection, Settings};

    const TOKEN: &str = concat!("sk_live", "_OWsWZACAvBEGAg7u8D2QXcLP");

    /// Whether the one finding of two files that hold the same secret has a fix.
    fn mended(first: &str, second: &str) -> bool {
        let scanner = Scanner::new(Settings::default(), &Selection::default());
        let file = |path: &str, text: &str| (path.to_owned(), text.replace("TOKEN", TOKEN).into_bytes());
        let scan = scanner.scan_files(&[file("a.js", first), file("b.js", second)]);
        let mut found = scan.findings.iter().filter(|finding| finding.check.family() == "secrets");
        found.next().is_some_and(|finding| finding.fix.is_some()) && found.next().is_none()
    }

    #[test]
    fn one_value_has_one_name_in_all_files() {
        assert!(mended("payKey = 'TOKEN';\n", "payKey = 'TOKEN';\n"));
        assert!(!mended("payKey = 'TOKEN';\n", "otherKey = 'TOKEN';\n"));
        assert!(!mended("payKey = 'TOKEN';\n", "use(`x TOKEN`);\n"));
    }
}
