//! Permissions that lead to more permissions.

use palisade_inventory::terraform::{Statement, Value};
use palisade_model::Severity;

use super::document::{any_resource, covers, is_limited};
use super::holding::{Access, Grant, Holder};
use super::{Document, Role, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("escalation.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_access(
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
    Check::on_access(
        meta(
            "iam/self-promotion",
            "policy lets its holder give itself any permission",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        ),
        |access, report| each(access, report, self_promotion),
    ),
    Check::on_access(
        likely(meta(
            "iam/others-code-changeable",
            "policy lets its holder run code under roles of others",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        )),
        |access, report| each(access, report, others_code),
    ),
    Check::on_access(
        likely(meta(
            "iam/any-role-assumed",
            "policy allows assuming every role",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        )),
        |access, report| each(access, report, any_role),
    ),
];

/// What a statement leads to: the action that is needed, the value that gives it, and what is wrong with it.
type Fault<'s> = (&'static str, &'s Value, String);

fn each(access: &Access<'_>, report: &mut Report<'_>, judge: fn(&Statement) -> Option<Fault<'_>>) {
    for document in &access.documents {
        for statement in document.allowing(Role::Permissions).filter(|statement| !is_limited(statement)) {
            let Some((action, value, message)) = judge(statement) else { continue };
            if !access.is_taken_away(document, action) {
                document.fault(value.origin, &message, report);
            }
        }
    }
}

/// A pattern that covers an action, unless it is a whole service or everything, which other checks tell.
fn named<'s>(statement: &'s Statement, action: &str) -> Option<&'s Value> {
    covers(statement, action).filter(|value| value.as_str().is_some_and(|text| text != "*" && !text.ends_with(":*")))
}

/// What starts something under a role that was passed to it.
pub(super) struct Start {
    /// All of these are needed.
    pub(super) actions: &'static [&'static str],
    /// What runs then.
    pub(super) what: &'static str,
    /// The service that the role must trust.
    pub(super) service: &'static str,
}

const fn start(actions: &'static [&'static str], what: &'static str, service: &'static str) -> Start {
    Start { actions, what, service }
}

pub(super) const STARTING: [Start; 14] = [
    start(&["ec2:RunInstances"], "a virtual machine", "ec2.amazonaws.com"),
    start(&["lambda:CreateFunction", "lambda:InvokeFunction"], "a function", "lambda.amazonaws.com"),
    start(&["lambda:CreateFunction", "lambda:CreateEventSourceMapping"], "a function", "lambda.amazonaws.com"),
    start(&["ecs:RegisterTaskDefinition", "ecs:RunTask"], "a container", "ecs-tasks.amazonaws.com"),
    start(&["ecs:RegisterTaskDefinition", "ecs:CreateService"], "a container", "ecs-tasks.amazonaws.com"),
    start(&["cloudformation:CreateStack"], "a stack", "cloudformation.amazonaws.com"),
    start(&["glue:CreateDevEndpoint"], "a development endpoint", "glue.amazonaws.com"),
    start(&["glue:CreateJob", "glue:StartJobRun"], "a job", "glue.amazonaws.com"),
    start(&["codebuild:CreateProject", "codebuild:StartBuild"], "a build", "codebuild.amazonaws.com"),
    start(
        &["sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"],
        "a notebook",
        "sagemaker.amazonaws.com",
    ),
    start(&["sagemaker:CreateTrainingJob"], "a training job", "sagemaker.amazonaws.com"),
    start(
        &["datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"],
        "a pipeline",
        "datapipeline.amazonaws.com",
    ),
    start(&["states:CreateStateMachine", "states:StartExecution"], "a state machine", "states.amazonaws.com"),
    start(&["ssm:StartAutomationExecution"], "an automation", "ssm.amazonaws.com"),
];

const NAME_THEM: &str = "name the roles, or the service with `iam:PassedToService`";

