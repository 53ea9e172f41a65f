//! Grafana: formats and sources are on the page `grafana.md`.

use super::super::checksum::Checksum;
use super::super::detector::{Detector, Provider};

const GRAFANA: Provider =
    Provider { page: include_str!("grafana.md"), advice: "delete it under Administration, Service accounts" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    GRAFANA
        .token(
            "secrets/grafana-service-account-token",
            "Grafana service account token",
            &["glsa_"],
            r"glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}",
        )
        .checksum(Checksum::Crc32HexAfterUnderscore),
    GRAFANA.token(
        "secrets/grafana-cloud-token",
        "Grafana Cloud access policy token",
        &["glc_"],
        r"glc_[0-9A-Za-z+/]{32,400}={0,3}",
    ),
    GRAFANA.token(
        "secrets/grafana-legacy-api-key",
        "Grafana API key",
        &["eyJrIjoi"],
        r"eyJrIjoi[0-9A-Za-z+/]{60,160}={0,3}",
    ),
];
