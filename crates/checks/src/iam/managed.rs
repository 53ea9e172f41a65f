//! Policies that AWS itself writes and that are known by name: what of them leads to more permissions.

use palisade_inventory::terraform::{Origin, Policy, Statement, Value};

/// Names, and the actions that each allows on every resource without a condition that would matter.
/// Actions that no check asks for are left out, as is `iam:PassRole` where AWS limits it to a service or a role.
const POLICIES: [(&str, &[&str]); 13] = [
    ("AdministratorAccess", &["*"]),
    ("IAMFullAccess", &["iam:*"]),
    ("AmazonEC2FullAccess", &["ec2:*"]),
    ("AWSLambda_FullAccess", &["lambda:*"]),
    ("AmazonECS_FullAccess", &["ecs:*"]),
    ("AWSCloudFormationFullAccess", &["cloudformation:*"]),
    ("AWSCodeBuildAdminAccess", &["codebuild:*"]),
    ("AWSCodeBuildDeveloperAccess", &["codebuild:StartBuild"]),
    ("AWSStepFunctionsFullAccess", &["states:*"]),
    ("AmazonSSMFullAccess", &["ssm:*"]),
    ("AWSGlueConsoleFullAccess", &["glue:*"]),
    ("AmazonSageMakerFullAccess", &["sagemaker:CreateTrainingJob", "sagemaker:CreatePresignedNotebookInstanceUrl"]),
    ("AWSDataPipeline_FullAccess", &["datapipeline:*"]),
];

/// A policy such as `arn:aws:iam::aws:policy/IAMFullAccess`, or its name alone; each statement stands at `place`.
pub(super) fn policy(arn: &str, place: Origin) -> Option<(&'static str, Policy)> {
    let name = match arn.strip_prefix("arn:") {
        Some(rest) => rest.split_once(":iam::aws:policy/")?.1.rsplit('/').next()?,
        None => arn,
    };
    let (name, actions) = POLICIES.iter().find(|(known, _)| *known == name)?;
    let statement = Statement {
        allows: Some(true),
        actions: actions.iter().map(|action| Value::text(action, place)).collect(),
        not_actions: Vec::new(),
        resources: vec![Value::text("*", place)],
        not_resources: Vec::new(),
        principals: Vec::new(),
        excludes_principals: false,
        conditions: Vec::new(),
        conditions_unknown: false,
        origin: place,
    };
    Some((name, Policy { statements: vec![statement] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_of_aws_are_known_by_name() {
        let of = |arn: &str| policy(arn, Origin::default()).map(|(name, _)| name);
        assert_eq!(of("arn:aws:iam::aws:policy/IAMFullAccess"), Some("IAMFullAccess"));
        assert_eq!(of("arn:aws-cn:iam::aws:policy/AmazonEC2FullAccess"), Some("AmazonEC2FullAccess"));
        assert_eq!(of("IAMFullAccess"), Some("IAMFullAccess"));
        // Somebody's own policy of the same name.
        assert_eq!(of("arn:aws:iam::123456789012:policy/IAMFullAccess"), None);
    }
}
