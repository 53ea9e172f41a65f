//! Policies on resources: who may use a queue, topic, key, bucket or secret.

use palisade_inventory::terraform::{Statement, Value};
use palisade_model::Severity;

use super::{Document, Role, likely, meta};
use crate::iac::policy;
use crate::{Check, Report};

const PAGE: &str = include_str!("exposure.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_policy(
        meta(
            "iam/public-resource-policy",
            "resource's policy lets everybody in",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CWE-284", "CWE-732"],
        ),
        public,
    ),
    Check::on_policy(
        likely(meta(
            "iam/all-but-principals-allowed",
            "policy lets in everybody but a few",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CWE-284"],
        )),
        all_but,
    ),
    Check::on_policy(
        likely(meta(
            "iam/service-for-any-account",
            "a service may use a resource on behalf of any account",
            PAGE,
            Severity::Medium,
            &["E4-T2", "E4-T3"],
            &["CWE-441"],
        )),
        confused_deputy,
    ),
];

const DOMAIN: &str = "query this domain";

/// What the holder of a policy is, as its kind or its actions tell.
fn what(document: &Document<'_>, statement: &Statement) -> &'static str {
    let kind = document.resource.kind().to_ascii_lowercase();
    let action = statement.actions.first().and_then(Value::as_str).unwrap_or("").to_ascii_lowercase();
    let of = |word: &str, service: &str| kind.contains(word) || action.starts_with(service);
    match () {
        () if of("sqs", "sqs:") => "send to or read from this queue",
        () if of("sns", "sns:") => "publish to or listen to this topic",
        () if of("kms", "kms:") => "use this key",
        () if of("ecr", "ecr:") => "use the images of this repository",
        () if of("secretsmanager", "secretsmanager:") => "read this secret",
        () if of("s3", "s3:") => "reach what is stored in this bucket",
        () if of("search", "es:") => DOMAIN,
        () => "use this",
    }
}

fn public(document: &Document<'_>, report: &mut Report<'_>) {
    let kind = document.resource.kind();
    // `iac/aws-s3-public-policy` tells this of buckets in Terraform.
    if kind == "aws_s3_bucket_policy" {
        return;
    }
    for statement in document.allowing(Role::Resource) {
        let Some(principal) = policy::everybody(statement).filter(|_| !policy::is_narrowed(statement)) else {
            continue;
        };
        // Mounting through a target of one's own network is the usual way to a file system.
        let mounted = statement.conditions.iter().any(|one| one.key.starts_with("elasticfilesystem:"));
        let through = statement.conditions.iter().any(|one| one.key == "kms:viaservice");
        if mounted || through {
            continue;
        }
        // Within a network of one's own the world ends at its edge.
        let inside = ["vpc_options", "VPCOptions"].iter().any(|name| document.resource.get(name).is_some());
        let domain = what(document, statement) == DOMAIN;
        if inside || domain && (kind.ends_with("_domain_policy") || kind == super::document::DATA) {
            let message = "whoever reaches this domain's network may query it without a login; name the principals";
            if let Some(draft) = document.fault(principal.origin, message, report) {
                draft.severity(document.resource.limit(Severity::Medium));
            }
            continue;
        }
        let what = what(document, statement);
        let message = format!("every AWS account in the world may {what}; name the principals, or add a condition");
        document.fault(principal.origin, &message, report);
    }
}

fn all_but(document: &Document<'_>, report: &mut Report<'_>) {
    let statements = document.allowing(Role::Resource).chain(document.allowing(Role::Trust));
    for statement in statements.filter(|one| one.excludes_principals && !policy::is_narrowed(one)) {
        let message = "`NotPrincipal` with Allow lets in everybody else, also those without a login: name whom you \
                       mean with `Principal`";
        document.fault(statement.origin, message, report);
    }
}

/// Services that anybody can have send things to a resource they name.
const SENDERS: [&str; 10] = [
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "events.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "ses.amazonaws.com",
    "budgets.amazonaws.com",
    "codestar-notifications.amazonaws.com",
    "serverlessrepo.amazonaws.com",
    "scheduler.amazonaws.com",
];

/// Keys that say for whom a service acts.
const BEHALF: [&str; 6] = [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "kms:encryptioncontext:aws:cloudtrail:arn",
];

fn confused_deputy(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Resource).filter(|statement| !statement.conditions_unknown) {
        let sender = statement.principals.iter().find_map(|(kind, id)| {
            let text = id.as_str().filter(|text| kind == "Service" && SENDERS.contains(text))?;
            Some((id, text))
        });
        let Some((principal, service)) = sender else { continue };
        let acts_for = |key: &str| {
            BEHALF.contains(&key)
                || key.starts_with("kms:encryptioncontext")
                || key.starts_with("kms:viaservice")
                || key.starts_with("kms:calleraccount")
                || key == "s3:x-amz-acl" && service != "s3.amazonaws.com" && statement.conditions.len() > 1
        };
        // Reading a bucket's own access list, as log deliveries do, tells nobody anything.
        let harmless = statement
            .actions
            .iter()
            .all(|action| matches!(action.as_str(), Some("s3:GetBucketAcl" | "s3:ListBucket" | "kms:DescribeKey")));
        if harmless || statement.conditions.iter().any(|one| acts_for(&one.key)) {
            continue;
        }
        let message = format!(
            "anybody can have {service} act on this for an account of their own: compare `aws:SourceArn` or \
             `aws:SourceAccount`"
        );
        document.fault(principal.origin, &message, report);
    }
}
