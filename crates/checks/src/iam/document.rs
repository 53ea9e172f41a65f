//! One policy, what it is for, and who holds it.

use std::collections::HashSet;
use std::rc::Rc;

use palisade_inventory::terraform::{Kind, Origin, Policy, Statement, Value};
use palisade_inventory::wildcard;

use crate::Report;
use crate::iac::{Ground, Resource};
use crate::report::Draft;

/// The kind of elements that are policies in files of their own.
pub(crate) const FILE: &str = "policy";
/// Documents that may be given to modules outside the target.
pub(crate) const DATA: &str = "data.aws_iam_policy_document";

/// What a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Says what its holder may do.
    Permissions,
    /// Says who may become a role.
    Trust,
    /// Says who may use a resource.
    Resource,
    /// Says what others may be permitted at most: service control policies and boundaries.
    Limit,
    /// Says what may pass through an endpoint of a network. It gives nothing: whoever calls still needs permission
    /// from elsewhere, and AWS itself writes `*` there.
    Endpoint,
}

/// Where a kind of element holds a policy.
pub(super) struct Place {
    pub(super) kind: &'static str,
    path: &'static str,
    role: Role,
}

const fn place(kind: &'static str, path: &'static str, role: Role) -> Place {
    Place { kind, path, role }
}

pub(super) static PLACES: &[Place] = &[
    place("aws_iam_policy", "policy", Role::Permissions),
    place("aws_iam_role_policy", "policy", Role::Permissions),
    place("aws_iam_user_policy", "policy", Role::Permissions),
    place("aws_iam_group_policy", "policy", Role::Permissions),
    place("aws_iam_role", "inline_policy.policy", Role::Permissions),
    place("aws_iam_role", "assume_role_policy", Role::Trust),
    place("aws_ssoadmin_permission_set_inline_policy", "inline_policy", Role::Permissions),
    place("aws_organizations_policy", "content", Role::Limit),
    place("aws_s3_bucket_policy", "policy", Role::Resource),
    place("aws_sqs_queue", "policy", Role::Resource),
    place("aws_sqs_queue_policy", "policy", Role::Resource),
    place("aws_sns_topic", "policy", Role::Resource),
    place("aws_sns_topic_policy", "policy", Role::Resource),
    place("aws_kms_key", "policy", Role::Resource),
    place("aws_kms_key_policy", "policy", Role::Resource),
    place("aws_ecr_repository_policy", "policy", Role::Resource),
    place("aws_secretsmanager_secret", "policy", Role::Resource),
    place("aws_secretsmanager_secret_policy", "policy", Role::Resource),
    place("aws_elasticsearch_domain", "access_policies", Role::Resource),
    place("aws_elasticsearch_domain_policy", "access_policies", Role::Resource),
    place("aws_opensearch_domain", "access_policies", Role::Resource),
    place("aws_opensearch_domain_policy", "access_policies", Role::Resource),
    place("aws_efs_file_system_policy", "policy", Role::Resource),
    place("aws_backup_vault_policy", "policy", Role::Resource),
    place("aws_glacier_vault", "access_policy", Role::Resource),
    place("aws_cloudwatch_event_bus_policy", "policy", Role::Resource),
    place("aws_dynamodb_resource_policy", "policy", Role::Resource),
    place("aws_vpc_endpoint", "policy", Role::Endpoint),
    place("aws_vpc_endpoint_policy", "policy", Role::Endpoint),
    place("AWS::EC2::VPCEndpoint", "PolicyDocument", Role::Endpoint),
    place("AWS::IAM::Policy", "PolicyDocument", Role::Permissions),
    place("AWS::IAM::ManagedPolicy", "PolicyDocument", Role::Permissions),
    place("AWS::IAM::RolePolicy", "PolicyDocument", Role::Permissions),
    place("AWS::IAM::UserPolicy", "PolicyDocument", Role::Permissions),
    place("AWS::IAM::GroupPolicy", "PolicyDocument", Role::Permissions),
    place("AWS::IAM::Role", "Policies.PolicyDocument", Role::Permissions),
    place("AWS::IAM::User", "Policies.PolicyDocument", Role::Permissions),
    place("AWS::IAM::Group", "Policies.PolicyDocument", Role::Permissions),
    place("AWS::Serverless::Function", "Policies", Role::Permissions),
    place("AWS::SSO::PermissionSet", "InlinePolicy", Role::Permissions),
    place("AWS::IAM::Role", "AssumeRolePolicyDocument", Role::Trust),
    place("AWS::Serverless::Function", "AssumeRolePolicyDocument", Role::Trust),
    place("AWS::Organizations::Policy", "Content", Role::Limit),
    place("AWS::S3::BucketPolicy", "PolicyDocument", Role::Resource),
    place("AWS::SQS::QueuePolicy", "PolicyDocument", Role::Resource),
    place("AWS::SNS::TopicPolicy", "PolicyDocument", Role::Resource),
    place("AWS::KMS::Key", "KeyPolicy", Role::Resource),
    place("AWS::ECR::Repository", "RepositoryPolicyText", Role::Resource),
    place("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", Role::Resource),
    place("AWS::Elasticsearch::Domain", "AccessPolicies", Role::Resource),
    place("AWS::OpenSearchService::Domain", "AccessPolicies", Role::Resource),
    place("AWS::EFS::FileSystem", "FileSystemPolicy", Role::Resource),
    place("AWS::Backup::BackupVault", "AccessPolicy", Role::Resource),
];

