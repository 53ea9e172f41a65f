//! Composer: the normal form of `composer/semver` 3, compared as PHP's `version_compare` does.
//!
//! Names of branches (`dev-main`, `master`) are no versions, for Composer's own audit matches none of them either; a
//! branch that is named by numbers (`1.2.x-dev`) is one.

use std::cmp::Ordering;

use super::bytes::{cut, cut_last, digits, is_number, numbers, skip_one, span, word};

/// Composer's own bound on the first of four numbers; what has more digits is a date.
const FIRST_DIGITS_MAX: usize = 5;
/// What stands for `x` in the name of a branch.
const ANY: &[u8] = b"9999999";

/// How a word stands to numbers and to the end, by PHP's table of special forms.
const UNKNOWN: u8 = 0;
const DEV: u8 = 1;
const ALPHA: u8 = 2;
const BETA: u8 = 3;
const RC: u8 = 4;
const END: u8 = 5;
const NUMBER: u8 = 6;
const PATCH: u8 = 7;

/// Words before a number, the longer first where two begin alike. PHP does not know `stable` in other cases.
const STABILITIES: ([&str; 9], [u8; 9]) = (
    ["stable", "beta", "b", "rc", "alpha", "a", "patch", "pl", "p"],
    [UNKNOWN, BETA, BETA, RC, ALPHA, ALPHA, PATCH, PATCH, PATCH],
);

struct Version<'t> {
    release: [&'t [u8]; 4],
    /// A date of any number of parts, instead of the four numbers.
    date: Option<&'t [u8]>,
    stability: Option<(u8, &'t [u8])>,
    is_dev: bool,
}

/// Nothing for what Composer refuses, and for branches.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let (mut a, mut b) = (a.parts(), b.parts());
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Some(Ordering::Equal),
            (Some(Part::Number(a)), Some(Part::Number(b))) => numbers(a, b),
            (left, right) => rank(left).cmp(&rank(right)),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

enum Part<'t> {
    Number(&'t [u8]),
    Word(u8),
}

fn rank(part: Option<Part<'_>>) -> u8 {
    match part {
        None => END,
        Some(Part::Number(_)) => NUMBER,
        Some(Part::Word(rank)) => rank,
    }
}

impl<'t> Version<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let text = without_build(without_flag(text));
        let text = skip_one(text, b"vV");
        if text.is_empty() {
            return None;
        }
        Self::classical(text).or_else(|| Self::dated(text)).or_else(|| Self::branch(text))
    }

    /// Up to four numbers.
    fn classical(text: &'t [u8]) -> Option<Self> {
        let (first, mut rest) = digits(text);
        if first.is_empty() || first.len() > FIRST_DIGITS_MAX {
            return None;
        }
        let mut release = [first, b"0", b"0", b"0"];
        for number in release.iter_mut().skip(1) {
            let Some((b'.', after)) = rest.split_first() else { break };
            let (part, after) = digits(after);
            if part.is_empty() {
                break;
            }
            (*number, rest) = (part, after);
        }
        Self::modified(release, None, rest)
    }

    fn dated(text: &'t [u8]) -> Option<Self> {
        let mut rest = text;
        loop {
            let (part, after) = digits(skip_one(rest, b".:-"));
            if part.is_empty() {
                break;
            }
            rest = after;
        }
        let date = text.get(..text.len() - rest.len())?;
        if !is_date(date) {
            return None;
        }
        Self::modified([b""; 4], Some(date), rest)
    }

    /// What may follow the numbers: a word with numbers of its own, then `dev`.
    fn modified(release: [&'t [u8]; 4], date: Option<&'t [u8]>, text: &'t [u8]) -> Option<Self> {
        let rest = skip_one(text, b"._-");
        let (stability, rest) = match word(rest, &STABILITIES.0) {
            None => (None, rest),
            Some((0, after)) if rest.starts_with(b"stable") => {
                let (_, after) = tail(after);
                return is_end(after).then_some(Self { release, date, stability: None, is_dev: false });
            }
            Some((place, after)) => {
                let (numbers, after) = tail(after);
                let rank = STABILITIES.1.get(place).copied().unwrap_or(UNKNOWN);
                (Some((rank, numbers)), after)
            }
        };
        let is_dev = !rest.is_empty();
        is_end(rest).then_some(Self { release, date, stability, is_dev })
    }

    /// `1.2.x-dev`
    fn branch(text: &'t [u8]) -> Option<Self> {
        let end = text.len().checked_sub("dev".len())?;
        let (name, dev) = text.split_at_checked(end)?;
        if !dev.eq_ignore_ascii_case(b"dev") {
            return None;
        }
        let name = name.strip_suffix(b".").or_else(|| name.strip_suffix(b"-")).unwrap_or(name);
        let mut release = [ANY; 4];
        let mut places = release.iter_mut();
        for (index, part) in name.split(|byte| *byte == b'.').enumerate() {
            let place = places.next()?;
            match part {
                part if is_number(part) => *place = part,
                b"x" | b"X" | b"*" if index > 0 => *place = ANY,
                _ => return None,
            }
        }
        Some(Self { release, date: None, stability: None, is_dev: true })
    }

    fn parts(&self) -> impl Iterator<Item = Part<'t>> {
        let release = self.release.into_iter().filter(|_| self.date.is_none());
        let date = self.date.into_iter().flat_map(|date| date.split(|byte| !byte.is_ascii_digit()));
        let (rank, numbers) = self.stability.unzip();
        let numbers = numbers.into_iter().flat_map(|text| text.split(|byte| !byte.is_ascii_digit()));
        let dev = self.is_dev.then_some(Part::Word(DEV));
        release
            .chain(date)
            .map(Part::Number)
            .chain(rank.map(Part::Word))
            .chain(numbers.filter(|number| !number.is_empty()).map(Part::Number))
            .chain(dev)
    }
}

