//! What users and roles may do, and who may become them.

use palisade_inventory::terraform::{Statement, Value};
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta, policy};
use crate::{Check, Report};

const PAGE: &str = include_str!("iam.md");
const POLICIES: &[&str] = &[
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_role",
    "aws_ssoadmin_permission_set_inline_policy",
];
/// Where those hold their documents.
const PATHS: &[&str] = &["policy", "inline_policy.policy", "inline_policy"];
const ATTACHMENTS: &[&str] = &[
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role",
    "aws_iam_role_policy_attachments_exclusive",
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/aws-iam-everything-allowed",
            "policy allows everything on everything",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T3"],
            &["CIS-AWS:1.16", "CWE-250"],
        ),
        POLICIES,
        |resource, report| each(resource, report, everything),
    ),
    Check::on_resource(
        meta(
            "iac/aws-iam-whole-service-allowed",
            "policy allows all of a sensitive service on every resource",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T3"],
            &["CIS-AWS:1.16", "CWE-250"],
        ),
        POLICIES,
        |resource, report| each(resource, report, whole_service),
    ),
    Check::on_resource(
        meta(
            "iac/aws-iam-all-but-allowed",
            "policy allows all actions but a few",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T3"],
            &["CWE-250"],
        ),
        POLICIES,
        |resource, report| each(resource, report, all_but),
    ),
    Check::on_resource(
        meta(
            "iac/aws-iam-any-role-passed",
            "policy allows passing every role to a service",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        ),
        POLICIES,
        |resource, report| each(resource, report, pass_role),
    ),
    Check::on_resource(
        meta(
            "iac/aws-iam-self-promotion",
            "policy lets its holder give itself any permission",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        ),
        POLICIES,
        |resource, report| each(resource, report, self_promotion),
    ),
    Check::on_resource(
        meta(
            "iac/aws-iam-administrator",
            "a principal is made administrator",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CIS-AWS:1.16", "CWE-250"],
        ),
        ATTACHMENTS,
        administrator,
    ),
    Check::on_resource(
        meta(
            "iac/aws-role-for-anybody",
            "everybody may assume this role",
            PAGE,
            Severity::Critical,
            &["E4-T2", "E4-T3"],
            &["CWE-284"],
        ),
        &["aws_iam_role"],
        for_anybody,
    ),
    Check::on_resource(
        meta(
            "iac/aws-oidc-trust-without-subject",
            "role trusts every pipeline of a forge",
            PAGE,
            Severity::Critical,
            &["E2-T3", "E4-T2"],
            &["CWE-284", "CWE-346"],
        ),
        &["aws_iam_role"],
        without_subject,
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-static-access-key",
            "a key that never expires is made for a user",
            PAGE,
            Severity::Low,
            &["E2-T3", "E3-T3"],
            &["CIS-AWS:1.14", "CWE-798"],
        )),
        &["aws_iam_access_key"],
        |resource, report| {
            let message = "this key works until somebody deletes it, and its secret lies in the state: use a role";
            resource.fault(Setting { value: None, place: resource.head() }, message, report);
        },
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-policy-on-user",
            "permissions are given to a user directly",
            PAGE,
            Severity::Info,
            &["E4-T1"],
            &["CIS-AWS:1.15"],
        )),
        &["aws_iam_user_policy", "aws_iam_user_policy_attachment"],
        |resource, report| {
            let message = "permissions of single users are forgotten when people change: give them to a group or role";
            resource.fault(Setting { value: None, place: resource.head() }, message, report);
        },
    ),
    Check::on_setting(
        meta(
            "iac/aws-short-passwords",
            "the account allows short passwords",
            PAGE,
            Severity::Low,
            &["E4-T4"],
            &["CIS-AWS:1.8", "CWE-521"],
        ),
        &["aws_iam_account_password_policy"],
        Rule::new("minimum_password_length", Wanted::AtLeast(14.0), "passwords shorter than 14 characters are guessed")
            .mended("14", Safety::Unsafe),
    ),
];

fn each(resource: &Resource<'_>, report: &mut Report<'_>, judge: fn(&Statement) -> Option<(&Value, String)>) {
    for policy in policy::policies(resource, PATHS) {
        for statement in policy.statements.iter().filter(|statement| statement.allows == Some(true)) {
            if let Some((value, message)) = judge(statement) {
                resource.fault_at(value.origin, &message, report);
            }
        }
    }
}

fn everything(statement: &Statement) -> Option<(&Value, String)> {
    policy::star(&statement.resources)?;
    let action = policy::covers(statement, &["*:*"]).or_else(|| policy::star(&statement.actions))?;
    let limited = !statement.conditions.is_empty() || statement.conditions_unknown;
    (!limited).then(|| (action, "whoever holds this can do everything in the account; name the actions".to_owned()))
}

/// Services whose whole is worth an account, or its data.
const SENSITIVE: [&str; 18] = [
    "iam",
    "sts",
    "organizations",
    "kms",
    "secretsmanager",
    "ssm",
    "s3",
    "ec2",
    "lambda",
    "dynamodb",
    "rds",
    "ecr",
    "eks",
    "ecs",
    "cloudformation",
    "cloudtrail",
    "sqs",
    "sns",
];

