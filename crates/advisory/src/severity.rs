//! How bad a fault is, and what inside of a package it is in, from what databases write.

use std::str::FromStr as _;

use cvss::Cvss;

use crate::osv::{Advisory, Affected, Score};

/// The kind of a score that is a number already, as an index keeps it.
pub(crate) const KEPT_SCORE: &str = "CVSS_SCORE";

/// The base score of a vector of CVSS 3 or 4.
pub(crate) fn score(score: &Score) -> Option<f32> {
    if score.kind == KEPT_SCORE {
        return score.score.parse().ok().filter(|score| (0.0..=10.0).contains(score));
    }
    let vector = Cvss::from_str(score.score.trim()).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "0.0 to 10.0 in tenths")]
    Some(vector.score() as f32)
}

/// The word of a database, in small letters.
pub(crate) fn word<'a>(advisory: &'a Advisory, affected: &'a Affected) -> &'a str {
    let places = [
        &affected.ecosystem_specific.severity,
        &affected.database_specific.severity,
        &advisory.database_specific.severity,
    ];
    let said = places.into_iter().map(String::as_str).chain(
        affected
            .severity
            .iter()
            .chain(&advisory.severity)
            .filter(|one| !one.kind.starts_with("CVSS"))
            .map(|one| one.score.as_str()),
    );
    // Red Hat's notices, and those of who builds the same, begin with it: `Important: bind security update`.
    let first = advisory.summary.split_once(": ").map(|(first, _)| first);
    let known = ["critical", "high", "important", "moderate", "medium", "low", "negligible"];
    said.chain(first)
        .filter_map(|word| known.into_iter().find(|known| word.eq_ignore_ascii_case(known)))
        .map(|word| match word {
            "medium" => "moderate",
            "important" => "high",
            word => word,
        })
        .next()
        .unwrap_or("")
}

/// Functions or packages inside of a package that are at fault, as RustSec and Go name them.
pub(crate) fn functions(affected: &Affected) -> Vec<&str> {
    let lists = [
        &affected.ecosystem_specific.affected_functions,
        &affected.database_specific.affected_functions,
        &affected.ecosystem_specific.affects,
        &affected.ecosystem_specific.imports,
    ];
    lists.into_iter().flatten().map(String::as_str).collect()
}
