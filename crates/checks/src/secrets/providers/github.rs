//! GitHub: formats and sources are on the page `github.md`.

use super::super::checksum::Checksum;
use super::super::detector::{Detector, Provider};

const GITHUB: Provider = Provider {
    page: include_str!("github.md"),
    advice: "revoke it at https://github.com/settings/tokens, or for an app on the page of the app",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    GITHUB
        .token(
            "secrets/github-personal-token",
            "GitHub personal access token (classic)",
            &["ghp_"],
            r"ghp_[0-9A-Za-z]{36}",
        )
        .checksum(Checksum::Crc32Base62)
        .critical(),
    GITHUB
        .token("secrets/github-oauth-token", "GitHub OAuth access token", &["gho_"], r"gho_[0-9A-Za-z]{36}")
        .checksum(Checksum::Crc32Base62)
        .critical(),
    GITHUB
        .token("secrets/github-app-user-token", "GitHub App user-to-server token", &["ghu_"], r"ghu_[0-9A-Za-z]{36}")
        .checksum(Checksum::Crc32Base62),
    GITHUB
        .token(
            "secrets/github-app-installation-token",
            "GitHub App installation token",
            &["ghs_"],
            r"ghs_[0-9A-Za-z]{36}",
        )
        .checksum(Checksum::Crc32Base62),
    GITHUB.token("secrets/github-refresh-token", "GitHub App refresh token", &["ghr_"], r"ghr_[0-9A-Za-z]{36,76}"),
    GITHUB
        .token(
            "secrets/github-fine-grained-token",
            "GitHub fine-grained personal access token",
            &["github_pat_"],
            r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
        )
        .critical(),
    GITHUB
        .keyed(
            "secrets/github-legacy-token",
            "GitHub token without prefix, as issued before 2021",
            &["github", "gh_token"],
            r"[0-9a-f]{40}",
        )
        .medium(),
];