/// Numbers after a word, each behind a dot, a hyphen or nothing.
fn tail(text: &[u8]) -> (&[u8], &[u8]) {
    let mut rest = text;
    loop {
        let (number, after) = digits(skip_one(rest, b".-"));
        if number.is_empty() {
            break;
        }
        rest = after;
    }
    (text.get(..text.len() - rest.len()).unwrap_or_default(), rest)
}

/// Nothing more, or `dev`.
fn is_end(text: &[u8]) -> bool {
    text.is_empty() || skip_one(text, b".-").eq_ignore_ascii_case(b"dev")
}

/// A year, one to six parts of two digits, up to two of one to three, each behind a separator or nothing.
fn is_date(text: &[u8]) -> bool {
    let ends = |text| (1..=3).any(|digits| date_part(text, digits).is_some_and(<[u8]>::is_empty));
    let Some((year, mut rest)) = text.split_at_checked(4) else { return false };
    for _ in 0..6 {
        let Some(after) = date_part(rest, 2) else { break };
        rest = after;
        let two = || (1..=3).any(|digits| date_part(rest, digits).is_some_and(ends));
        if rest.is_empty() || ends(rest) || two() {
            return is_number(year);
        }
    }
    false
}

/// What follows so many digits, which may stand behind a separator.
fn date_part(text: &[u8], digits: usize) -> Option<&[u8]> {
    let (part, rest) = skip_one(text, b".:-").split_at_checked(digits)?;
    is_number(part).then_some(rest)
}

/// Without `@stable` and the like at the end.
fn without_flag(text: &[u8]) -> &[u8] {
    let (before, flag) = cut_last(text, b'@');
    let is_flag = |flag: &[u8]| {
        ["stable", "rc", "beta", "alpha", "dev"].iter().any(|known| flag.eq_ignore_ascii_case(known.as_bytes()))
    };
    if flag.is_some_and(is_flag) { before } else { text }
}

/// Without `+build` at the end.
fn without_build(text: &[u8]) -> &[u8] {
    match cut(text, b'+') {
        (before, Some(build)) if !build.is_empty() && span(before, |byte| byte != b',').1.is_empty() => before,
        _ => text,
    }
}
