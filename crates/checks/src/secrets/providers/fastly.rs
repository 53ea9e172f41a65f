//! Fastly: formats and sources are on the page `fastly.md`.

use super::super::detector::{Detector, Provider};

const FASTLY: Provider = Provider {
    page: include_str!("fastly.md"),
    advice: "revoke it at https://manage.fastly.com/account/personal/tokens",
};

pub(in crate::secrets) static DETECTORS: &[Detector] =
    &[FASTLY.keyed("secrets/fastly-api-token", "Fastly API token", &["fastly"], r"[0-9A-Za-z_-]{32}").entropy(3.9)];
