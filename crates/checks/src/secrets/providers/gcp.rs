//! Google Cloud and Google APIs: formats and sources are on the page `gcp.md`.

use super::super::detector::{Detector, Provider};

const GCP: Provider = Provider {
    page: include_str!("gcp.md"),
    advice: "delete or rotate it under APIs & Services, Credentials, in the Google Cloud console",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    GCP.token("secrets/google-api-key", "Google API key", &["AIza"], r"AIza[0-9A-Za-z_-]{35}").medium(),
    GCP.token(
        "secrets/google-oauth-client-secret",
        "Google OAuth client secret",
        &["GOCSPX-"],
        r"GOCSPX-[0-9A-Za-z_-]{28}",
    ),
    GCP.token(
        "secrets/google-oauth-access-token",
        "Google OAuth access token",
        &["ya29."],
        r"ya29\.[0-9A-Za-z_-]{30,1024}",
    )
    .medium(),
    GCP.token(
        "secrets/google-oauth-refresh-token",
        "Google OAuth refresh token",
        &["1//0"],
        r"1//0[0-9A-Za-z_-]{60,200}",
    ),
    GCP.token(
        "secrets/google-storage-hmac-key",
        "Cloud Storage HMAC access id of a service account",
        &["GOOG1E"],
        r"GOOG1E[0-9A-Z]{55}",
    )
    .medium(),
    GCP.token(
        "secrets/google-fcm-server-key",
        "Firebase Cloud Messaging legacy server key",
        &[":APA91b"],
        r"AAAA[0-9A-Za-z_-]{7}:APA91b[0-9A-Za-z_-]{134}",
    )
    .before(11),
    GCP.keyed("secrets/google-recaptcha-secret", "reCAPTCHA secret key", &["recaptcha"], r"6L[0-9A-Za-z_-]{38}")
        .medium(),
];
