//! Names of packages and ecosystems, as OSV and package URLs write them.

use palisade_model::Purl;

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

/// How an index is asked about a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// As in OSV, with its release.
    pub ecosystem: String,
    /// Its names, as [`package_name`] writes them: a distribution's advisories speak of what a package was built from,
    /// some of them of the package itself.
    pub names: Vec<String>,
    /// The version that their ranges are about.
    pub version: String,
    /// The version as the file that names the package has it, where that is another text.
    pub written: Option<String>,
}

/// What stands for the numbers that a moving tag leaves out: `v4` is the newest 4 that there is.
const NEWEST: &str = "4294967295";

/// How an index is asked about a package; none for packages without a version and those that OSV does not know.
#[must_use]
pub fn asked(purl: &Purl) -> Option<Asked> {
    let version = purl.version()?.to_owned();
    let full = purl.full_name();
    let ecosystem = match purl.kind() {
        "deb" | "apk" | "rpm" => return of_system(purl, version),
        "github" | "githubactions" => return of_action(purl, &version),
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
        _ => return None,
    };
    Some(Asked { ecosystem: ecosystem.to_owned(), names: vec![package_name(ecosystem, &full)], version, written: None })
}

/// An action of GitHub. What a branch or a commit holds, no advisory says; of a commit the comment beside it may name
/// the release, which the qualifier `tag` keeps. Tags such as `v4` are moved to each new release.
fn of_action(purl: &Purl, version: &str) -> Option<Asked> {
    let is_commit = matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    let tag = if is_commit { purl.qualifier("tag")? } else { version };
    let release = tag.rsplit('/').next().unwrap_or(tag).trim_start_matches(['v', 'V']);
    let numbers: Vec<&str> = release.split('.').collect();
    if !release.starts_with(|first: char| first.is_ascii_digit()) || is_commit && numbers.len() < 2 {
        return None;
    }
    let is_moving = !is_commit && numbers.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let version = match numbers.len() {
        1 if is_moving => format!("{release}.{NEWEST}.{NEWEST}"),
        2 if is_moving => format!("{release}.{NEWEST}"),
        _ => release.to_owned(),
    };
    let full = purl.full_name();
    let mut names = vec![package_name("GitHub Actions", &full)];
    // Some advisories are about one action of a repository that holds several.
    names.extend(purl.subpath().map(|path| package_name("GitHub Actions", &format!("{full}/{path}"))));
    Some(Asked { ecosystem: "GitHub Actions".to_owned(), names, version, written: Some(tag.to_owned()) })
}