fn whole_service(statement: &Statement) -> Option<(&Value, String)> {
    policy::star(&statement.resources)?;
    if !statement.conditions.is_empty() || statement.conditions_unknown || policy::star(&statement.actions).is_some() {
        return None;
    }
    statement.actions.iter().find_map(|action| {
        let service = action.as_str()?.strip_suffix(":*")?;
        let sensitive = SENSITIVE.contains(&service.to_ascii_lowercase().as_str());
        sensitive.then(|| (action, format!("all of {service} on every resource; name the actions and resources")))
    })
}

fn all_but(statement: &Statement) -> Option<(&Value, String)> {
    let first = statement.not_actions.first()?;
    policy::star(&statement.resources)?;
    let limited = !statement.conditions.is_empty() || statement.conditions_unknown;
    (!limited)
        .then(|| (first, "`NotAction` with Allow grants every other action, also those AWS adds later".to_owned()))
}

fn pass_role(statement: &Statement) -> Option<(&Value, String)> {
    let action = policy::covers(statement, &["iam:PassRole"])?;
    if policy::star(&statement.actions).is_some() || action.as_str() == Some("iam:*") {
        return None;
    }
    policy::star(&statement.resources)?;
    let limited = !statement.conditions.is_empty() || statement.conditions_unknown;
    let message = "whoever holds this can hand the strongest role of the account to a machine of their own: \
                   name the roles, or the service with `iam:PassedToService`";
    (!limited).then(|| (action, message.to_owned()))
}

/// Each of these, on every resource, is a way to all permissions.
const PROMOTING: [&str; 14] = [
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:AttachUserPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachGroupPolicy",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:PutGroupPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:UpdateAssumeRolePolicy",
    "iam:AddUserToGroup",
    "iam:DeleteRolePermissionsBoundary",
];

fn self_promotion(statement: &Statement) -> Option<(&Value, String)> {
    policy::star(&statement.resources)?;
    if !statement.conditions.is_empty() || statement.conditions_unknown || policy::star(&statement.actions).is_some() {
        return None;
    }
    let action = policy::covers(statement, &PROMOTING)?;
    if action.as_str().is_some_and(|text| text.eq_ignore_ascii_case("iam:*")) {
        return None; // told by whole_service
    }
    let name = action.as_str().unwrap_or("this action");
    Some((action, format!("with {name} on every resource its holder can become administrator; name the resources")))
}

fn administrator(resource: &Resource<'_>, report: &mut Report<'_>) {
    let arns = ["policy_arn", "managed_policy_arns", "policy_arns"].into_iter().flat_map(|name| resource.blocks(name));
    for arn in arns {
        let text = arn.as_str().unwrap_or("");
        if text.starts_with("arn:aws") && text.ends_with(":policy/AdministratorAccess") {
            resource.fault_at(arn.origin, "whoever gets hold of this principal owns the account", report);
        }
    }
}

fn for_anybody(resource: &Resource<'_>, report: &mut Report<'_>) {
    for policy in policy::policies(resource, &["assume_role_policy"]) {
        for statement in policy.statements.iter().filter(|statement| statement.allows == Some(true)) {
            let Some(principal) = policy::everybody(statement).filter(|_| !policy::is_narrowed(statement)) else {
                continue;
            };
            let message = "every AWS account in the world may assume this role; name the accounts or services";
            resource.fault_at(principal.origin, message, report);
        }
    }
}

/// Issuers whose tokens anybody can get: what they must be narrowed by.
const ISSUERS: [(&str, &str); 6] = [
    ("token.actions.githubusercontent.com", "GitHub Actions"),
    ("gitlab.com", "GitLab"),
    ("app.terraform.io", "HCP Terraform"),
    ("oidc.circleci.com", "CircleCI"),
    ("agent.buildkite.com", "Buildkite"),
    ("api.bitbucket.org", "Bitbucket"),
];

fn without_subject(resource: &Resource<'_>, report: &mut Report<'_>) {
    for policy in policy::policies(resource, &["assume_role_policy"]) {
        for statement in policy.statements.iter().filter(|statement| statement.allows == Some(true)) {
            let federated = statement.principals.iter().find_map(|(kind, id)| {
                let text = id.as_partial().filter(|_| kind == "Federated")?;
                ISSUERS.iter().find(|(issuer, _)| text.contains(issuer)).map(|(_, forge)| (id, *forge))
            });
            let Some((principal, forge)) = federated.filter(|_| !statement.conditions_unknown) else { continue };
            let subject = statement.conditions.iter().find(|condition| {
                condition.key.ends_with(":sub") && !condition.operator.to_ascii_lowercase().contains("not")
                    || condition.key.ends_with(":repository")
                    || condition.key.ends_with(":repository_owner")
                    || condition.key.ends_with(":job_workflow_ref")
            });
            let Some(subject) = subject else {
                let message =
                    format!("every pipeline on {forge} may assume this role, whosoever it is: compare the `sub` claim");
                resource.fault_at(principal.origin, &message, report);
                continue;
            };
            let wide = subject.values.iter().find(|value| {
                let text = value.as_str().unwrap_or("-");
                matches!(text, "*" | "repo:*" | "repo:*/*" | "repo:*/*:*" | "repo:*:*" | "project_path:*")
            });
            if let Some(wide) = wide {
                let message = format!("every pipeline on {forge} matches this subject; name the repository");
                resource.fault_at(wide.origin, &message, report);
            }
        }
    }
}
