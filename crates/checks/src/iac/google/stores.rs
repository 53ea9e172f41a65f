//! Caches and databases beside Cloud SQL.

use palisade_model::{Safety, Severity};

use crate::Check;
use crate::iac::{Rule, Wanted, likely, meta};

const PAGE: &str = include_str!("stores.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/google-cache-plaintext",
            "cache answers without TLS",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["google_redis_instance", "google_redis_cluster"],
        Rule::new(
            "transit_encryption_mode",
            Wanted::OneOf(&["SERVER_AUTHENTICATION", "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"]),
            "sessions and passwords in this cache cross the network readable",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/google-alloy-public",
            "instance of AlloyDB has a public address",
            PAGE,
            Severity::Medium,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        ),
        &["google_alloydb_instance"],
        Rule::new(
            "network_config.enable_public_ip",
            Wanted::NotTrue,
            "the database is reached by a public address: use a private network",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/google-alloy-plaintext",
            "instance of AlloyDB answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["google_alloydb_instance"],
        Rule::new(
            "client_connection_config.ssl_config.ssl_mode",
            Wanted::NoneOf(&["ALLOW_UNENCRYPTED_AND_ENCRYPTED"]),
            "passwords and rows may cross the network readable; use ENCRYPTED_ONLY",
        )
        .mended("\"ENCRYPTED_ONLY\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/google-alloy-without-backup",
            "continuous backup of AlloyDB is switched off",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-693"],
        ),
        &["google_alloydb_cluster"],
        Rule::new("continuous_backup_config.enabled", Wanted::NotFalse, "there is no way back from a bad migration")
            .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/google-documents-without-recovery",
            "documents cannot be put back to an earlier state",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-693"],
        )),
        &["google_firestore_database"],
        Rule::new(
            "point_in_time_recovery_enablement",
            Wanted::OneOf(&["POINT_IN_TIME_RECOVERY_ENABLED"]),
            "what a wrong program deletes is lost after an hour",
        )
        .mended("\"POINT_IN_TIME_RECOVERY_ENABLED\"", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/google-dataset-deleted-with-contents",
            "deleting a dataset deletes its tables unasked",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CWE-693"],
        )),
        &["google_bigquery_dataset"],
        Rule::new(
            "delete_contents_on_destroy",
            Wanted::NotTrue,
            "a renamed resource or a wrong workspace deletes every table in it",
        )
        .mended("false", Safety::Safe),
    ),
];
