//! Start tags and their attributes in XML that tools write: no entities, no includes, nothing is fetched.

use palisade_model::Span;

use super::{Measure, Metric, percent};

/// More tags are no report.
const TAGS_MAX: usize = 5_000_000;

struct Tag<'t> {
    name: &'t str,
    span: Span,
    depth: usize,
    inside: &'t str,
}

impl<'t> Tag<'t> {
    /// An attribute's value as written.
    fn get(&self, wanted: &str) -> Option<&'t str> {
        let mut rest = self.inside;
        while let Some((name, tail)) = rest.split_once('=') {
            let tail = tail.trim_start();
            let quote = tail.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (value, after) = tail.get(1..)?.split_once(quote)?;
            if name.trim() == wanted {
                return Some(value);
            }
            rest = after;
        }
        None
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
    }
}

/// Calls `see` with each start tag, until the end.
fn tags<'t>(text: &'t str, mut see: impl FnMut(&Tag<'t>)) -> Result<(), (usize, &'static str)> {
    let (mut at, mut depth, mut count) = (0, 0_usize, 0);
    while let Some(open) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or(&[])) {
        let start = at + open;
        let rest = text.get(start..).unwrap_or("");
        let until = |end: &str| rest.find(end).map(|found| start + found + end.len());
        let passed_over = if rest.starts_with("<!--") {
            Some(until("-->"))
        } else if rest.starts_with("<![CDATA[") {
            Some(until("]]>"))
        } else if rest.starts_with("<?") {
            Some(until("?>"))
        } else if rest.starts_with("<!DOCTYPE")
            && rest.get(..1024).unwrap_or(rest).split('>').next().is_some_and(|head| head.contains('['))
        {
            return Err((start, "XML that declares entities of its own is not read"));
        } else if rest.starts_with("<!") {
            Some(until(">"))
        } else {
            None
        };
        if let Some(end) = passed_over {
            at = end.ok_or((start, "XML that ends in the middle"))?;
            continue;
        }
        count += 1;
        if count > TAGS_MAX {
            return Err((start, "too many tags"));
        }
        let end = end_of_tag(rest).ok_or((start, "XML that ends in the middle"))?;
        at = start + end;
        let inner = rest.get(1..end.saturating_sub(1)).unwrap_or("");
        if inner.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let inner_plain = inner.strip_suffix('/').unwrap_or(inner);
        let length = inner_plain.find(|c: char| c.is_whitespace()).unwrap_or(inner_plain.len());
        let (name, inside) = inner_plain.split_at(length);
        see(&Tag { name, span: Span::new(start, start + 1 + name.len()), depth, inside });
        if !inner.ends_with('/') {
            depth += 1;
        }
    }
    Ok(())
}

/// After the `>` that ends a tag, not one in a value.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    None
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
                let lines = match (tag.number("lines-covered"), tag.number("lines-valid")) {
                    (Some(covered), Some(valid)) if valid > 0.0 => percent(covered, valid),
                    _ => tag.number("line-rate").map(|rate| rate * 100.0),
                };
                take(Metric::Lines, lines);
                take(Metric::Branches, tag.number("branch-rate").filter(|rate| *rate > 0.0).map(|rate| rate * 100.0));
            }
            ("report", "counter", 1) => {
                let (missed, covered) = (tag.number("missed").unwrap_or(0.0), tag.number("covered").unwrap_or(0.0));
                match tag.get("type") {
                    Some("LINE") => take(Metric::Lines, percent(covered, missed + covered)),
                    Some("BRANCH") => take(Metric::Branches, percent(covered, missed + covered)),
                    _ => {}
                }
            }
            // A suite counts what is in the suites within it.
            ("testsuites", "testsuite", 1) | ("testsuite", "testsuite", 0) => {
                let here = tag.number("failures").unwrap_or(0.0) + tag.number("errors").unwrap_or(0.0);
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
