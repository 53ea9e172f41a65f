//! Permissions to call functions. Policies on other resources are judged by [`crate::iam`].

use palisade_model::Severity;

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("resource_policy.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
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
