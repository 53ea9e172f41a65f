//! SemVer 2.0, as far as advisories and registries keep to it.
//!
//! Taken beyond the specification: a leading `v`, fewer or more numbers than three (missing ones are zero), leading
//! zeros, and a prerelease without its hyphen (`1.0.0rc1`), as npm's loose parser has it. So OpenSSL's `1.1.1k` is
//! below `1.1.1` here; nothing in its text tells a patch from a prerelease. Go's pseudo-versions are prereleases and its
//! `+incompatible` is build metadata: they need no rule of their own.

use std::cmp::Ordering;

use super::bytes::{cut, is_dotted, is_number, numbers, padded, skip_one, span};

struct Version<'t> {
    core: &'t [u8],
    prerelease: Option<&'t [u8]>,
    build: Option<&'t [u8]>,
}

/// Precedence, for which build metadata does not count.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    Some(precedence(&Version::parse(a)?, &Version::parse(b)?))
}

/// Precedence, then build metadata: none is below any.
pub(super) fn compare_with_build(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let build = || match (a.build, b.build) {
        (Some(a), Some(b)) => identifiers(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    Some(precedence(&a, &b).then_with(build))
}

fn precedence(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    padded(a.core, b.core).then_with(|| match (a.prerelease, b.prerelease) {
        (Some(a), Some(b)) => identifiers(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    })
}

/// Lists of identifiers: numbers below words, and a list below every longer one that it begins.
fn identifiers(a: &[u8], b: &[u8]) -> Ordering {
    let dots = |byte: &u8| *byte == b'.';
    a.split(dots).map(Identifier).cmp(b.split(dots).map(Identifier))
}

struct Identifier<'t>(&'t [u8]);

impl Ord for Identifier<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (is_number(self.0), is_number(other.0)) {
            (true, true) => numbers(self.0, other.0),
            (false, false) => self.0.cmp(other.0),
            (number, _) => {
                if number {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Identifier<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Identifier<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Identifier<'_> {}

impl<'t> Version<'t> {
    fn parse(text: &'t [u8]) -> Option<Self> {
        let (core, rest) = span(skip_one(text, b"vV"), |byte| byte.is_ascii_digit() || byte == b'.');
        let (rest, build) = cut(rest, b'+');
        let prerelease = match rest.split_first() {
            None => None,
            Some((b'-', prerelease)) => Some(prerelease),
            Some((first, _)) if first.is_ascii_alphabetic() => Some(rest),
            Some(_) => return None,
        };
        let fits = is_dotted(core) && prerelease.is_none_or(is_identifiers) && build.is_none_or(is_identifiers);
        fits.then_some(Self { core, prerelease, build })
    }
}

fn is_identifiers(text: &[u8]) -> bool {
    let is_identifier =
        |part: &[u8]| !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    text.split(|byte| *byte == b'.').all(is_identifier)
}
