//! DigitalOcean: formats and sources are on the page `digitalocean.md`.

use super::super::detector::{Detector, Provider};

const DIGITALOCEAN: Provider = Provider {
    page: include_str!("digitalocean.md"),
    advice: "delete it at https://cloud.digitalocean.com/account/api/tokens",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    DIGITALOCEAN
        .token(
            "secrets/digitalocean-personal-token",
            "DigitalOcean personal access token",
            &["dop_v1_"],
            r"dop_v1_[0-9a-f]{64}",
        )
        .critical(),
    DIGITALOCEAN.token(
        "secrets/digitalocean-oauth-token",
        "DigitalOcean OAuth token",
        &["doo_v1_"],
        r"doo_v1_[0-9a-f]{64}",
    ),
    DIGITALOCEAN.token(
        "secrets/digitalocean-refresh-token",
        "DigitalOcean OAuth refresh token",
        &["dor_v1_"],
        r"dor_v1_[0-9a-f]{64}",
    ),
    DIGITALOCEAN
        .keyed(
            "secrets/digitalocean-spaces-secret",
            "DigitalOcean Spaces secret key",
            &["digitalocean", "spaces_", "do_spaces", "digitaloceanspaces"],
            r"[0-9A-Za-z/+]{43}",
        )
        .entropy(4.2),
];
