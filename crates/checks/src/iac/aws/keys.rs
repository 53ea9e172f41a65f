//! Keys, queues, topics, streams and file systems.

use palisade_model::{Safety, Severity};

use crate::Check;
use crate::Report;
use crate::iac::{Resource, Rule, Wanted, likely, meta};

const PAGE: &str = include_str!("keys.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/aws-key-without-rotation",
            "key is never rotated",
            PAGE,
            Severity::Low,
            &["E3-T2"],
            &["CIS-AWS:3.6", "CWE-324"],
        ),
        &["aws_kms_key"],
        without_rotation,
    ),
    Check::on_setting(
        meta(
            "iac/aws-key-deleted-quickly",
            "key is gone within days of its deletion",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CWE-693"],
        ),
        &["aws_kms_key", "aws_kms_external_key"],
        Rule::new(
            "deletion_window_in_days",
            Wanted::AtLeastIfSet(14.0),
            "what this key encrypts is lost for ever when nobody notices the deletion in time",
        )
        .mended("30", Safety::Safe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-files-unencrypted",
            "file system is not encrypted",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AWS:2.4.1", "CWE-311"],
        ),
        &["aws_efs_file_system"],
        Rule::new(
            "encrypted",
            Wanted::True,
            "whoever gets a copy of the storage can read the files; it cannot be changed later",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-queue-unencrypted",
            "encryption of a queue is switched off",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["aws_sqs_queue"],
        Rule::new("sqs_managed_sse_enabled", Wanted::NotFalse, "messages of this queue are stored readable")
            .unless(&["kms_master_key_id"])
            .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-topic-unencrypted",
            "messages of a topic are stored without a key",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-311"],
        )),
        &["aws_sns_topic"],
        Rule::new("kms_master_key_id", Wanted::Set, "messages on their way are stored without encryption under a key"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-stream-unencrypted",
            "stream is not encrypted",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["aws_kinesis_stream"],
        Rule::new("encryption_type", Wanted::OneOf(&["KMS"]), "records of this stream are stored readable"),
    ),
];

fn without_rotation(resource: &Resource<'_>, report: &mut Report<'_>) {
    // Only symmetric keys made by AWS can rotate by themselves.
    let asymmetric = ["customer_master_key_spec", "key_spec"].into_iter().filter_map(|name| resource.get(name));
    if asymmetric.into_iter().any(|spec| spec.as_str() != Some("SYMMETRIC_DEFAULT"))
        || resource.get("key_usage").is_some_and(|usage| usage.as_str() != Some("ENCRYPT_DECRYPT"))
        || resource.get("custom_key_store_id").is_some()
    {
        return;
    }
    let setting = resource.setting("enable_key_rotation");
    if !setting.is_unknown() && setting.value.is_none_or(|value| value.as_bool() == Some(false)) {
        let fix = resource.mend(setting, "enable_key_rotation", "true", Safety::Safe);
        let message = "a key that leaked once opens everything until it is replaced by hand";
        if let Some(draft) = resource.fault(setting, message, report) {
            draft.maybe_fix(fix);
        }
    }
}
