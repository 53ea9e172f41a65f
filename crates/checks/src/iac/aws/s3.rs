//! Buckets of S3.

use palisade_model::{Fix, Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta, policy};
use crate::{Check, Report};

const PAGE: &str = include_str!("s3.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/aws-s3-public-acl",
            "bucket is public by its ACL",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CIS-AWS:2.1.4", "CWE-732"],
        ),
        &["aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object", "aws_s3_bucket_object"],
        public_acl,
    ),
    Check::on_resource(
        meta(
            "iac/aws-s3-public-policy",
            "bucket's policy lets everybody in",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CIS-AWS:2.1.4", "CWE-732", "CWE-284"],
        ),
        &["aws_s3_bucket", "aws_s3_bucket_policy"],
        public_policy,
    ),
    Check::on_resource(
        meta(
            "iac/aws-s3-public-access-allowed",
            "public access to buckets is not blocked",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-AWS:2.1.4", "CWE-732"],
        ),
        &["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"],
        public_access_allowed,
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-s3-without-public-access-block",
            "bucket has no block of public access",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CIS-AWS:2.1.4", "CWE-732"],
        )),
        &["aws_s3_bucket"],
        without_block,
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-s3-without-versioning",
            "bucket keeps no earlier versions",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-693"],
        )),
        &["aws_s3_bucket"],
        without_versioning,
    ),
    Check::on_setting(
        meta(
            "iac/aws-s3-mfa-delete-off",
            "deleting versions needs no second factor although it is configured",
            PAGE,
            Severity::Info,
            &["E4-T4"],
            &["CIS-AWS:2.1.2"],
        ),
        &["aws_s3_bucket_versioning"],
        Rule::new(
            "versioning_configuration.mfa_delete",
            Wanted::NoneOf(&["Disabled"]),
            "versions can be deleted for good without a second factor",
        ),
    ),
];

fn public_acl(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("acl");
    let (message, severity) = match setting.value.and_then(|value| value.as_str()) {
        Some("public-read-write") => ("everybody can read and write what is stored here", Severity::Critical),
        Some("public-read") => ("everybody can read what is stored here", Severity::High),
        Some("authenticated-read") => ("everybody with any AWS account can read what is stored here", Severity::High),
        _ => return,
    };
    if let Some(draft) = resource.fault(setting, message, report) {
        draft.severity(resource.limit(severity));
    }
}

fn public_policy(resource: &Resource<'_>, report: &mut Report<'_>) {
    for statement in policy::policies(resource, &["policy"]).iter().flat_map(|policy| &policy.statements) {
        if statement.allows != Some(true) || policy::is_narrowed(statement) {
            continue;
        }
        let Some(principal) = policy::everybody(statement) else { continue };
        let writes = ["s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy", "s3:PutBucketAcl"];
        let (verb, severity) = match policy::covers(statement, &writes) {
            Some(_) => ("change", Severity::Critical),
            None => ("read", Severity::High),
        };
        let message = format!("everybody can {verb} what is stored in this bucket; name the principals");
        if let Some(draft) = resource.fault_at(principal.origin, &message, report) {
            draft.severity(resource.limit(severity));
        }
    }
}

const BLOCKS: [&str; 4] = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

fn public_access_allowed(resource: &Resource<'_>, report: &mut Report<'_>) {
    let open = |name: &&str| match resource.setting(name) {
        Setting { value: None, .. } => true,
        Setting { value: Some(value), .. } => value.as_bool() == Some(false),
    };
    let names: Vec<&str> = BLOCKS.into_iter().filter(|name| open(name)).collect();
    let Some(first) = names.first() else { return };
    let message = format!("`{first}` is not on, so that an ACL or a policy can make the bucket public");
    // All of them in one go, since each alone would leave the finding; several new lines are for people to align.
    let missing = names.iter().filter(|name| resource.setting(name).value.is_none()).count();
    let mends = names.iter().map(|name| resource.mend(resource.setting(name), name, "true", Safety::Unsafe));
    let fix = mends.collect::<Option<Vec<Fix>>>().filter(|_| missing < 2).map(|fixes| {
        let edits = fixes.into_iter().flat_map(|fix| fix.edits).collect();
        Fix::new("block public access in all four ways", Safety::Unsafe, edits)
    });
    if let Some(draft) = resource.fault(resource.setting(first), &message, report) {
        draft.maybe_fix(fix);
    }
}

fn without_block(resource: &Resource<'_>, report: &mut Report<'_>) {
    let blocks = resource.companions("aws_s3_bucket_public_access_block", "bucket");
    let whole = resource.has_beside("aws_s3_account_public_access_block", |_| true);
    if blocks.found.is_empty() && !blocks.unsure && !whole {
        let nowhere = Setting { value: None, place: resource.head() };
        let message = "nothing in the configuration keeps this bucket from being made public";
        resource.fault(nowhere, message, report);
    }
}

fn without_versioning(resource: &Resource<'_>, report: &mut Report<'_>) {
    let own = resource.setting("versioning.enabled");
    let message = "what is overwritten or deleted in this bucket is lost";
    if own.value.is_some() {
        if own.value.and_then(|value| value.as_bool()) == Some(false) {
            resource.fault(own, message, report);
        }
        return;
    }
    let others = resource.companions("aws_s3_bucket_versioning", "bucket");
    if others.unsure || resource.get("versioning").is_some() {
        return;
    }
    if others.found.is_empty() {
        resource.fault(Setting { value: None, place: resource.head() }, message, report);
    }
    for other in others.found {
        let status = other.value.get("versioning_configuration").and_then(|block| block.each().next()?.get("status"));
        if let Some(status) = status.filter(|status| matches!(status.as_str(), Some("Suspended" | "Disabled"))) {
            resource.fault_at(status.origin, message, report);
        }
    }
}
