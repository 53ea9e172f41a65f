//! Notebooks, workflows and clusters of those who analyse data, and how files get in and out.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("analysis.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        likely(meta(
            "iac/aws-notebook-on-internet",
            "notebook reaches the internet past your network",
            PAGE,
            Severity::Low,
            &["E6-T2"],
            &["CWE-284"],
        )),
        &["aws_sagemaker_notebook_instance"],
        Rule::new(
            "direct_internet_access",
            Wanted::OneOf(&["Disabled"]),
            "what the notebook may read can leave by a way that none of your rules and logs see",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-workflows-public",
            "console of workflows is open to the internet",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CWE-284"],
        )),
        &["aws_mwaa_environment"],
        Rule::new(
            "webserver_access_mode",
            Wanted::NoneOf(&["PUBLIC_ONLY", "PUBLIC_AND_PRIVATE"]),
            "connections and variables of every workflow are one login away from the internet: use PRIVATE_ONLY",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-clusters-may-be-public",
            "clusters for analysis may be opened to the internet",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-284"],
        ),
        &["aws_emr_block_public_access_configuration"],
        Rule::new(
            "block_public_security_group_rules",
            Wanted::NotFalse,
            "consoles that run anybody's code may be opened to the internet by one wrong rule",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-catalog-shows-passwords",
            "catalogue of data hands out passwords of its connections",
            PAGE,
            Severity::Medium,
            &["E3-T1"],
            &["CWE-522"],
        ),
        &["aws_glue_data_catalog_encryption_settings"],
        Rule::new(
            "data_catalog_encryption_settings.connection_password_encryption.return_connection_password_encrypted",
            Wanted::NotFalse,
            "whoever may look at a connection reads the password of its database",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-desktop-unencrypted",
            "disk of a desktop is not encrypted",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        )),
        &["aws_workspaces_workspace"],
        Rule::new(
            "user_volume_encryption_enabled",
            Wanted::True,
            "whoever gets a copy of the disk can read its user's files; it cannot be changed later",
        ),
    ),
    Check::on_resource(
        meta(
            "iac/aws-transfer-plaintext",
            "file server speaks FTP without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_transfer_server"],
        plaintext_transfer,
    ),
    Check::on_setting(
        meta(
            "iac/aws-transfer-old-ciphers",
            "file server accepts old ciphers",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["aws_transfer_server"],
        Rule::new(
            "security_policy_name",
            Wanted::NoneOf(&["TransferSecurityPolicy-2018-11"]),
            "the policy of 2018 allows SHA-1 and old key exchanges; use a newer one",
        ),
    ),
];

fn plaintext_transfer(resource: &Resource<'_>, report: &mut Report<'_>) {
    for protocol in resource.get("protocols").into_iter().flat_map(Value::each) {
        if protocol.as_str() == Some("FTP") {
            let message = "passwords and files cross the network readable: use SFTP or FTPS";
            resource.fault_at(protocol.origin, message, report);
        }
    }
}
