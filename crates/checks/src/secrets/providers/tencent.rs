//! Tencent Cloud: formats and sources are on the page `tencent.md`.

use super::super::detector::{Detector, Provider};

const TENCENT: Provider = Provider {
    page: include_str!("tencent.md"),
    advice: "disable the key pair in the Cloud Access Management console",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    TENCENT.token("secrets/tencent-secret-id", "Tencent Cloud SecretId", &["AKID"], r"AKID[0-9A-Za-z]{32}"),
    TENCENT
        .keyed(
            "secrets/tencent-secret-key",
            "Tencent Cloud SecretKey",
            &["tencent", "qcloud", "akid"],
            r"[0-9A-Za-z]{32}",
        )
        .entropy(3.9)
        .critical(),
];