fn pass_role(access: &Access<'_>, report: &mut Report<'_>) {
    for document in &access.documents {
        for statement in document.allowing(Role::Permissions).filter(|statement| !is_limited(statement)) {
            let Some(action) = named(statement, "iam:PassRole") else { continue };
            if any_resource(statement).is_none() || access.is_taken_away(document, "iam:PassRole") {
                continue;
            }
            pass_every_role(access, document, action, report);
        }
    }
}

fn pass_every_role(access: &Access<'_>, document: &Document<'_>, action: &Value, report: &mut Report<'_>) {
    let allowed = |wanted: &&str| {
        let mut allowing = document.allowing(Role::Permissions);
        allowing.any(|other| covers(other, wanted).is_some()) && !access.is_taken_away(document, wanted)
    };
    let high = document.resource.limit(Severity::High);
    if let Some(start) = STARTING.iter().find(|start| start.actions.iter().all(allowed)) {
        let actions = start.actions.join(" and ");
        let what = start.what;
        let message =
            format!("with {actions} its holder can start {what} under the strongest role of the account: {NAME_THEM}");
        if let Some(draft) = document.fault(action.origin, &message, report) {
            draft.severity(high);
        }
        return;
    }
    let able = access.holders_of(document).filter(|holder| holder.may("iam:PassRole"));
    let Some((holder, start, others)) = able.into_iter().find_map(|holder| {
        let (start, others) = started(holder)?;
        Some((holder, start, others))
    }) else {
        let message = format!("whoever holds this can hand every role of the account to a service: {NAME_THEM}");
        document.fault(action.origin, &message, report);
        return;
    };
    let message = format!(
        "with {} of {}, which {} holds too, it can start {} under the strongest role of the account: {NAME_THEM}",
        start.actions.join(" and "),
        others.first().map_or("another policy", |(grant, _)| &grant.name),
        holder.resource.name(),
        start.what
    );
    let Some(draft) = document.fault(action.origin, &message, report) else { return };
    draft.severity(high);
    let mut places: Vec<_> =
        others.iter().map(|(grant, value)| (grant.resource, value.origin, "is allowed here")).collect();
    places.extend(others.iter().filter_map(|(grant, _)| Some((grant.resource, grant.attached?, "is held by it here"))));
    places.dedup_by_key(|(_, place, _)| *place);
    for (resource, place, says) in places {
        if let Some(place) = resource.locate(place) {
            draft.also(place, format!("what starts it {says}"));
        }
    }
}

/// What a holder can start under a role, and the values that allow it.
fn started<'h, 'a>(holder: &'h Holder<'a>) -> Option<(&'static Start, Vec<(&'h Grant<'a>, &'h Value)>)> {
    STARTING.iter().find_map(|start| {
        let values: Option<Vec<_>> = start.actions.iter().map(|action| holder.allows(action)).collect();
        Some((start, values?))
    })
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

fn self_promotion(statement: &Statement) -> Option<Fault<'_>> {
    any_resource(statement)?;
    let (needed, action) = PROMOTING.iter().find_map(|action| Some((*action, named(statement, action)?)))?;
    let name = action.as_str().unwrap_or("this action");
    Some((
        needed,
        action,
        format!("with {name} on every resource its holder can become administrator; name the resources"),
    ))
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

fn others_code(statement: &Statement) -> Option<Fault<'_>> {
    any_resource(statement)?;
    let (needed, action, what) =
        ENTERING.iter().find_map(|(action, what)| named(statement, action).map(|value| (*action, value, what)))?;
    Some((needed, action, format!("whoever holds this can {what}; name the resources")))
}

fn any_role(statement: &Statement) -> Option<Fault<'_>> {
    let wide = |value: &&Value| value.as_str().is_some_and(|text| text == "*" || text.ends_with(":role/*"));
    statement.resources.iter().find(wide)?;
    let action = named(statement, "sts:AssumeRole").filter(|action| action.as_str() != Some("*"))?;
    Some((
        "sts:AssumeRole",
        action,
        "its holder may become every role that trusts this account; name the roles".to_owned(),
    ))
}
