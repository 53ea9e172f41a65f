//! What the user may set about checks, from `palisade.toml` and the command line.

use palisade_model::Meta;
use serde::Deserialize;

use crate::Lock;

pub use crate::ci::settings::CiSettings;
pub use crate::data::DataSettings;
pub use crate::iam::IamSettings;
pub use crate::packages::{NewDependencies, PackagesSettings};
pub use crate::quality::QualitySettings;

/// The tables of `palisade.toml` that checks read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Names of folders that hold material for tests: nothing runs from there, so that what is found there, secrets
    /// aside, is [`palisade_model::Severity::Info`]. It stands under `[scan]`.
    #[serde(skip)]
    pub fixtures: Vec<String>,
    /// `palisade.lock`: what names stand for.
    #[serde(skip)]
    pub lock: Lock,
    /// `[ci]`
    pub ci: CiSettings,
    /// `[kubernetes]`
    pub kubernetes: KubernetesSettings,
    /// `[container]`
    pub container: ContainerSettings,
    /// `[data]`
    pub data: DataSettings,
    /// `[iam]`
    pub iam: IamSettings,
    /// `[packages]`
    pub packages: PackagesSettings,
    /// `[quality]`
    pub quality: QualitySettings,
}

impl Settings {
    /// Whether a file lies in a folder of test material.
    pub(crate) fn is_fixture(&self, path: &str) -> bool {
        let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
        folders.split('/').any(|folder| self.fixtures.iter().any(|name| name == folder))
    }
}

/// `[container]` in `palisade.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContainerSettings {
    /// Registries that images may come from, as host or host/path prefixes; empty allows all.
    pub registries: Vec<String>,
}

/// `[kubernetes]` in `palisade.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct KubernetesSettings {
    /// Version of Kubernetes whose rules hold; the newest known when absent.
    pub version: KubernetesVersion,
    /// Registries that images may come from, as host or host/path prefixes; empty allows all.
    pub registries: Vec<String>,
}

/// A version of Kubernetes: `1.29`, `v1.29` or `1.29.3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct KubernetesVersion {
    minor: u32,
}

/// A version that names no known Kubernetes.
#[derive(Debug, thiserror::Error)]
#[error("`{given}` is no version of Kubernetes from 1.0 to 1.{}", KubernetesVersion::NEWEST.minor)]
pub struct UnknownVersion {
    given: String,
}

impl KubernetesVersion {
    /// The newest version whose rules are known.
    pub const NEWEST: Self = Self { minor: 37 };

    /// Whether it is 1.`minor` or newer.
    #[must_use]
    pub fn is_at_least(self, minor: u32) -> bool {
        self.minor >= minor
    }
}

impl Default for KubernetesVersion {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl std::str::FromStr for KubernetesVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let unknown = || UnknownVersion { given: text.to_owned() };
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let (major, minor) = (parts.next(), parts.next());
        let minor = minor.filter(|_| major == Some("1")).and_then(|minor| minor.parse().ok()).ok_or_else(unknown)?;
        let patch = parts.next().is_none_or(|patch| patch.parse::<u32>().is_ok());
        let version = Self { minor };
        if version > Self::NEWEST || !patch || parts.next().is_some() { Err(unknown()) } else { Ok(version) }
    }
}

impl TryFrom<String> for KubernetesVersion {
    type Error = UnknownVersion;

    fn try_from(text: String) -> Result<Self, UnknownVersion> {
        text.parse()
    }
}

/// Which checks run: ids and family globs, as `--select` and `--ignore` give them.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    select: Vec<String>,
    ignore: Vec<String>,
}

/// A pattern that matches no check, with the nearest id.
#[derive(Debug, thiserror::Error)]
#[error("no check is called `{pattern}`{}", nearest.as_ref().map(|id| format!("; did you mean `{id}`?")).unwrap_or_default())]
pub struct UnknownCheck {
    pattern: String,
    nearest: Option<&'static str>,
}

impl Selection {
    /// A selection; empty `select` takes all.
    ///
    /// # Errors
    /// [`UnknownCheck`] for a pattern that matches nothing: a typo must not switch off a check in silence.
    pub fn new(select: Vec<String>, ignore: Vec<String>) -> Result<Self, UnknownCheck> {
        Self::among(select, ignore, &[])
    }

    /// A selection among the catalogue and rules of the user's own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn among(select: Vec<String>, ignore: Vec<String>, own: &[&'static str]) -> Result<Self, UnknownCheck> {
        let ids = || crate::catalogue().map(|check| check.meta.id).chain(own.iter().copied());
        for pattern in select.iter().chain(&ignore) {
            if !ids().any(|id| matches(pattern, id)) {
                let nearest = ids().min_by_key(|id| distance(id, pattern));
                return Err(UnknownCheck { pattern: pattern.clone(), nearest });
            }
        }
        Ok(Self { select, ignore })
    }

    /// Whether a check runs. The scanner's own findings about what it could not read always do.
    #[must_use]
    pub fn takes(&self, meta: &Meta) -> bool {
        let chosen = self.select.is_empty() || self.select.iter().any(|pattern| matches(pattern, meta.id));
        chosen && !self.ignore.iter().any(|pattern| matches(pattern, meta.id))
    }

    /// Whether any check of a family runs.
    #[must_use]
    pub fn takes_family(&self, family: &str) -> bool {
        crate::catalogue().any(|check| check.meta.family() == family && self.takes(&check.meta))
    }
}

/// Whether a pattern (`a/b`, `a/*`, `a`, `*`) covers an id.
#[must_use]
pub fn matches(pattern: &str, id: &str) -> bool {
    if pattern == "*" || pattern == id {
        return true;
    }
    let family = pattern.strip_suffix("/*").unwrap_or(pattern);
    if !family.contains(['*', '/']) {
        return id.split('/').next() == Some(family);
    }
    pattern.strip_suffix('*').is_some_and(|head| !head.contains('*') && id.starts_with(head))
}

/// Longer words are nobody's typo, and would take long to compare.
const TYPO_BYTES_MAX: usize = 100;

/// Edit distance, for "did you mean"; of words that are too long the length of the longer.
#[must_use]
pub fn distance(left: &str, right: &str) -> usize {
    let longest = left.len().max(right.len());
    if longest > TYPO_BYTES_MAX {
        return longest;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut previous = i;
        let mut next = vec![i + 1];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let cost = (previous + usize::from(a != *b)).min(above + 1).min(next.last().map_or(0, |left| left + 1));
            previous = *above;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_ids_families_and_prefixes() {
        assert!(matches("ci", "ci/unpinned-action"));
        assert!(matches("ci/*", "ci/unpinned-action"));
        assert!(matches("ci/unpinned-*", "ci/unpinned-action"));
        assert!(!matches("ci/unpinned", "ci/unpinned-action"));
        assert!(!matches("c", "ci/unpinned-action"));
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn versions_of_kubernetes_are_known_or_refused() {
        for (text, minor) in [("1.29", 29), ("v1.8", 8), ("1.37.2", 37), ("1.0", 0)] {
            assert_eq!(text.parse().ok(), Some(KubernetesVersion { minor }), "{text}");
        }
        for text in ["1.38", "2.1", "1", "latest", "1.2.3.4", "1.x"] {
            assert!(text.parse::<KubernetesVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_typo_is_an_error_that_names_the_nearest_check() {
        let error = Selection::new(vec![], vec!["kubernetes/privileged-contaner".into()]).err();
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(text.contains("kubernetes/privileged-container"), "{text}");
    }
}
