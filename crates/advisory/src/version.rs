//! The order of versions, as each ecosystem's own tools have it.
//!
//! [`Order::of_ecosystem`] names the rule of an ecosystem of OSV and [`Order::compare`] applies it. Texts are compared
//! where they stand: nothing is kept, and only Maven's lists and Python's oldest spellings allocate. It refuses to guess:
//! what an ecosystem's tools would not take for a version is no version here either, but for a leading `v` and white
//! space around, which advisories have.

use std::cmp::Ordering;

mod apk;
mod bytes;
mod dpkg;
mod ecosystem;
mod gem;
mod legacy;
mod maven;
mod nuget;
mod numbers;
mod packagist;
mod pep440;
mod rpm;
mod semver;

/// Longer texts are no versions; the longest in public advisories stay under 200 bytes.
pub const VERSION_BYTES_MAX: usize = 1024;

/// A rule that orders versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// SemVer 2.0, section 11: build metadata counts for nothing.
    Semver,
    /// SemVer 2.0, and among equals the build metadata decides by the rule of prereleases: Pub's and Julia's.
    SemverBuild,
    /// Python's, PEP 440; what came before it sorts below everything.
    Pep440,
    /// Maven 3.9's `ComparableVersion`. **Not transitive**, see [`Order::compare`].
    Maven,
    /// `Gem::Version` of RubyGems 3.
    Gem,
    /// Composer's normal form under PHP's `version_compare`. Names of branches (`dev-main`) are no versions.
    Packagist,
    /// NuGet's: up to four numbers, labels without regard to case.
    Nuget,
    /// Lists of numbers with dots, the shorter first: the policy of Haskell's packages.
    Hackage,
    /// Lists of numbers with dots or hyphens, the shorter first: R's `numeric_version`.
    Cran,
    /// Debian's `[epoch:]upstream[-revision]`; opam's is the same without an epoch.
    Dpkg,
    /// RPM's `[epoch:]version[-release]`.
    Rpm,
    /// apk-tools 3: Alpine and those who build packages like it.
    Apk,
}

impl Order {
    /// Every rule.
    pub const ALL: [Self; 12] = [
        Self::Semver,
        Self::SemverBuild,
        Self::Pep440,
        Self::Maven,
        Self::Gem,
        Self::Packagist,
        Self::Nuget,
        Self::Hackage,
        Self::Cran,
        Self::Dpkg,
        Self::Rpm,
        Self::Apk,
    ];

    /// How two versions stand, or nothing when one of them is no version under this rule.
    ///
    /// Numbers may be of any length; time is linear in the length of the texts. Every rule is a strict weak order, so
    /// that sorting by it is safe, with one exception that is Maven's own: of `1.0.alpha.1`, `1` and `1-1` each is
    /// below the next and the last below the first. Results agree with Maven for each pair; never hand them to a sort.
    #[must_use]
    pub fn compare(self, a: &str, b: &str) -> Option<Ordering> {
        let (a, b) = (text(a)?, text(b)?);
        match self {
            Self::Semver => semver::compare(a, b),
            Self::SemverBuild => semver::compare_with_build(a, b),
            Self::Pep440 => Some(pep440::compare(a, b)),
            Self::Maven => Some(maven::compare(a, b)),
            Self::Gem => gem::compare(a, b),
            Self::Packagist => packagist::compare(a, b),
            Self::Nuget => nuget::compare(a, b),
            Self::Hackage => numbers::compare(a, b, b"."),
            Self::Cran => numbers::compare(a, b, b".-"),
            Self::Dpkg => dpkg::compare(a, b),
            Self::Rpm => rpm::compare(a, b),
            Self::Apk => apk::compare(a, b),
        }
    }
}

/// The bytes of what may be a version: printable ASCII without spaces, not empty, not too long.
fn text(text: &str) -> Option<&[u8]> {
    let text = text.as_bytes().trim_ascii();
    let fits = !text.is_empty() && text.len() <= VERSION_BYTES_MAX && text.iter().all(u8::is_ascii_graphic);
    fits.then_some(text)
}

#[cfg(test)]
mod tests;
