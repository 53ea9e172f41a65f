//! Trails and logs.

use palisade_model::{Safety, Severity};

use crate::Check;
use crate::iac::{Rule, Wanted, likely, meta};

const PAGE: &str = include_str!("logging.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/aws-trail-off",
            "audit trail records nothing",
            PAGE,
            Severity::High,
            &["E7-T1", "US-024.5"],
            &["CIS-AWS:3.1", "CWE-778"],
        ),
        &["aws_cloudtrail"],
        Rule::new("enable_logging", Wanted::NotFalse, "no call to AWS is recorded: a break-in leaves no trace")
            .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-trail-of-one-region",
            "audit trail covers one region",
            PAGE,
            Severity::Low,
            &["E7-T1", "US-024.5"],
            &["CIS-AWS:3.1", "CWE-778"],
        ),
        &["aws_cloudtrail"],
        Rule::new(
            "is_multi_region_trail",
            Wanted::True,
            "what happens in other regions is not recorded, and that is where intruders go",
        )
        .unless(&["is_organization_trail"])
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-trail-unvalidated",
            "audit trail can be altered unnoticed",
            PAGE,
            Severity::Low,
            &["E7-T1", "US-024.5"],
            &["CIS-AWS:3.2", "CWE-354"],
        ),
        &["aws_cloudtrail"],
        Rule::new(
            "enable_log_file_validation",
            Wanted::True,
            "an intruder who can write to the bucket can take their traces out",
        )
        .mended("true", Safety::Safe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-trail-without-own-key",
            "audit trail is not encrypted under a key of one's own",
            PAGE,
            Severity::Info,
            &["E7-T1"],
            &["CIS-AWS:3.5"],
        ),
        &["aws_cloudtrail"],
        Rule::new("kms_key_id", Wanted::Set, "whoever may read the bucket may read the trail"),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-detector-off",
            "detection of threats is switched off",
            PAGE,
            Severity::Medium,
            &["E7-T2"],
            &["CWE-778"],
        )),
        &["aws_guardduty_detector"],
        Rule::new(
            "enable",
            Wanted::NotFalse,
            "GuardDuty is declared and switched off: nobody is told of stolen credentials",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-recorder-off",
            "record of changes to resources is switched off",
            PAGE,
            Severity::Medium,
            &["E7-T1", "US-024.5"],
            &["CIS-AWS:3.3", "CWE-778"],
        ),
        &["aws_config_configuration_recorder_status"],
        Rule::new(
            "is_enabled",
            Wanted::NotFalse,
            "AWS Config is declared and switched off: nobody can say what changed",
        )
        .mended("true", Safety::Unsafe),
    ),
];
