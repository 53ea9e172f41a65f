//! Names of packages and ecosystems, as OSV and package URLs write them.

use palisade_model::Purl;

use crate::distribution;

/// The name under which an index keeps a package: what its ecosystem takes for the same is the same here.
#[must_use]
pub fn package_name(ecosystem: &str, name: &str) -> String {
    match ecosystem.split(':').next().unwrap_or("") {
        "PyPI" => {
            let mut out = String::with_capacity(name.len());
            for character in name.chars() {
                match character {
                    '-' | '_' | '.' if out.ends_with('-') => {}
                    '-' | '_' | '.' => out.push('-'),
                    _ => out.extend(character.to_lowercase()),
                }
            }
            out
        }
        "NuGet" | "Packagist" | "Hex" | "Pub" | "GitHub Actions" => name.to_lowercase(),
        "SwiftURL" => {
            let name = name.trim_start_matches("https://").trim_end_matches(".git");
            name.to_lowercase()
        }
        _ => name.to_owned(),
    }
}

/// One question to an index about a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// As in OSV, with its release.
    pub ecosystem: String,
    /// As [`package_name`] writes it.
    pub name: String,
    /// The version that the advisories of this name mean.
    pub version: String,
    /// Which of the advisories are about the package at all.
    pub stream: Stream,
}

/// The stream of a module that a package of rpm is from. Streams of one package live beside each other, each mended by
/// builds of its own, so that the version of one says nothing of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stream {
    /// There are no modules where it is from: every advisory counts.
    Any,
    /// It is outside of all modules.
    Outside,
    /// `nodejs:16`.
    Of(String),
    /// It is from a module that it does not name.
    Unnamed,
}

/// Why nothing is asked about a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// It has no version.
    NoVersion,
    /// No database of OSV speaks of packages of its type.
    Type,
    /// None speaks of this distribution, or of this release of it.
    Distribution(String),
    /// Which distribution it is from is not known.
    NoDistribution,
}

/// What an index is asked about a package. A distribution's advisories may speak of the package itself and of what it
/// was built from, and under more than one name of the distribution.
///
/// # Errors
/// Why there is nothing to ask.
pub fn asked(purl: &Purl) -> Result<Vec<Question>, Unasked> {
    let ecosystem = match purl.kind() {
        "deb" | "apk" | "rpm" => "",
        "cargo" => "crates.io",
        "npm" => "npm",
        "pypi" => "PyPI",
        "golang" => "Go",
        "maven" => "Maven",
        "gem" => "RubyGems",
        "composer" => "Packagist",
        "nuget" => "NuGet",
        "hex" => "Hex",
        "pub" => "Pub",
        "cran" => "CRAN",
        "hackage" => "Hackage",
        "swift" => "SwiftURL",
        "julia" => "Julia",
        "githubactions" => "GitHub Actions",
        "bitnami" => "Bitnami",
        _ => return Err(Unasked::Type),
    };
    let version = purl.version().ok_or(Unasked::NoVersion)?;
    if ecosystem.is_empty() {
        return distribution::questions(purl, version);
    }
    let name = package_name(ecosystem, &purl.full_name());
    Ok(vec![Question { ecosystem: ecosystem.to_owned(), name, version: version.to_owned(), stream: Stream::Any }])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn names_are_those_of_the_ecosystem() {
        let shown = |purl: &str| asked(&Purl::parse(purl).unwrap());
        let question = |ecosystem: &str, name: &str, version: &str| {
            Ok(vec![Question {
                ecosystem: ecosystem.to_owned(),
                name: name.to_owned(),
                version: version.to_owned(),
                stream: Stream::Any,
            }])
        };
        assert_eq!(shown("pkg:pypi/Snake_Case@1"), question("PyPI", "snake-case", "1"));
        assert_eq!(shown("pkg:npm/%40a/b@1"), question("npm", "@a/b", "1"));
        assert_eq!(shown("pkg:npm/a"), Err(Unasked::NoVersion));
        assert_eq!(shown("pkg:helm/a@1"), Err(Unasked::Type));
    }
}
