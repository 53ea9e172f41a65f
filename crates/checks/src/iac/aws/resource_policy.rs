//! Policies on queues, topics, keys, registries, functions and secrets.

use palisade_model::Severity;

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta, policy};
use crate::{Check, Report};

const PAGE: &str = include_str!("resource_policy.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/aws-public-resource-policy",
            "resource's policy lets everybody in",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CWE-284", "CWE-732"],
        ),
        &[
            "aws_sqs_queue",
            "aws_sqs_queue_policy",
            "aws_sns_topic",
            "aws_sns_topic_policy",
            "aws_kms_key",
            "aws_kms_key_policy",
            "aws_ecr_repository_policy",
            "aws_secretsmanager_secret",
            "aws_secretsmanager_secret_policy",
            "aws_elasticsearch_domain",
            "aws_elasticsearch_domain_policy",
            "aws_opensearch_domain",
            "aws_opensearch_domain_policy",
            "aws_efs_file_system_policy",
            "aws_backup_vault_policy",
            "aws_glacier_vault",
            "aws_cloudwatch_event_bus_policy",
            "aws_dynamodb_resource_policy",
        ],
        public,
    ),
    Check::on_resource(
        meta(
            "iac/aws-function-for-anybody",
            "everybody may call this function",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CWE-284"],
        ),
        &["aws_lambda_permission"],
        for_anybody,
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-function-for-any-resource",
            "a service may call this function for any account",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-441"],
        )),
        &["aws_lambda_permission"],
        for_any_resource,
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-function-url-without-login",
            "function's URL asks for no login",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-306"],
        )),
        &["aws_lambda_function_url"],
        Rule::new(
            "authorization_type",
            Wanted::NoneOf(&["NONE"]),
            "everybody on the internet may call this function; use AWS_IAM, or a gateway that checks callers",
        ),
    ),
];

fn public(resource: &Resource<'_>, report: &mut Report<'_>) {
    let kind = resource.kind();
    for policy in policy::policies(resource, &["policy", "access_policies", "access_policy"]) {
        for statement in policy.statements.iter().filter(|statement| statement.allows == Some(true)) {
            let Some(principal) = policy::everybody(statement).filter(|_| !policy::is_narrowed(statement)) else {
                continue;
            };
            // Mounting through a target of one's own network is the usual way to a file system.
            let mounted = statement.conditions.iter().any(|one| one.key.starts_with("elasticfilesystem:"));
            let through = statement.conditions.iter().any(|one| one.key == "kms:viaservice");
            if mounted || through {
                continue;
            }
            let what = match kind.split('_').nth(1) {
                Some("sqs") => "send to or read from this queue",
                Some("sns") => "publish to or listen to this topic",
                Some("kms") => "use this key",
                Some("ecr") => "use the images of this repository",
                Some("secretsmanager") => "read this secret",
                Some("elasticsearch" | "opensearch") => "query this domain",
                _ => "use this",
            };
            // Within a network of one's own the world ends at its edge.
            let search = kind.contains("search_domain");
            if search && (resource.get("vpc_options").is_some() || kind.ends_with("_policy")) {
                let message = "whoever reaches this domain's network may query it without a login; name the principals";
                if let Some(draft) = resource.fault_at(principal.origin, message, report) {
                    draft.severity(resource.limit(Severity::Medium));
                }
                continue;
            }
            let message = format!("every AWS account in the world may {what}; name the principals, or add a condition");
            resource.fault_at(principal.origin, &message, report);
        }
    }
}

fn for_anybody(resource: &Resource<'_>, report: &mut Report<'_>) {
    let principal = resource.setting("principal");
    let narrowed = ["source_account", "source_arn", "principal_org_id", "function_url_auth_type"];
    let open = narrowed.iter().all(|name| resource.get(name).is_none());
    if open && principal.value.and_then(|value| value.as_str()) == Some("*") {
        resource.fault(principal, "every AWS account in the world may call this function; name the principal", report);
    }
}

fn for_any_resource(resource: &Resource<'_>, report: &mut Report<'_>) {
    let principal = resource.text("principal").unwrap_or("");
    let shared = ["s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com", "apigateway.amazonaws.com"];
    let open = ["source_account", "source_arn", "principal_org_id"].iter().all(|name| resource.get(name).is_none());
    if open && shared.contains(&principal) {
        let message = "anybody's bucket, topic or rule may trigger this function; set `source_arn`";
        resource.fault(Setting { value: None, ..resource.setting("principal") }, message, report);
    }
}
