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
    /// The version as the file that names the package has it, where that is another text.
    pub written: Option<String>,
    /// Which of the advisories are about the package at all.
    pub stream: Stream,
}

/// What stands for the numbers that a moving tag leaves out: `v4` is the newest 4 that there is.
const NEWEST: &str = "4294967295";
/// The ecosystem of actions.
const ACTIONS: &str = "GitHub Actions";

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
    /// It has no version, or one that no advisory speaks of: a branch, a commit.
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
        "github" | "githubactions" => return of_action(purl),
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
        "bitnami" => "Bitnami",
        _ => return Err(Unasked::Type),
    };
    let version = purl.version().ok_or(Unasked::NoVersion)?;
    if ecosystem.is_empty() {
        return distribution::questions(purl, version);
    }
    let name = package_name(ecosystem, &purl.full_name());
    let (ecosystem, version) = (ecosystem.to_owned(), version.to_owned());
    Ok(vec![Question { ecosystem, name, version, written: None, stream: Stream::Any }])
}

/// An action of GitHub. What a branch or a commit holds, no advisory says; of a commit the comment beside it may name
/// the release, which the qualifier `tag` keeps. Tags such as `v4` are moved to each new release.
fn of_action(purl: &Purl) -> Result<Vec<Question>, Unasked> {
    let version = purl.version().ok_or(Unasked::NoVersion)?;
    let is_commit = matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    let tag = if is_commit { purl.qualifier("tag").ok_or(Unasked::NoVersion)? } else { version };
    let release = tag.rsplit('/').next().unwrap_or(tag).trim_start_matches(['v', 'V']);
    let numbers: Vec<&str> = release.split('.').collect();
    if !release.starts_with(|first: char| first.is_ascii_digit()) || is_commit && numbers.len() < 2 {
        return Err(Unasked::NoVersion);
    }
    let is_moving = !is_commit && numbers.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let version = match numbers.len() {
        1 if is_moving => format!("{release}.{NEWEST}.{NEWEST}"),
        2 if is_moving => format!("{release}.{NEWEST}"),
        _ => release.to_owned(),
    };
    let full = purl.full_name();
    // Some advisories are about one action of a repository that holds several.
    let names = std::iter::once(full.clone()).chain(purl.subpath().map(|path| format!("{full}/{path}")));
    let question = |name: String| Question {
        ecosystem: ACTIONS.to_owned(),
        name: package_name(ACTIONS, &name),
        version: version.clone(),
        written: Some(tag.to_owned()),
        stream: Stream::Any,
    };
    Ok(names.map(question).collect())
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
                written: None,
                stream: Stream::Any,
            }])
        };
        assert_eq!(shown("pkg:pypi/Snake_Case@1"), question("PyPI", "snake-case", "1"));
        assert_eq!(shown("pkg:npm/%40a/b@1"), question("npm", "@a/b", "1"));
        assert_eq!(shown("pkg:npm/a"), Err(Unasked::NoVersion));
        assert_eq!(shown("pkg:helm/a@1"), Err(Unasked::Type));
    }

    #[test]
    fn actions_are_asked_for_by_what_their_tags_say() {
        for (purl, expected) in [
            ("pkg:github/O/R@v1.2.3#Sub", "o/r 1.2.3, o/r/sub 1.2.3"),
            ("pkg:github/o/r@release/v1", "o/r 1.4294967295.4294967295"),
            ("pkg:github/o/r@v1.2", "o/r 1.2.4294967295"),
            ("pkg:githubactions/o/r@0123456789abcdef0123456789abcdef01234567?tag=v1.2", "o/r 1.2"),
        ] {
            let questions = asked(&Purl::parse(purl).unwrap()).unwrap();
            let shown = questions.iter().map(|one| format!("{} {}", one.name, one.version));
            assert_eq!(shown.collect::<Vec<_>>().join(", "), expected, "{purl}");
        }
        // A branch, a commit of which nobody says what it is, and one that was the newest 4 on some day.
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for version in ["main", commit, &format!("{commit}?tag=v4")] {
            let purl = Purl::parse(&format!("pkg:github/o/r@{version}")).unwrap();
            assert_eq!(asked(&purl), Err(Unasked::NoVersion), "{purl}");
        }
    }
}
