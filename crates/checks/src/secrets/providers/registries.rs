//! Package registries: formats and sources are on the page `registries.md`.

use super::super::checksum::Checksum;
use super::super::detector::{Detector, Provider};

const REGISTRIES: Provider = Provider {
    page: include_str!("registries.md"),
    advice: "revoke it in the token settings of the registry, and check what was published since",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    REGISTRIES
        .token("secrets/npm-access-token", "npm access token", &["npm_"], r"npm_[0-9A-Za-z]{36}")
        .checksum(Checksum::Crc32Base62)
        .critical(),
    REGISTRIES
        .keyed(
            "secrets/npm-legacy-token",
            "npm token without prefix",
            &["npmjs.org", "npmrc", "npm_token"],
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .critical(),
    REGISTRIES
        .token(
            "secrets/pypi-upload-token",
            "PyPI upload token",
            &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZ"],
            r"pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZ)[0-9A-Za-z_-]{50,1000}",
        )
        .critical(),
    REGISTRIES
        .keyed(
            "secrets/cargo-registry-token",
            "Cargo package registry API token",
            &["crates", "cargo"],
            r"cio[0-9A-Za-z]{32}",
        )
        .critical(),
    REGISTRIES
        .token("secrets/rubygems-api-key", "RubyGems API key", &["rubygems_"], r"rubygems_[0-9a-f]{48}")
        .critical(),
    REGISTRIES.keyed("secrets/nuget-publish-key", "NuGet API key", &["nuget"], r"oy2[0-9a-z]{43}").critical(),
    REGISTRIES
        .token(
            "secrets/docker-hub-personal-token",
            "Docker Hub personal access token",
            &["dckr_pat_"],
            r"dckr_pat_[0-9A-Za-z_-]{27}",
        )
        .critical(),
    REGISTRIES
        .token(
            "secrets/docker-hub-organization-token",
            "Docker Hub organisation access token",
            &["dckr_oat_"],
            r"dckr_oat_[0-9A-Za-z_-]{27,40}",
        )
        .critical(),
    REGISTRIES
        .token("secrets/artifactory-api-key", "Artifactory API key", &["AKCp"], r"AKCp[0-9A-Za-z]{69}")
        .critical(),
    REGISTRIES
        .token(
            "secrets/artifactory-reference-token",
            "Artifactory reference token",
            &["cmVmdGtu"],
            r"cmVmdGtu[0-9A-Za-z]{56}",
        )
        .critical(),
    REGISTRIES.keyed(
        "secrets/hex-api-key",
        "Hex package manager key",
        &["hex_api", "hex.pm", "hexpm"],
        r"[0-9a-f]{32}",
    ),
    REGISTRIES
        .token("secrets/clojars-deploy-token", "Clojars deploy token", &["CLOJARS_"], r"CLOJARS_[0-9a-f]{60}")
        .critical(),
    REGISTRIES
        .token(
            "secrets/gradle-enterprise-key",
            "Gradle plugin portal secret",
            &["gradle.publish.secret="],
            r"gradle\.publish\.secret=([0-9A-Za-z]{32,64})",
        )
        .critical(),
];
