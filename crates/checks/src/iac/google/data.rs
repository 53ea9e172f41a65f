//! Buckets, databases and keys.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Wanted, likely, meta, network};
use crate::{Check, Report};

const PAGE: &str = include_str!("data.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        likely(meta(
            "iac/google-bucket-with-acls",
            "objects of a bucket can be made public one by one",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CIS-GCP:5.2", "CWE-732"],
        )),
        &["google_storage_bucket"],
        Rule::new(
            "uniform_bucket_level_access",
            Wanted::True,
            "an object can be public although the bucket's policy says otherwise: set this to true",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/google-bucket-public-allowed",
            "public access to a bucket is not prevented",
            PAGE,
            Severity::Info,
            &["E4-T3"],
            &["CIS-GCP:5.1", "CWE-732"],
        ),
        &["google_storage_bucket"],
        Rule::new(
            "public_access_prevention",
            Wanted::NoneOf(&["inherited"]),
            "one wrong grant makes this bucket public; `enforced` refuses it",
        )
        .mended("\"enforced\"", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/google-database-open-to-world",
            "database lets the internet in",
            PAGE,
            Severity::High,
            &["E4-T3", "E6-T3"],
            &["CIS-GCP:6.5", "CWE-284"],
        ),
        &["google_sql_database_instance"],
        open_database,
    ),
    Check::on_setting(
        likely(meta(
            "iac/google-database-public",
            "database has a public address",
            PAGE,
            Severity::Medium,
            &["E4-T3", "E6-T3"],
            &["CIS-GCP:6.6", "CWE-284"],
        )),
        &["google_sql_database_instance"],
        Rule::new(
            "settings.ip_configuration.ipv4_enabled",
            Wanted::NotTrue,
            "the database is reached by a public address: use a private network",
        ),
    ),
    Check::on_resource(
        meta(
            "iac/google-database-plaintext",
            "database answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-GCP:6.4", "CWE-319"],
        ),
        &["google_sql_database_instance"],
        plaintext,
    ),
    Check::on_setting(
        meta(
            "iac/google-database-without-backup",
            "database is not backed up",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-GCP:6.7", "CWE-693"],
        ),
        &["google_sql_database_instance"],
        Rule::new("settings.backup_configuration.enabled", Wanted::True, "there is no way back from a bad migration")
            .unless(&["master_instance_name"])
            .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/google-database-unprotected",
            "database can be deleted by one wrong apply",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CWE-693"],
        ),
        &["google_sql_database_instance", "google_spanner_database"],
        Rule::new(
            "deletion_protection",
            Wanted::NotFalse,
            "a renamed resource or a wrong workspace deletes this database without being asked twice",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/google-cache-without-login",
            "cache asks for no password",
            PAGE,
            Severity::Low,
            &["E6-T3"],
            &["CWE-306"],
        ),
        &["google_redis_instance"],
        Rule::new("auth_enabled", Wanted::True, "whoever reaches this network reads and changes what is cached"),
    ),
    Check::on_resource(
        meta(
            "iac/google-key-without-rotation",
            "key is never rotated",
            PAGE,
            Severity::Low,
            &["E3-T2"],
            &["CIS-GCP:1.10", "CWE-324"],
        ),
        &["google_kms_crypto_key"],
        without_rotation,
    ),
];

fn open_database(resource: &Resource<'_>, report: &mut Report<'_>) {
    for setting in resource.settings("settings.ip_configuration.authorized_networks.value") {
        if network::world(setting.value).is_some() {
            resource.fault(
                setting,
                "every host on the internet may try to log in to this database; list the addresses",
                report,
            );
        }
    }
}

fn plaintext(resource: &Resource<'_>, report: &mut Report<'_>) {
    let mode = resource.setting("settings.ip_configuration.ssl_mode");
    let old = resource.setting("settings.ip_configuration.require_ssl");
    if mode.is_unknown() || old.is_unknown() || old.value.and_then(Value::as_bool) == Some(true) {
        return;
    }
    let public = resource.setting("settings.ip_configuration.ipv4_enabled");
    let private_only = public.value.and_then(Value::as_bool) == Some(false) && mode.value.is_none();
    let missed = mode.value.is_none_or(|value| value.as_str() == Some("ALLOW_UNENCRYPTED_AND_ENCRYPTED"));
    if missed && !private_only {
        resource.fault(
            mode,
            "passwords and rows may cross the network readable: set `ssl_mode = \"ENCRYPTED_ONLY\"`",
            report,
        );
    }
}

fn without_rotation(resource: &Resource<'_>, report: &mut Report<'_>) {
    let purpose = resource.get("purpose");
    if purpose.is_some_and(|purpose| purpose.as_str() != Some("ENCRYPT_DECRYPT"))
        || resource.get("import_only").is_some()
    {
        return;
    }
    let setting = resource.setting("rotation_period");
    if setting.value.is_none() {
        resource.fault(setting, "a key that leaked once opens everything until it is replaced by hand", report);
    }
}
