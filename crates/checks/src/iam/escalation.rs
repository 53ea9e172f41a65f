//! Permissions that lead to more permissions.

use palisade_inventory::terraform::{Statement, Value};
use palisade_model::Severity;

use super::document::{any_resource, covers, is_limited};
use super::{Document, Role, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("escalation.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_policy(
        meta(
            "iam/any-role-passed",
            "policy allows passing every role to a service",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        ),
        pass_role,
    ),
    Check::on_policy(
        meta(
            "iam/self-promotion",
            "policy lets its holder give itself any permission",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        ),
        |document, report| each(document, report, self_promotion),
    ),
    Check::on_policy(
        likely(meta(
            "iam/others-code-changeable",
            "policy lets its holder run code under roles of others",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        )),
        |document, report| each(document, report, others_code),
    ),
    Check::on_policy(
        likely(meta(
            "iam/any-role-assumed",
            "policy allows assuming every role",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        )),
        |document, report| each(document, report, any_role),
    ),
];

fn each(document: &Document<'_>, report: &mut Report<'_>, judge: fn(&Statement) -> Option<(&Value, String)>) {
    for statement in document.allowing(Role::Permissions).filter(|statement| !is_limited(statement)) {
        if let Some((value, message)) = judge(statement) {
            document.fault(value.origin, &message, report);
        }
    }
}

/// A pattern that covers an action, unless it is a whole service or everything, which other checks tell.
fn named<'s>(statement: &'s Statement, action: &str) -> Option<&'s Value> {
    covers(statement, action).filter(|value| value.as_str().is_some_and(|text| text != "*" && !text.ends_with(":*")))
}

/// Actions that start something under a role that was passed to it, and what runs then. All of a row are needed.
const STARTING: [(&[&str], &str); 14] = [
    (&["ec2:RunInstances"], "a virtual machine"),
    (&["lambda:CreateFunction", "lambda:InvokeFunction"], "a function"),
    (&["lambda:CreateFunction", "lambda:CreateEventSourceMapping"], "a function"),
    (&["ecs:RegisterTaskDefinition", "ecs:RunTask"], "a container"),
    (&["ecs:RegisterTaskDefinition", "ecs:CreateService"], "a container"),
    (&["cloudformation:CreateStack"], "a stack"),
    (&["glue:CreateDevEndpoint"], "a development endpoint"),
    (&["glue:CreateJob", "glue:StartJobRun"], "a job"),
    (&["codebuild:CreateProject", "codebuild:StartBuild"], "a build"),
    (&["sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"], "a notebook"),
    (&["sagemaker:CreateTrainingJob"], "a training job"),
    (&["datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"], "a pipeline"),
    (&["states:CreateStateMachine", "states:StartExecution"], "a state machine"),
    (&["ssm:StartAutomationExecution"], "an automation"),
];

fn pass_role(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Permissions).filter(|statement| !is_limited(statement)) {
        let Some(action) = named(statement, "iam:PassRole") else { continue };
        if any_resource(statement).is_none() {
            continue;
        }
        let allowed = |wanted: &str| document.allowing(Role::Permissions).any(|other| covers(other, wanted).is_some());
        let started = STARTING.iter().find(|(actions, _)| actions.iter().all(|action| allowed(action)));
        let name = "name the roles, or the service with `iam:PassedToService`";
        let message = match started {
            Some((actions, what)) => {
                let actions = actions.join(" and ");
                format!("with {actions} its holder can start {what} under the strongest role of the account: {name}")
            }
            None => format!("whoever holds this can hand every role of the account to a service: {name}"),
        };
        if let Some(draft) = document.fault(action.origin, &message, report)
            && started.is_some()
        {
            draft.severity(document.resource.limit(Severity::High));
        }
    }
}

/// Each of these, on every resource, is a way to all permissions.
const PROMOTING: [&str; 17] = [
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
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "sso:PutInlinePolicyToPermissionSet",
];

/// Whether a check here speaks of an action.
pub(super) fn tells(action: &str) -> bool {
    let known = PROMOTING.iter().chain(ENTERING.iter().map(|(action, _)| action));
    action.eq_ignore_ascii_case("iam:PassRole") || known.into_iter().any(|one| one.eq_ignore_ascii_case(action))
}

fn self_promotion(statement: &Statement) -> Option<(&Value, String)> {
    any_resource(statement)?;
    let action = PROMOTING.iter().find_map(|action| named(statement, action))?;
    let name = action.as_str().unwrap_or("this action");
    Some((action, format!("with {name} on every resource its holder can become administrator; name the resources")))
}

/// Actions that change or enter what already runs under a role.
const ENTERING: [(&str, &str); 9] = [
    ("lambda:UpdateFunctionCode", "replace the code of every function, and act under its role"),
    ("ssm:SendCommand", "run commands on every machine, and act under its role"),
    ("ssm:StartSession", "log in to every machine, and act under its role"),
    ("ec2-instance-connect:SendSSHPublicKey", "log in to every machine, and act under its role"),
    ("ecs:ExecuteCommand", "enter every container, and act under its role"),
    ("glue:UpdateDevEndpoint", "log in to every development endpoint, and act under its role"),
    ("glue:UpdateJob", "replace the script of every job, and act under its role"),
    ("codebuild:UpdateProject", "change every build, and act under its role"),
    ("cloudformation:UpdateStack", "change every stack, and act under its role"),
];

fn others_code(statement: &Statement) -> Option<(&Value, String)> {
    any_resource(statement)?;
    let (action, what) =
        ENTERING.iter().find_map(|(action, what)| named(statement, action).map(|value| (value, what)))?;
    Some((action, format!("whoever holds this can {what}; name the resources")))
}

fn any_role(statement: &Statement) -> Option<(&Value, String)> {
    let wide = |value: &&Value| value.as_str().is_some_and(|text| text == "*" || text.ends_with(":role/*"));
    statement.resources.iter().find(wide)?;
    let action = named(statement, "sts:AssumeRole").filter(|action| action.as_str() != Some("*"))?;
    Some((action, "its holder may become every role that trusts this account; name the roles".to_owned()))
}