/// A package of a distribution. Its release comes from the `distro` qualifier, as in `distro=debian-12`.
fn of_system(purl: &Purl, version: String) -> Option<Asked> {
    let distro = purl.qualifier("distro").unwrap_or("");
    let release = distro.rsplit_once('-').map_or("", |(_, release)| release);
    let release = match distro.rsplit('-').next().unwrap_or("") {
        "trixie" => "13",
        "bookworm" => "12",
        "bullseye" => "11",
        "buster" => "10",
        _ => release,
    };
    let part = |count: usize| release.split('.').take(count).collect::<Vec<_>>().join(".");
    let (major, minor) = (part(1), part(2));
    let ecosystem = match purl.namespace()? {
        "debian" => format!("Debian:{major}"),
        "ubuntu" => {
            // Every second year's release of April is supported for long, and is called so.
            let is_long = release
                .split_once('.')
                .is_some_and(|(year, month)| month == "04" && year.parse::<u32>().is_ok_and(|year| year % 2 == 0));
            format!("Ubuntu:{release}{}", if is_long { ":LTS" } else { "" })
        }
        "alpine" => format!("Alpine:v{minor}"),
        "wolfi" => "Wolfi".to_owned(),
        "chainguard" => "Chainguard".to_owned(),
        "minimos" => "MinimOS".to_owned(),
        "almalinux" | "alma" => format!("AlmaLinux:{major}"),
        "rocky" | "rocky-linux" => format!("Rocky Linux:{major}"),
        "opensuse-leap" | "opensuse.leap" => format!("openSUSE:Leap {release}"),
        "opensuse-tumbleweed" | "opensuse.tumbleweed" => "openSUSE:Tumbleweed".to_owned(),
        "sles" => format!("SUSE:Linux Enterprise Server {}", release.replace('.', " SP")),
        "mageia" => format!("Mageia:{major}"),
        "openeuler" => format!("openEuler:{release}"),
        "photon" => format!("Photon OS:{minor}"),
        "azurelinux" | "mariner" => format!("Azure Linux:{major}"),
        _ => return None,
    };
    let upstream = purl.qualifier("upstream").unwrap_or("");
    let (source, of_source) =
        upstream.split_once('@').map_or((upstream, None), |(name, version)| (name, Some(version)));
    let (names, version) = match purl.kind() {
        "rpm" => {
            // `name-version-release.src.rpm`
            let source = source.rsplitn(3, '-').nth(2).unwrap_or("");
            let epoch = purl.qualifier("epoch").filter(|epoch| *epoch != "0");
            let version = epoch.map_or_else(|| version.clone(), |epoch| format!("{epoch}:{version}"));
            (vec![purl.name().to_owned(), source.to_owned()], version)
        }
        _ if source.is_empty() => (vec![purl.name().to_owned()], version),
        _ => (vec![source.to_owned()], of_source.map_or(version, str::to_owned)),
    };
    let mut names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    names.dedup();
    Some(Asked { ecosystem, names, version, written: None })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn packages_of_distributions_are_asked_for_by_what_advisories_call_them() {
        for (purl, expected) in [
            ("pkg:deb/debian/libc6@2.36-9%2Bb1?distro=debian-12&upstream=glibc@2.36-9", "Debian:12 glibc 2.36-9"),
            ("pkg:deb/debian/bash@5.2?distro=bookworm", "Debian:12 bash 5.2"),
            ("pkg:deb/ubuntu/a@1?distro=ubuntu-22.04&upstream=b", "Ubuntu:22.04:LTS b 1"),
            ("pkg:deb/ubuntu/a@1?distro=ubuntu-23.10", "Ubuntu:23.10 a 1"),
            ("pkg:apk/alpine/libssl3@3.1.4-r5?distro=alpine-3.19.1&upstream=openssl", "Alpine:v3.19 openssl 3.1.4-r5"),
            ("pkg:apk/wolfi/a@1-r0?distro=wolfi", "Wolfi a 1-r0"),
            (
                "pkg:rpm/almalinux/bind-libs@9.16.23-1.el9?distro=almalinux-9.4&epoch=32&upstream=bind-9.16.23-1.el9.src.rpm",
                "AlmaLinux:9 bind-libs,bind 32:9.16.23-1.el9",
            ),
            ("pkg:rpm/rocky/x@1-1?distro=rocky-8.9", "Rocky Linux:8 x 1-1"),
            ("pkg:rpm/sles/x@1-1?distro=sles-15.5", "SUSE:Linux Enterprise Server 15 SP5 x 1-1"),
            ("pkg:pypi/Snake_Case@1", "PyPI snake-case 1"),
            ("pkg:github/O/R@v1.2.3#Sub", "GitHub Actions o/r,o/r/sub 1.2.3"),
            ("pkg:github/o/r@release/v1", "GitHub Actions o/r 1.4294967295.4294967295"),
            ("pkg:github/o/r@v1.2", "GitHub Actions o/r 1.2.4294967295"),
            ("pkg:githubactions/o/r@0123456789abcdef0123456789abcdef01234567?tag=v1.2", "GitHub Actions o/r 1.2"),
        ] {
            let asked = asked(&Purl::parse(purl).unwrap()).unwrap();
            assert_eq!(format!("{} {} {}", asked.ecosystem, asked.names.join(","), asked.version), expected, "{purl}");
            assert!(crate::Order::of_ecosystem(&asked.ecosystem).is_some(), "{purl}");
        }
        for purl in ["pkg:npm/a", "pkg:rpm/fedora/a@1-1?distro=fedora-40", "pkg:deb/kali/a@1", "pkg:helm/a@1"] {
            assert_eq!(asked(&Purl::parse(purl).unwrap()), None, "{purl}");
        }
        // A branch, a commit of which nobody says what it is, and one that was the newest 4 on some day.
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for version in ["main", commit, &format!("{commit}?tag=v4")] {
            let purl = Purl::parse(&format!("pkg:github/o/r@{version}")).unwrap();
            assert_eq!(asked(&purl), None, "{purl}");
        }
    }
}
