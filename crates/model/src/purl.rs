//! Package URLs (ECMA-427): the one name of a package across ecosystems, `pkg:npm/%40scope/name@1.2.3`.
//!
//! A [`Purl`] is always canonical: whatever made it, equal packages are equal values with equal text.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

mod text;
mod types;

use types::{Presence, Type};

/// Longer texts are no package URL; names and versions in the wild stay under 300 bytes.
pub const PURL_BYTES_MAX: usize = 4096;

/// A package's name, and its version when known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    kind: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: Vec<(String, String)>,
    subpath: Option<String>,
}

/// Why something is no package URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PurlError {
    /// Over [`PURL_BYTES_MAX`].
    #[error("longer than {PURL_BYTES_MAX} bytes")]
    Long,
    /// It does not begin with `pkg:`.
    #[error("does not begin with `pkg:`")]
    Scheme,
    /// The type is missing or has characters that none has.
    #[error("`{0}` is no type of packages")]
    Type(String),
    /// The name is missing.
    #[error("has no name")]
    Name,
    /// The name has characters that its type does not allow.
    #[error("`{0}` is no name of its type")]
    NameOfType(String),
    /// The version has characters that its type does not allow.
    #[error("`{0}` is no version of its type")]
    VersionOfType(String),
    /// The type wants a namespace.
    #[error("`{0}` needs a namespace before the name")]
    NoNamespace(String),
    /// The type has no namespaces.
    #[error("`{0}` has no namespaces")]
    Namespace(String),
    /// A qualifier's key has characters that none has, or stands twice.
    #[error("`{0}` is no key of a qualifier, or stands twice")]
    Qualifier(String),
    /// The type wants a qualifier.
    #[error("`{0}` needs the qualifier `{1}`")]
    NoQualifier(String, &'static str),
    /// A percent sign without two digits after it, or bytes that are not UTF-8.
    #[error("an escape of `{0}` cannot be read")]
    Escape(String),
}

impl Purl {
    /// A package by its type and name, without version. `name` may carry the namespace before slashes where the
    /// ecosystem writes it so (`@scope/name`, `github.com/owner/repo`); other ecosystems use [`Self::in_namespace`].
    ///
    /// # Errors
    /// When the type or the name is none.
    pub fn new(kind: &str, name: &str) -> Result<Self, PurlError> {
        let (namespace, name) = name.rsplit_once('/').map_or((None, name), |(left, right)| (Some(left), right));
        Self::build(kind, namespace, name, None, Vec::new(), None)
    }

    /// A package by its type, namespace and name, without version.
    ///
    /// # Errors
    /// When the parts do not suit the type.
    pub fn in_namespace(kind: &str, namespace: &str, name: &str) -> Result<Self, PurlError> {
        Self::build(kind, Some(namespace), name, None, Vec::new(), None)
    }

    /// Puts a package URL together from its parts, normalised as its type wants.
    ///
    /// # Errors
    /// When the parts do not suit the type.
    pub fn build(
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        version: Option<&str>,
        qualifiers: Vec<(String, String)>,
        subpath: Option<&str>,
    ) -> Result<Self, PurlError> {
        let kind = kind.to_ascii_lowercase();
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
        if !kind.starts_with(|first: char| first.is_ascii_alphabetic()) || !kind.bytes().all(valid) {
            return Err(PurlError::Type(kind));
        }
        let rules = Type::of(&kind);
        let namespace = namespace.map(|text| text::segments(text, |_| true)).filter(|text| !text.is_empty());
        match (&namespace, rules.namespace) {
            (None, Presence::Required) => return Err(PurlError::NoNamespace(kind)),
            (Some(_), Presence::Prohibited) => return Err(PurlError::Namespace(kind)),
            _ => {}
        }
        let name = name.trim_matches('/');
        if name.is_empty() {
            return Err(PurlError::Name);
        }
        let mut purl = Self {
            namespace: namespace.map(|text| rules.namespace_case.apply(&text)),
            name: rules.name_case.apply(name),
            version: version.filter(|text| !text.is_empty()).map(|text| rules.version_case.apply(text)),
            qualifiers: Self::sorted(qualifiers)?,
            subpath: subpath
                .map(|text| text::segments(text, |part| part != "." && part != ".."))
                .filter(|text| !text.is_empty()),
            kind,
        };
        types::refine(&mut purl)?;
        if purl.fits() { Ok(purl) } else { Err(PurlError::Long) }
    }

    /// Whether its text, in which escapes make three bytes of one, can be read again.
    fn fits(&self) -> bool {
        let mut left = text::Room(PURL_BYTES_MAX);
        fmt::write(&mut left, format_args!("{self}")).is_ok()
    }

