//! Databases, caches and search.

use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("database.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/aws-database-public",
            "database has a public address",
            PAGE,
            Severity::High,
            &["E4-T3", "E6-T3"],
            &["CIS-AWS:2.3.3", "CWE-284"],
        ),
        &[
            "aws_db_instance",
            "aws_rds_cluster_instance",
            "aws_redshift_cluster",
            "aws_redshiftserverless_workgroup",
            "aws_dms_replication_instance",
            "aws_mq_broker",
            "aws_neptune_cluster_instance",
        ],
        Rule::new(
            "publicly_accessible",
            Wanted::NotTrue,
            "the internet reaches this database; put it into a private subnet and set this to false",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-database-unencrypted",
            "database is not encrypted at rest",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AWS:2.3.1", "CWE-311"],
        ),
        &["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "aws_rds_global_cluster"],
        Rule::new(
            "storage_encrypted",
            Wanted::True,
            "whoever gets a copy of the storage or of a snapshot can read it; this cannot be switched on later in place",
        )
        .unless(&["replicate_source_db", "snapshot_identifier", "source_db_cluster_identifier", "engine_mode"]),
    ),
    Check::on_setting(
        meta(
            "iac/aws-warehouse-unencrypted",
            "data warehouse is not encrypted at rest",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["aws_redshift_cluster"],
        Rule::new("encrypted", Wanted::NotFalse, "whoever gets a copy of the storage or of a snapshot can read it"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-cache-unencrypted",
            "cache is not encrypted at rest",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["aws_elasticache_replication_group"],
        Rule::new("at_rest_encryption_enabled", Wanted::True, "backups and disks of this cache can be read as they are"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-cache-plaintext",
            "cache is spoken to without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_elasticache_replication_group"],
        Rule::new(
            "transit_encryption_enabled",
            Wanted::True,
            "sessions and passwords in this cache cross the network readable",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-search-unencrypted",
            "search domain is not encrypted at rest",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["aws_elasticsearch_domain", "aws_opensearch_domain"],
        Rule::new("encrypt_at_rest.enabled", Wanted::True, "whoever gets a copy of the storage can read the indices"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-search-plaintext",
            "search domain answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_elasticsearch_domain", "aws_opensearch_domain"],
        Rule::new(
            "domain_endpoint_options.enforce_https",
            Wanted::True,
            "queries and passwords may cross the network readable",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-database-unprotected",
            "database can be deleted by one wrong apply",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CWE-693"],
        )),
        &["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"],
        Rule::new(
            "deletion_protection",
            Wanted::True,
            "a renamed resource or a wrong workspace deletes this database without being asked twice",
        )
        .unless(&["replicate_source_db"])
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-database-without-backup",
            "database is not backed up",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-693"],
        ),
        &["aws_db_instance"],
        Rule::new(
            "backup_retention_period",
            Wanted::AtLeast(1.0),
            "without a retention period there are no automatic backups, and no way back from a bad migration",
        )
        .unless(&["replicate_source_db"])
        .mended("7", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-table-without-recovery",
            "table cannot be put back to an earlier state",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-693"],
        )),
        &["aws_dynamodb_table"],
        Rule::new(
            "point_in_time_recovery.enabled",
            Wanted::True,
            "what a wrong program deletes from this table is lost",
        )
        .unless(&["restore_source_name"])
        .mended("true", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/aws-database-password-in-code",
            "master password of a database is written down",
            PAGE,
            Severity::High,
            &["E3-T1", "AP-1"],
            &["CWE-798"],
        ),
        &[
            "aws_db_instance",
            "aws_rds_cluster",
            "aws_docdb_cluster",
            "aws_redshift_cluster",
            "aws_elasticache_replication_group",
            "aws_memorydb_user",
            "aws_dms_endpoint",
        ],
        password_in_code,
    ),
];

fn password_in_code(resource: &Resource<'_>, report: &mut Report<'_>) {
    for name in ["password", "master_password", "auth_token"] {
        let setting = resource.setting(name);
        if setting.value.and_then(|value| value.as_str()).is_some_and(|text| !text.is_empty()) {
            let message = "everybody who reads this repository or its state knows this password: \
                           let AWS manage it (`manage_master_user_password`) or take it from a secrets manager";
            resource.fault_secret(setting, message, report);
        }
    }
}
