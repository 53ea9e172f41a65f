//! Users, roles and keys beside their policies.

use palisade_model::Severity;

use super::{likely, meta};
use crate::iac::{Resource, Setting};
use crate::{Check, Report};

const PAGE: &str = include_str!("holders.md");
const ATTACHMENTS: &[&str] = &[
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role",
    "aws_iam_role_policy_attachments_exclusive",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::Serverless::Function",
    "AWS::SSO::PermissionSet",
];
const ROLES: &[&str] = &["aws_iam_role", "AWS::IAM::Role"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iam/administrator",
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
        likely(meta(
            "iam/static-access-key",
            "a key that never expires is made for a user",
            PAGE,
            Severity::Low,
            &["E2-T3", "E3-T3"],
            &["CIS-AWS:1.14", "CWE-798"],
        )),
        &["aws_iam_access_key", "AWS::IAM::AccessKey"],
        |resource, report| {
            let message = "this key works until somebody deletes it, and its secret lies in the state: use a role";
            resource.fault(Setting { value: None, place: resource.head() }, message, report);
        },
    ),
    Check::on_resource(
        likely(meta(
            "iam/policy-on-user",
            "permissions are given to a user directly",
            PAGE,
            Severity::Info,
            &["E4-T1"],
            &["CIS-AWS:1.15"],
        )),
        &["aws_iam_user_policy", "aws_iam_user_policy_attachment", "AWS::IAM::User", "AWS::IAM::UserPolicy"],
        on_user,
    ),
    Check::on_resource(
        likely(meta(
            "iam/missing-boundary",
            "role lacks the permissions boundary that others have",
            PAGE,
            Severity::Low,
            &["E4-T1"],
            &["CWE-250"],
        )),
        ROLES,
        without_boundary,
    ),
];

fn administrator(resource: &Resource<'_>, report: &mut Report<'_>) {
    let names =
        ["policy_arn", "managed_policy_arns", "policy_arns", "ManagedPolicyArns", "ManagedPolicies", "Policies"];
    for arn in names.into_iter().flat_map(|name| resource.blocks(name)) {
        // The partition is known only where it is used.
        let text = arn.as_partial().unwrap_or("");
        let managed = text.starts_with("arn:") && text.ends_with(":iam::aws:policy/AdministratorAccess");
        if managed || text == "AdministratorAccess" {
            resource.fault_at(arn.origin, "whoever gets hold of this principal owns the account", report);
        }
    }
}

fn on_user(resource: &Resource<'_>, report: &mut Report<'_>) {
    let lists = ["Policies", "ManagedPolicyArns"];
    if resource.kind() == "AWS::IAM::User" && lists.iter().all(|name| resource.blocks(name).next().is_none()) {
        return;
    }
    let message = "permissions of single users are forgotten when people change: give them to a group or role";
    resource.fault(Setting { value: None, place: resource.head() }, message, report);
}

/// Roles of one root that must have a boundary before others are told that they lack it.
const WITH_BOUNDARY_MIN: usize = 3;

fn without_boundary(resource: &Resource<'_>, report: &mut Report<'_>) {
    let names = ["permissions_boundary", "PermissionsBoundary"];
    if names.iter().any(|name| resource.get(name).is_some()) {
        return;
    }
    let beside = ROLES.iter().flat_map(|kind| resource.beside(kind));
    let (mut with, mut without) = (0, 0);
    for other in beside {
        match names.iter().any(|name| other.get(name).is_some()) {
            true => with += 1,
            false => without += 1,
        }
    }
    if with >= WITH_BOUNDARY_MIN && with > without {
        let message = format!("{with} roles beside this one have a permissions boundary, and this one has none");
        resource.fault(Setting { value: None, place: resource.head() }, &message, report);
    }
}
