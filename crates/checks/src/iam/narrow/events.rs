//! What an event of CloudTrail says about actions and resources. Events are named after calls, which are not always
//! named after the action that they need.

use serde_json::Value;

use super::super::service;

/// Services whose events come under another name than their actions. From AWS's documentation of both.
const SOURCES: [(&str, &str); 14] = [
    ("monitoring", "cloudwatch"),
    ("email", "ses"),
    ("tagging", "tag"),
    ("cognito-idp", "cognito-idp"),
    ("elasticmapreduce", "elasticmapreduce"),
    ("entitlement-marketplace", "aws-marketplace"),
    ("rds-data", "rds-data"),
    ("application-insights", "applicationinsights"),
    ("resource-explorer-2", "resource-explorer-2"),
    ("logs", "logs"),
    ("iotdata", "iot"),
    ("iotdevicegateway", "iot"),
    ("api.ecr", "ecr"),
    ("api.pricing", "pricing"),
];

/// Events that need actions of other names. From AWS's lists of actions for each service.
const EVENTS: &[(&str, &[&str])] = &[
    ("s3:ListObjects", &["s3:ListBucket"]),
    ("s3:ListObjectsV2", &["s3:ListBucket"]),
    ("s3:HeadBucket", &["s3:ListBucket"]),
    ("s3:ListObjectVersions", &["s3:ListBucketVersions"]),
    ("s3:HeadObject", &["s3:GetObject"]),
    ("s3:SelectObjectContent", &["s3:GetObject"]),
    ("s3:CopyObject", &["s3:GetObject", "s3:PutObject"]),
    ("s3:UploadPartCopy", &["s3:GetObject", "s3:PutObject"]),
    ("s3:CreateMultipartUpload", &["s3:PutObject"]),
    ("s3:UploadPart", &["s3:PutObject"]),
    ("s3:CompleteMultipartUpload", &["s3:PutObject"]),
    ("s3:PostObject", &["s3:PutObject"]),
    ("s3:ListMultipartUploads", &["s3:ListBucketMultipartUploads"]),
    ("s3:ListParts", &["s3:ListMultipartUploadParts"]),
    ("s3:DeleteObjects", &["s3:DeleteObject"]),
    ("s3:ListBuckets", &["s3:ListAllMyBuckets"]),
    ("s3:GetBucketLifecycle", &["s3:GetLifecycleConfiguration"]),
    ("s3:GetBucketLifecycleConfiguration", &["s3:GetLifecycleConfiguration"]),
    ("s3:PutBucketLifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3:PutBucketLifecycleConfiguration", &["s3:PutLifecycleConfiguration"]),
    ("s3:DeleteBucketLifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3:GetBucketEncryption", &["s3:GetEncryptionConfiguration"]),
    ("s3:PutBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    ("s3:DeleteBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    ("s3:GetBucketReplication", &["s3:GetReplicationConfiguration"]),
    ("s3:PutBucketReplication", &["s3:PutReplicationConfiguration"]),
    ("s3:DeleteBucketReplication", &["s3:PutReplicationConfiguration"]),
    ("s3:GetPublicAccessBlock", &["s3:GetBucketPublicAccessBlock"]),
    ("s3:PutPublicAccessBlock", &["s3:PutBucketPublicAccessBlock"]),
    ("s3:DeletePublicAccessBlock", &["s3:PutBucketPublicAccessBlock"]),
    ("s3:GetAccelerateConfiguration", &["s3:GetAccelerateConfiguration"]),
    ("s3:GetBucketAccelerateConfiguration", &["s3:GetAccelerateConfiguration"]),
    ("s3:DeleteBucketCors", &["s3:PutBucketCORS"]),
    ("s3:DeleteBucketTagging", &["s3:PutBucketTagging"]),
    ("s3:DeleteBucketOwnershipControls", &["s3:PutBucketOwnershipControls"]),
    ("s3:GetObjectLockConfiguration", &["s3:GetBucketObjectLockConfiguration"]),
    ("s3:PutObjectLockConfiguration", &["s3:PutBucketObjectLockConfiguration"]),
    ("s3:GetBucketNotificationConfiguration", &["s3:GetBucketNotification"]),
    ("s3:PutBucketNotificationConfiguration", &["s3:PutBucketNotification"]),
    ("lambda:Invoke", &["lambda:InvokeFunction"]),
    ("lambda:InvokeAsync", &["lambda:InvokeFunction"]),
    ("lambda:InvokeWithResponseStream", &["lambda:InvokeFunction"]),
    ("dynamodb:TransactGetItems", &["dynamodb:GetItem"]),
    ("dynamodb:TransactWriteItems", &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
    ("kms:ReEncrypt", &["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
    ("sqs:SendMessageBatch", &["sqs:SendMessage"]),
    ("sqs:DeleteMessageBatch", &["sqs:DeleteMessage"]),
    ("sqs:ChangeMessageVisibilityBatch", &["sqs:ChangeMessageVisibility"]),
    ("sns:PublishBatch", &["sns:Publish"]),
    ("states:StartSyncExecution", &["states:StartSyncExecution"]),
    ("ses:SendEmailV2", &["ses:SendEmail"]),
];

/// Calls that anybody may make.
pub(super) fn needs_nothing(service: &str, name: &str) -> bool {
    matches!((service, name), ("sts", "GetCallerIdentity") | ("signin", _) | ("sso", "Authenticate" | "Federate"))
}

/// The prefix of a service's actions, from the source of its events.
pub(super) fn service_of(source: &str) -> &str {
    let name = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    SOURCES.iter().find(|(known, _)| *known == name).map_or(name, |(_, prefix)| *prefix)
}

/// A name without the version of its interface: `Invoke20150331`, `GetFunction20150331v2`,
/// `CreateDistribution2020_05_31`.
fn plain(name: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let base = name.rsplit_once('v').filter(|(base, version)| {
        base.ends_with(|c: char| c.is_ascii_digit()) && version.len() <= 2 && digits(version)
    });
    let name = base.map_or(name, |(base, _)| base);
    for length in [10, 8] {
        let Some((base, version)) = name.len().checked_sub(length).and_then(|at| name.split_at_checked(at)) else {
            continue;
        };
        if digits(version) && version.starts_with("20") && !base.is_empty() {
            return base;
        }
    }
    name
}

/// The actions that an event needed; none when the table has none for it.
pub(super) fn actions(prefix: &str, name: &str, record: &Value) -> Vec<String> {
    let name = plain(name);
    if needs_nothing(prefix, name) {
        return Vec::new();
    }
    let event = format!("{prefix}:{name}");
    if let Some((_, actions)) = EVENTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&event)) {
        return actions.iter().map(|action| (*action).to_owned()).collect();
    }
    let versioned = record.pointer("/requestParameters/versionId").is_some();
    if prefix == "s3" && versioned && matches!(name, "GetObject" | "DeleteObject") {
        return vec![format!("s3:{name}Version")];
    }
    if prefix == "s3" && name == "PutObject" && record.pointer("/requestParameters/x-amz-acl").is_some() {
        return vec!["s3:PutObject".to_owned(), "s3:PutObjectAcl".to_owned()];
    }
    match service(prefix) {
        Some(known) if known.is_listed => {
            known.action(name).map(|action| format!("{prefix}:{}", action.name)).into_iter().collect()
        }
        // Of a service that is known by name only, the event's name is the best guess.
        Some(_) => vec![event],
        None => Vec::new(),
    }
}

/// Parameters that name a resource: service, parameter, the ARN with the parts in braces.
const NAMED: &[(&str, &str, &str)] = &[
    ("lambda", "functionName", "arn:aws:lambda:{region}:{account}:function:{}"),
    ("dynamodb", "tableName", "arn:aws:dynamodb:{region}:{account}:table/{}"),
    ("sns", "topicArn", "{}"),
    ("sns", "name", "arn:aws:sns:{region}:{account}:{}"),
    ("sqs", "queueName", "arn:aws:sqs:{region}:{account}:{}"),
    ("kms", "keyId", "arn:aws:kms:{region}:{account}:key/{}"),
    ("logs", "logGroupName", "arn:aws:logs:{region}:{account}:log-group:{}:*"),
    ("iam", "policyArn", "{}"),
    ("iam", "roleName", "arn:aws:iam::{account}:role/{}"),
    ("iam", "userName", "arn:aws:iam::{account}:user/{}"),
    ("iam", "groupName", "arn:aws:iam::{account}:group/{}"),
    ("sts", "roleArn", "{}"),
    ("ecr", "repositoryName", "arn:aws:ecr:{region}:{account}:repository/{}"),
    ("states", "stateMachineArn", "{}"),
    ("kinesis", "streamName", "arn:aws:kinesis:{region}:{account}:stream/{}"),
    ("firehose", "deliveryStreamName", "arn:aws:firehose:{region}:{account}:deliverystream/{}"),
    ("codebuild", "projectName", "arn:aws:codebuild:{region}:{account}:project/{}"),
    ("eks", "name", "arn:aws:eks:{region}:{account}:cluster/{}"),
    ("secretsmanager", "secretId", "{}"),
    ("rds", "dBInstanceIdentifier", "arn:aws:rds:{region}:{account}:db:{}"),
];

/// The resources of an action as ARNs, as far as the record names them; `*` where the action cannot be limited.
pub(super) fn resources(action: &str, record: &Value) -> Vec<String> {
    if !super::by_resource(action) {
        return vec!["*".to_owned()];
    }
    let prefix = action.split(':').next().unwrap_or("");
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    if prefix == "s3" {
        return bucket_or_object(action, record);
    }
    let account = text("/recipientAccountId").or(text("/userIdentity/accountId")).unwrap_or("*");
    let region = text("/awsRegion").unwrap_or("*");
    let of_service = |arn: &&str| arn.starts_with("arn:") && arn.split(':').nth(2) == Some(prefix);
    let listed = record.get("resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let listed = listed.iter().filter_map(|one| one.get("ARN").and_then(Value::as_str)).filter(of_service);
    let mut found: Vec<String> = listed.map(str::to_owned).collect();
    if !found.is_empty() {
        return found;
    }
    if prefix == "sqs" {
        // https://sqs.eu-west-1.amazonaws.com/123456789012/orders
        let url = text("/requestParameters/queueUrl").and_then(|url| url.strip_prefix("https://"));
        if let [_, account, queue] = url.unwrap_or("").split('/').collect::<Vec<_>>().as_slice() {
            return vec![format!("arn:aws:sqs:{region}:{account}:{queue}")];
        }
    }
    if prefix == "ssm" {
        let one = record.pointer("/requestParameters/name").and_then(Value::as_str);
        let many = record.pointer("/requestParameters/names").and_then(Value::as_array);
        let names = many.into_iter().flatten().filter_map(Value::as_str).chain(one);
        let parameter = action.contains("Parameter");
        return names
            .filter(|_| parameter)
            .map(|name| format!("arn:aws:ssm:{region}:{account}:parameter/{}", name.trim_start_matches('/')))
            .collect();
    }
    for (_, parameter, shape) in NAMED.iter().filter(|(known, ..)| *known == prefix) {
        let Some(name) = text(&format!("/requestParameters/{parameter}")).filter(|name| !name.is_empty()) else {
            continue;
        };
        if name.starts_with("arn:") {
            found.push(name.to_owned());
        } else if *shape != "{}" && !name.contains("alias/") {
            let arn = shape.replace("{region}", region).replace("{account}", account);
            found.push(arn.replace("{}", name));
        }
        break;
    }
    found
}

fn bucket_or_object(action: &str, record: &Value) -> Vec<String> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let name = action.split(':').nth(1).unwrap_or("");
    let of_object = name.contains("Object") && !name.contains("BucketObject")
        || name.contains("Upload") && !name.contains("BucketMultipart");
    let bucket = text("/requestParameters/bucketName");
    // Of a copy, the source is what is read.
    if action == "s3:GetObject"
        && let Some(source) = text("/requestParameters/x-amz-copy-source")
    {
        return vec![format!("arn:aws:s3:::{}", source.trim_start_matches('/').split('?').next().unwrap_or(""))];
    }
    match (bucket, text("/requestParameters/key"), of_object) {
        (Some(bucket), Some(key), true) => vec![format!("arn:aws:s3:::{bucket}/{key}")],
        (Some(bucket), None, true) => vec![format!("arn:aws:s3:::{bucket}/*")],
        (Some(bucket), _, false) => vec![format!("arn:aws:s3:::{bucket}")],
        (None, ..) => Vec::new(),
    }
}

/// Roles that a call handed to a service, for which it needed `iam:PassRole`.
pub(super) fn passed_roles(prefix: &str, name: &str, record: &Value) -> Vec<String> {
    const STARTS: [&str; 8] = ["Create", "Run", "Register", "Update", "Put", "Start", "Associate", "Modify"];
    let reads = matches!(prefix, "iam" | "sts") || !STARTS.iter().any(|verb| name.starts_with(verb));
    let mut roles = Vec::new();
    if let Some(parameters) = record.get("requestParameters").filter(|_| !reads) {
        gather_roles("", parameters, 12, &mut roles);
    }
    roles.sort();
    roles.dedup();
    roles
}

fn gather_roles(key: &str, value: &Value, depth: usize, roles: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let named = key.to_ascii_lowercase().contains("role");
            if named && text.starts_with("arn:aws") && text.contains(":iam::") && text.contains(":role/") {
                roles.push(text.clone());
            }
        }
        Value::Array(items) if depth > 0 => items.iter().for_each(|item| gather_roles(key, item, depth - 1, roles)),
        Value::Object(map) if depth > 0 => {
            map.iter().for_each(|(key, value)| gather_roles(key, value, depth - 1, roles));
        }
        _ => {}
    }
}

/// Actions whose calls are recorded only when a trail was told to record events of data, or not at all.
const DATA: &[&str] = &[
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListBucket",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
    "lambda:InvokeFunction",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetRecords",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sns:Publish",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "firehose:PutRecord",
    "firehose:PutRecordBatch",
    "cloudwatch:PutMetricData",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ssmmessages:OpenDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:CreateControlChannel",
    "execute-api:Invoke",
    "rds-db:connect",
    "iam:PassRole",
];

/// Whether calls of an action are not always recorded.
pub(super) fn is_data(action: &str) -> bool {
    DATA.iter().any(|one| one.eq_ignore_ascii_case(action))
}

/// The actions of [`is_data`].
pub(super) fn data_actions() -> impl Iterator<Item = &'static str> {
    DATA.iter().copied()
}
