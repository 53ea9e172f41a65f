//! Cloudflare: formats and sources are on the page `cloudflare.md`.

use super::super::detector::{Detector, Provider};

const CLOUDFLARE: Provider = Provider {
    page: include_str!("cloudflare.md"),
    advice: "roll it at https://dash.cloudflare.com/profile/api-tokens",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    CLOUDFLARE
        .keyed(
            "secrets/cloudflare-api-token",
            "Cloudflare API token",
            &["cloudflare", "cf_api", "cf_token", "cloudflare_"],
            r"[0-9A-Za-z_-]{40}",
        )
        .entropy(4.0)
        .critical(),
    CLOUDFLARE
        .keyed(
            "secrets/cloudflare-global-key",
            "Cloudflare Global API key",
            &["cloudflare", "x-auth-key", "cf_api"],
            r"[0-9a-f]{37}",
        )
        .critical(),
    CLOUDFLARE.token(
        "secrets/cloudflare-origin-ca-key",
        "Cloudflare Origin CA key",
        &["v1.0-"],
        r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}",
    ),
];
