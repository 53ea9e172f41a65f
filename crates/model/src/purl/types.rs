//! What each type of package URL asks of its parts, from the type definitions beside ECMA-427.

use super::{Purl, PurlError};

/// Whether a part may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
    Prohibited,
}

/// Whether letters of both cases are different.
#[derive(Clone, Copy, Debug)]
pub(super) enum Case {
    Kept,
    Lower,
}

impl Case {
    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Self::Kept => text.to_owned(),
            Self::Lower => text.to_lowercase(),
        }
    }
}

/// The rules of one type.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) namespace: Presence,
    pub(super) namespace_case: Case,
    pub(super) name_case: Case,
    pub(super) version_case: Case,
}

/// Types whose rules are not those of the rest: any namespace, nothing changed.
const TYPES: &[(&str, Type)] = {
    use Case::{Kept, Lower};
    use Presence::{Optional, Prohibited, Required};
    const fn row(namespace: Presence, namespace_case: Case, name_case: Case, version_case: Case) -> Type {
        Type { namespace, namespace_case, name_case, version_case }
    }
    &[
        ("alpm", row(Required, Lower, Lower, Kept)),
        ("apk", row(Required, Lower, Lower, Kept)),
        ("bazel", row(Prohibited, Kept, Kept, Kept)),
        ("bitbucket", row(Required, Lower, Lower, Kept)),
        ("bitnami", row(Prohibited, Kept, Lower, Kept)),
        ("brew", row(Optional, Lower, Lower, Kept)),
        ("cargo", row(Prohibited, Kept, Kept, Kept)),
        ("chrome-extension", row(Prohibited, Kept, Lower, Kept)),
        ("cocoapods", row(Prohibited, Kept, Kept, Kept)),
        ("composer", row(Required, Lower, Lower, Kept)),
        ("conda", row(Prohibited, Kept, Kept, Kept)),
        ("cran", row(Prohibited, Kept, Kept, Kept)),
        ("deb", row(Required, Lower, Lower, Kept)),
        ("gem", row(Prohibited, Kept, Kept, Kept)),
        ("git", row(Required, Kept, Kept, Kept)),
        ("github", row(Required, Lower, Lower, Kept)),
        ("golang", row(Optional, Kept, Kept, Kept)),
        ("hackage", row(Prohibited, Kept, Kept, Kept)),
        ("hex", row(Optional, Lower, Lower, Kept)),
        ("huggingface", row(Required, Kept, Kept, Lower)),
        ("julia", row(Prohibited, Kept, Kept, Kept)),
        ("luarocks", row(Optional, Lower, Lower, Kept)),
        ("maven", row(Required, Kept, Kept, Kept)),
        ("mlflow", row(Prohibited, Kept, Kept, Kept)),
        ("nuget", row(Prohibited, Kept, Kept, Kept)),
        ("oci", row(Prohibited, Kept, Lower, Lower)),
        ("opam", row(Prohibited, Kept, Kept, Kept)),
        ("otp", row(Prohibited, Kept, Lower, Kept)),
        ("pub", row(Prohibited, Kept, Lower, Kept)),
        ("pypi", row(Prohibited, Kept, Lower, Lower)),
        ("qpkg", row(Required, Lower, Kept, Kept)),
        ("rpm", row(Required, Lower, Kept, Kept)),
        ("swift", row(Required, Kept, Kept, Kept)),
        ("vcpkg", row(Prohibited, Kept, Kept, Kept)),
        ("vscode-extension", row(Required, Lower, Lower, Lower)),
        ("yocto", row(Optional, Lower, Kept, Kept)),
    ]
};

const ANY: Type =
    Type { namespace: Presence::Optional, namespace_case: Case::Kept, name_case: Case::Kept, version_case: Case::Kept };

impl Type {
    pub(super) fn of(kind: &str) -> &'static Self {
        TYPES.iter().find(|(name, _)| *name == kind).map_or(&ANY, |(_, rules)| rules)
    }
}

/// What a row of a table cannot say.
pub(super) fn refine(purl: &mut Purl) -> Result<(), PurlError> {
    match purl.kind.as_str() {
        "pypi" => purl.name = purl.name.replace('_', "-"),
        "pub" => purl.name = purl.name.replace(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit(), "_"),
        "cpan" if purl.name.contains("::") => return Err(PurlError::NameOfType(purl.name.clone())),
        "chrome-extension" => {
            if purl.name.len() != 32 || !purl.name.bytes().all(|byte| matches!(byte, b'a'..=b'p')) {
                return Err(PurlError::NameOfType(purl.name.clone()));
            }
            let parts =
                |text: &str| text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
            if let Some(version) = purl.version.as_ref().filter(|text| !parts(text) || text.split('.').count() > 4) {
                return Err(PurlError::VersionOfType(version.clone()));
            }
        }
        // Of all hosts, this one is known to ignore the case of names.
        "git" if matches!(purl.namespace.as_deref(), Some("github" | "github.com")) => {
            purl.name = purl.name.to_ascii_lowercase();
        }
        "julia" if purl.qualifier("uuid").is_none() => return Err(PurlError::NoQualifier(purl.kind.clone(), "uuid")),
        "swid" if purl.qualifier("tag_id").is_none() => {
            return Err(PurlError::NoQualifier(purl.kind.clone(), "tag_id"));
        }
        "mlflow" => {
            // Databricks ignores the case of names, Azure keeps it.
            let databricks = purl.qualifier("repository_url").is_some_and(|url| url.contains("databricks"));
            if databricks {
                purl.name = purl.name.to_lowercase();
            }
        }
        _ => {}
    }
    Ok(())
}
