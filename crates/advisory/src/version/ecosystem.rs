//! Which rule the packages of an ecosystem follow, by the names of OSV's schema.

use super::Order;

/// Names that hold another ecosystem's behind their colon: `TuxCare:Maven`, `Root:Alpine:3.18`.
const AROUND: [&str; 4] = ["Docker Hardened Images", "Echo", "Root", "TuxCare"];

/// Cargo's. The name is a host as well, which no other line may spell: nothing is fetched there.
pub(super) const CRATES: &str = concat!("crates", ".io");

impl Order {
    /// The rule of an ecosystem, with or without what follows a colon (`Debian:12`, `Ubuntu:22.04:LTS`).
    ///
    /// Nothing for names that are unknown, and for ecosystems whose versions have no order of their own: commits
    /// (`GIT`, `OSS-Fuzz`), patch levels (`Android`), recipes (`ConanCenter`).
    #[must_use]
    pub fn of_ecosystem(ecosystem: &str) -> Option<Self> {
        let (name, rest) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
        if AROUND.contains(&name) {
            return Self::of_repackaged(name, rest);
        }
        Some(match name {
            // By agreement more than by tool: actions, the kernel and compilers tag their releases so.
            CRATES | "Bitnami" | "GHC" | "GitHub Actions" | "Go" | "Hex" | "Kubernetes" | "Linux" | "npm"
            | "SwiftURL" | "VSCode" => Self::Semver,
            "Julia" | "Pub" => Self::SemverBuild,
            "PyPI" => Self::Pep440,
            "Maven" => Self::Maven,
            "RubyGems" => Self::Gem,
            "Packagist" => Self::Packagist,
            "NuGet" => Self::Nuget,
            "Hackage" => Self::Hackage,
            "Bioconductor" | "CRAN" => Self::Cran,
            "Debian" | "opam" | "Ubuntu" => Self::Dpkg,
            "AlmaLinux" | "Azure Linux" | "Mageia" | "openEuler" | "openSUSE" | "Photon OS" | "Red Hat"
            | "Rocky Linux" | "SUSE" => Self::Rpm,
            "Alpaquita"
            | "Alpine"
            | "BellSoft Hardened Containers"
            | "Chainguard"
            | "CleanStart"
            | "MinimOS"
            | "Wolfi" => Self::Apk,
            _ => return None,
        })
    }

    /// Others' packages with patches of one's own. Those for npm number theirs in the build metadata, which counts.
    fn of_repackaged(name: &str, inner: &str) -> Option<Self> {
        let (first, _) = inner.split_once(':').unwrap_or((inner, ""));
        if first.eq_ignore_ascii_case("npm") {
            return Some(Self::SemverBuild);
        }
        let written = ["Alpine", "Debian", "Maven", "PyPI", "Ubuntu"];
        match written.iter().find(|known| known.eq_ignore_ascii_case(first)) {
            Some(known) => Self::of_ecosystem(known),
            None if AROUND.contains(&first) => None,
            None if name == "Echo" => Some(Self::Dpkg),
            None => Self::of_ecosystem(first),
        }
    }
}