    /// Reads the text of a package URL.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        text::parse(text)
    }

    fn sorted(qualifiers: Vec<(String, String)>) -> Result<Vec<(String, String)>, PurlError> {
        let mut kept: Vec<_> = qualifiers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        kept.sort();
        let valid = |key: &str| {
            key.starts_with(|first: char| first.is_ascii_lowercase())
                && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'))
        };
        let twice = kept.windows(2).find(|pair| matches!(pair, [(left, _), (right, _)] if left == right));
        if let Some((key, _)) = kept.iter().find(|(key, _)| !valid(key)).or(twice.and_then(|pair| pair.first())) {
            return Err(PurlError::Qualifier(key.clone()));
        }
        Ok(kept)
    }

    /// The same package at a version; at none when it is empty or too long to be one.
    #[must_use]
    pub fn at(mut self, version: &str) -> Self {
        self.version = Some(Type::of(&self.kind).version_case.apply(version)).filter(|text| !text.is_empty());
        if !self.fits() {
            self.version = None;
        }
        self
    }

    /// The same package with one more qualifier, in place of an earlier one. A key that can be none and a value that is too long are left out.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        let mut qualifiers = self.qualifiers.clone();
        qualifiers.retain(|(known, _)| known != key);
        qualifiers.push((key.to_owned(), value.to_owned()));
        let before = self.qualifiers.clone();
        self.qualifiers = Self::sorted(qualifiers).unwrap_or_default();
        if self.qualifiers.is_empty() || !self.fits() {
            self.qualifiers = before;
        }
        self
    }

    /// `npm`, `cargo`, `deb`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// `@angular`, `org.apache.commons`, `github.com/owner`.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name alone.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As the ecosystem writes it.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Sorted by key.
    #[must_use]
    pub fn qualifiers(&self) -> &[(String, String)] {
        &self.qualifiers
    }

    /// The value of one qualifier.
    #[must_use]
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// A folder within the package.
    #[must_use]
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }

    /// Namespace and name as the ecosystem joins them: `@angular/core`, `org.apache.commons:commons-io`.
    #[must_use]
    pub fn full_name(&self) -> String {
        let join = if self.kind == "maven" { ':' } else { '/' };
        match &self.namespace {
            Some(namespace) => format!("{namespace}{join}{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The package without version, qualifiers and subpath. Of a container image the registry stays: under the same
    /// name another registry has another image.
    #[must_use]
    pub fn bare(&self) -> Self {
        let stays = |key: &str| self.kind == "docker" && key == "repository_url";
        let qualifiers = self.qualifiers.iter().filter(|(key, _)| stays(key)).cloned().collect();
        Self { version: None, qualifiers, subpath: None, ..self.clone() }
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

impl Serialize for Purl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Purl::parse(text).map_or_else(|error| error.to_string(), |purl| purl.to_string())
    }

    #[test]
    fn one_package_has_one_text() {
        let same = [
            ("PKG:NPM//%40angular/core@1.0?b=2&a=1#./x/../y", "pkg:npm/%40angular/core@1.0?a=1&b=2#x/y"),
            ("pkg:pypi/Foo_Bar@1.0", "pkg:pypi/foo-bar@1.0"),
            ("pkg:golang/github.com/Foo/bar@v1.0.0", "pkg:golang/github.com/Foo/bar@v1.0.0"),
            (
                "pkg:deb/Debian/Curl@7.50.3-1?arch=i386&distro=jessie",
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            ),
            ("pkg:generic/a%2520b", "pkg:generic/a%2520b"),
            ("pkg:generic/x@1?checksum=sha1:ab%2Csha256:cd", "pkg:generic/x@1?checksum=sha1:ab%2Csha256:cd"),
        ];
        for (text, canonical) in same {
            assert_eq!(shown(text), canonical);
            assert_eq!(shown(canonical), canonical);
        }
    }

    #[test]
    fn what_is_none_says_why() {
        let wrong = [
            ("npm/foo@1", "does not begin with `pkg:`"),
            ("pkg:foo@1", "has no name"),
            ("pkg:3x/foo", "`3x` is no type of packages"),
            ("pkg:maven/@1.3", "`maven` needs a namespace before the name"),
            ("pkg:cargo/a/b", "`cargo` has no namespaces"),
            ("pkg:npm/foo?a%20b=1", "`a%20b` is no key of a qualifier, or stands twice"),
            ("pkg:swift/github.com/Alamofire/@5.4.3", "has no name"),
            ("pkg:npm/foo?a=1&a=2", "`a` is no key of a qualifier, or stands twice"),
            ("pkg:npm/f%zz", "an escape of `f%zz` cannot be read"),
            ("pkg:npm/f%ff", "an escape of `f%ff` cannot be read"),
            ("pkg:npm/%2e%2e%2fx/y", "an escape of `%2e%2e%2fx` cannot be read"),
        ];
        for (text, why) in wrong {
            assert_eq!(shown(text), why, "{text}");
        }
        assert_eq!(shown(&format!("pkg:npm/{}", "a".repeat(PURL_BYTES_MAX))), "longer than 4096 bytes");
        // What would not be read again is not written.
        let stars = "*".repeat(PURL_BYTES_MAX / 2);
        assert_eq!(shown(&format!("pkg:npm/{stars}")), "longer than 4096 bytes");
        let plain = Purl::new("npm", "a").map(|purl| purl.at(&stars).with("x", &stars).with("y", "1").to_string());
        assert_eq!(plain, Ok("pkg:npm/a?y=1".to_owned()));
    }

    #[test]
    fn parts_join_as_each_ecosystem_writes_them() {
        let named =
            |kind, name| Purl::new(kind, name).map(|purl| (purl.to_string(), purl.full_name())).unwrap_or_default();
        assert_eq!(named("npm", "@a/b"), ("pkg:npm/%40a/b".to_owned(), "@a/b".to_owned()));
        let bare = |text| Purl::parse(text).map(|purl| purl.bare().to_string());
        assert_eq!(bare("pkg:npm/a@1?repository_url=x#y"), Ok("pkg:npm/a".to_owned()));
        let image = "pkg:docker/o/a@1?repository_url=ghcr.io&tag=2";
        assert_eq!(bare(image), Ok("pkg:docker/o/a?repository_url=ghcr.io".to_owned()));
        let maven = Purl::in_namespace("maven", "org.x", "y").map(|purl| purl.at("1").full_name());
        assert_eq!(maven, Ok("org.x:y".to_owned()));
    }
}
