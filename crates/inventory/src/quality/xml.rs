//! Numbers in XML that tools write: cobertura, jacoco, JUnit.

use palisade_model::Span;

use super::{Measure, Metric, percent};
use crate::xml::{Tag, tags};

fn number(tag: &Tag<'_>, name: &str) -> Option<f64> {
    tag.get(name)?.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

/// The numbers of cobertura, jacoco and JUnit.
pub(super) fn measures(text: &str) -> Result<Vec<Measure>, (usize, &'static str)> {
    let mut found = Vec::new();
    let (mut failed, mut suites, mut place) = (0.0, 0, Span::default());
    let mut root = "";
    tags(text, |tag| {
        if tag.depth == 0 && root.is_empty() {
            root = tag.name;
        }
        let mut take = |metric, value: Option<f64>| {
            found.extend(value.map(|value| Measure { metric, value, span: tag.span }));
        };
        match (root, tag.name, tag.depth) {
            ("coverage", "coverage", 0) => {
                let lines = match (number(tag, "lines-covered"), number(tag, "lines-valid")) {
                    (Some(covered), Some(valid)) if valid > 0.0 => percent(covered, valid),
                    _ => number(tag, "line-rate").map(|rate| rate * 100.0),
                };
                take(Metric::Lines, lines);
                take(Metric::Branches, number(tag, "branch-rate").filter(|rate| *rate > 0.0).map(|rate| rate * 100.0));
            }
            ("report", "counter", 1) => {
                let (missed, covered) = (number(tag, "missed").unwrap_or(0.0), number(tag, "covered").unwrap_or(0.0));
                match tag.get("type") {
                    Some("LINE") => take(Metric::Lines, percent(covered, missed + covered)),
                    Some("BRANCH") => take(Metric::Branches, percent(covered, missed + covered)),
                    _ => {}
                }
            }
            // A suite counts what is in the suites within it.
            ("testsuites", "testsuite", 1) | ("testsuite", "testsuite", 0) => {
                let here = number(tag, "failures").unwrap_or(0.0) + number(tag, "errors").unwrap_or(0.0);
                if here > 0.0 && failed == 0.0 || suites == 0 {
                    place = tag.span;
                }
                failed += here;
                suites += 1;
            }
            _ => {}
        }
    })?;
    if suites > 0 {
        found.push(Measure { metric: Metric::FailedTests, value: failed, span: place });
    }
    Ok(found)
}
