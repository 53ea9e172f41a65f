//! Square: formats and sources are on the page `square.md`.

use super::super::detector::{Detector, Provider};

const SQUARE: Provider =
    Provider { page: include_str!("square.md"), advice: "replace it in the Square Developer Console" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    SQUARE
        .token("secrets/square-access-token", "Square access token", &["EAAA", "EAAAl"], r"EAAA[0-9A-Za-z_-]{60}")
        .critical(),
    SQUARE
        .token(
            "secrets/square-application-secret",
            "Square application secret",
            &["sq0csp-"],
            r"sq0csp-[0-9A-Za-z_-]{43}",
        )
        .critical(),
    SQUARE
        .token(
            "secrets/square-legacy-access-token",
            "Square access token of the old format",
            &["sq0atp-"],
            r"sq0atp-[0-9A-Za-z_-]{22}",
        )
        .critical(),
];