/// Under these names files hold a policy, when they are no policy themselves.
const NESTED: [&str; 4] = ["PolicyDocument", "AssumeRolePolicyDocument", "policy", "Policy"];

/// One policy.
pub struct Document<'a> {
    /// What holds it.
    pub resource: Resource<'a>,
    /// What it is for.
    pub role: Role,
    /// What it says.
    pub policy: Rc<Policy>,
}

/// Every policy of the target.
pub(super) fn all<'a>(ground: &'a Ground<'a>) -> Vec<Document<'a>> {
    let mut documents = Vec::new();
    let mut loose = Vec::new();
    for element in &ground.estate.elements {
        let resource = Resource::new(ground, element);
        if resource.kind() == FILE {
            documents.extend(of_file(resource));
            continue;
        }
        if resource.kind() == DATA {
            loose.extend(Policy::of_data(resource.body()).map(|policy| Document::guessed(resource, policy)));
            continue;
        }
        for place in PLACES.iter().filter(|place| place.kind == resource.kind()) {
            for value in resource.settings(place.path).into_iter().filter_map(|setting| setting.value) {
                let each = value.each().filter_map(Policy::of);
                documents.extend(each.map(|policy| Document { resource, role: place.role, policy: Rc::new(policy) }));
            }
        }
    }
    // What a resource of the target uses is told there.
    let used: HashSet<Origin> =
        documents.iter().flat_map(|one| &one.policy.statements).map(|statement| statement.origin).collect();
    loose.retain(|one: &Document<'_>| one.policy.statements.iter().any(|statement| !used.contains(&statement.origin)));
    documents.extend(loose);
    documents
}

fn of_file(resource: Resource<'_>) -> Option<Document<'_>> {
    let body = resource.body();
    let nested = || NESTED.iter().find_map(|name| Policy::of(body.get(name)?));
    let policy = Policy::of(body).or_else(nested)?;
    let is_policy = policy.statements.iter().any(|one| one.allows != Some(false) || !one.actions.is_empty());
    is_policy.then(|| Document::guessed(resource, policy))
}

impl<'a> Document<'a> {
    /// A policy of which only its text says what it is for.
    fn guessed(resource: Resource<'a>, policy: Policy) -> Self {
        let path = resource.path().to_ascii_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| path.contains(word) || resource.name().contains(word));
        let principals = policy.statements.iter().any(|one| !one.principals.is_empty() || one.excludes_principals);
        let assumes = |one: &Statement| {
            one.actions.iter().any(|action| action.as_str().is_some_and(|text| text.starts_with("sts:")))
        };
        let own = if resource.kind() == FILE { resource.path() } else { resource.name() };
        let controls = super::organizations::named_control(own).is_some();
        let role = match principals {
            _ if controls => Role::Limit,
            true if names_endpoint(own) || has_perimeter(&policy) => Role::Endpoint,
            true if policy.statements.iter().all(assumes) => Role::Trust,
            true => Role::Resource,
            false if named(&["boundary", "guardrail"]) => Role::Limit,
            false => Role::Permissions,
        };
        Self { resource, role, policy: Rc::new(policy) }
    }

    /// The statements that allow, in policies for this.
    pub(super) fn allowing(&self, role: Role) -> impl Iterator<Item = &Statement> {
        let statements = self.policy.statements.iter();
        statements.filter(move |statement| self.role == role && statement.allows == Some(true))
    }

    /// A finding at a value of the policy, wherever it was written.
    pub(super) fn fault<'r>(&self, place: Origin, message: &str, report: &'r mut Report<'_>) -> Option<&'r mut Draft> {
        self.resource.fault_at(place, message, report)
    }
}

/// How the names of policies of endpoints are written, without what stands between the words.
const ENDPOINTS: [&str; 3] = ["vpce", "vpcendpoint", "endpointpolic"];
/// Whatever stands in a folder of endpoints, a file of such a name is the policy of something else.
const HOLDERS: [&str; 8] = ["bucket", "queue", "topic", "kms", "key", "secret", "repository", "domain"];

/// Whether a path or name says that the policy is of an endpoint.
fn names_endpoint(name: &str) -> bool {
    let mut name = name.to_ascii_lowercase();
    name.retain(|letter| letter.is_ascii_alphanumeric() || letter == '/');
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
    let said = |text: &str| ENDPOINTS.iter().any(|word| text.contains(word));
    said(file) || said(folder) && !HOLDERS.iter().any(|word| file.contains(word))
}

/// Whether a statement lets one organisation do anything to anything of its own, which only a policy of an endpoint
/// says: one on a resource speaks of that resource and its service.
fn has_perimeter(policy: &Policy) -> bool {
    let all = |values: &[Value]| matches!(values, [one] if one.as_str() == Some("*"));
    policy.statements.iter().any(|one| {
        let asks = |key: &str| {
            one.conditions
                .iter()
                .any(|condition| condition.key == key && !condition.operator.to_ascii_lowercase().contains("not"))
        };
        one.allows == Some(true)
            && all(&one.actions)
            && all(&one.resources)
            && asks("aws:principalorgid")
            && asks("aws:resourceorgid")
    })
}

/// A text that names what a value stands for, with the known name of a resource of the target.
pub(super) fn name_of(value: &Value) -> String {
    match &value.kind {
        Kind::Reference(reference) => {
            let known = reference.known.as_ref().map(Value::to_text).unwrap_or_default();
            format!("{} {known}", reference.to.address)
        }
        _ => value.to_text(),
    }
}

/// The first pattern of the statement that covers an action such as `iam:PassRole`.
pub(super) fn covers<'s>(statement: &'s Statement, action: &str) -> Option<&'s Value> {
    let action = action.to_ascii_lowercase();
    statement
        .actions
        .iter()
        .find(|value| value.as_str().is_some_and(|pattern| wildcard::covers(&pattern.to_ascii_lowercase(), &action)))
}

/// Keys whose conditions do not say which resource, or who.
const IDLE_KEYS: [&str; 4] =
    ["aws:securetransport", "aws:requestedregion", "aws:multifactorauthpresent", "aws:tokenissuetime"];

/// Whether conditions limit what the statement reaches.
pub(super) fn is_limited(statement: &Statement) -> bool {
    statement.conditions_unknown || statement.conditions.iter().any(|one| !IDLE_KEYS.contains(&one.key.as_str()))
}

/// The resource `*` of a statement.
pub(super) fn any_resource(statement: &Statement) -> Option<&Value> {
    statement.resources.iter().find(|value| value.as_str() == Some("*"))
}

/// The account in an ARN or a principal: 12 digits.
pub(super) fn account_of(text: &str) -> Option<&str> {
    let digits = |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    Some(text).filter(digits).or_else(|| text.strip_prefix("arn:")?.split(':').nth(3).filter(digits))
}
