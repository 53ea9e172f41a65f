//! Files whose purpose is to hold a credential: what is found and the sources are on the page `credential_files.md`.

use super::super::credential_files::{htpasswd, pgpass, sbt_credentials};
use super::super::detector::{Detector, Provider};

const FILES: Provider = Provider {
    page: include_str!("credential_files.md"),
    advice: "change it where it is valid, and keep the file out of the repository",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    FILES.special(
        "secrets/pgpass-password",
        "PostgreSQL password in a password file",
        &[":5432:", ":5433:", ":6432:", "*:*:*:"],
        pgpass,
    ),
    FILES
        .special(
            "secrets/htpasswd-entry",
            "password hash of a web server's user",
            &[":$apr1$", ":$2y$", ":{SHA}"],
            htpasswd,
        )
        .medium(),
    FILES.special(
        "secrets/sbt-credentials",
        "password of an artifact repository in a build",
        &["Credentials("],
        sbt_credentials,
    ),
    FILES.by_path("secrets/rails-master-key", "key of Rails' encrypted credentials").critical(),
];
