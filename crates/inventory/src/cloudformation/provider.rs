//! Resources of templates under the names that Terraform's AWS provider gives them, so that one check serves both.
//!
//! Both describe the same calls of the same services: most properties differ in spelling alone, and the rows name
//! the rest. Kinds that have no row, and policy documents, are left as they are.

use std::rc::Rc;

use crate::terraform::{Element, Entry, Key, Kind, Reference, Value};

/// A kind, its name at the provider, and what is not merely spelt otherwise.
struct Row {
    kind: &'static str,
    provider: &'static str,
    /// Paths of properties and the names that they get; those without a name are dissolved into what holds them.
    renamed: &'static [(&'static str, &'static str)],
    /// Settings that a template makes elsewhere, or whose default differs: unknown when they are not set.
    unsure: &'static [&'static str],
}

const fn row(kind: &'static str, provider: &'static str) -> Row {
    Row { kind, provider, renamed: &[], unsure: &[] }
}

const fn renaming(kind: &'static str, provider: &'static str, renamed: &'static [(&'static str, &'static str)]) -> Row {
    Row { kind, provider, renamed, unsure: &[] }
}

/// Keys below these are the user's own words.
const FREE: [&str; 3] = ["Environment.Variables", "Tags", "ContainerDefinitions.DockerLabels"];

const CLUSTER: &[(&str, &str)] = &[("MasterUserPassword", "master_password"), ("SourceDBClusterIdentifier", "source")];
const SEARCH: &[(&str, &str)] =
    &[("EncryptionAtRestOptions", "encrypt_at_rest"), ("NodeToNodeEncryptionOptions", "node_to_node_encryption")];

const ROWS: &[Row] = &[
    row("AWS::ApiGateway::DomainName", "aws_api_gateway_domain_name"),
    renaming("AWS::ApiGateway::Method", "aws_api_gateway_method", &[("AuthorizationType", "authorization")]),
    renaming("AWS::CloudFront::Distribution", "aws_cloudfront_distribution", &[("DistributionConfig", "")]),
    renaming("AWS::CloudTrail::Trail", "aws_cloudtrail", &[("IsLogging", "enable_logging")]),
    renaming("AWS::DocDB::DBCluster", "aws_docdb_cluster", CLUSTER),
    renaming(
        "AWS::DynamoDB::Table",
        "aws_dynamodb_table",
        &[
            ("PointInTimeRecoverySpecification", "point_in_time_recovery"),
            ("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "enabled"),
        ],
    ),
    row("AWS::EC2::FlowLog", "aws_flow_log"),
    row("AWS::EC2::Instance", "aws_instance"),
    renaming("AWS::EC2::LaunchTemplate", "aws_launch_template", &[("LaunchTemplateData", "")]),
    renaming(
        "AWS::EC2::SecurityGroup",
        "aws_security_group",
        &[("SecurityGroupIngress", "ingress"), ("SecurityGroupIngress.CidrIp", "cidr_ipv4")],
    ),
    renaming("AWS::EC2::SecurityGroupIngress", "aws_vpc_security_group_ingress_rule", &[("CidrIp", "cidr_ipv4")]),
    row("AWS::EC2::VPC", "aws_vpc"),
    row("AWS::EC2::Volume", "aws_ebs_volume"),
    row("AWS::ECR::Repository", "aws_ecr_repository"),
    row("AWS::ECS::TaskDefinition", "aws_ecs_task_definition"),
    row("AWS::EFS::FileSystem", "aws_efs_file_system"),
    Row {
        unsure: &["enabled_cluster_log_types"],
        ..renaming("AWS::EKS::Cluster", "aws_eks_cluster", &[("ResourcesVpcConfig", "vpc_config")])
    },
    row("AWS::ElastiCache::ReplicationGroup", "aws_elasticache_replication_group"),
    renaming(
        "AWS::ElasticLoadBalancingV2::Listener",
        "aws_lb_listener",
        &[
            ("DefaultActions", "default_action"),
            ("DefaultActions.RedirectConfig", "redirect"),
            ("DefaultActions.FixedResponseConfig", "fixed_response"),
        ],
    ),
    renaming("AWS::Elasticsearch::Domain", "aws_elasticsearch_domain", SEARCH),
    row("AWS::GuardDuty::Detector", "aws_guardduty_detector"),
    row("AWS::IAM::AccessKey", "aws_iam_access_key"),
    renaming("AWS::KMS::Key", "aws_kms_key", &[("PendingWindowInDays", "deletion_window_in_days")]),
    renaming("AWS::Kinesis::Stream", "aws_kinesis_stream", &[("StreamEncryption", "")]),
    row("AWS::Lambda::Function", "aws_lambda_function"),
    row("AWS::Serverless::Function", "aws_lambda_function"),
    row("AWS::Lambda::Permission", "aws_lambda_permission"),
    renaming("AWS::Lambda::Url", "aws_lambda_function_url", &[("AuthType", "authorization_type")]),
    renaming("AWS::Neptune::DBCluster", "aws_neptune_cluster", CLUSTER),
    renaming("AWS::OpenSearchService::Domain", "aws_opensearch_domain", SEARCH),
    Row { unsure: &["backup_retention_period"], ..renaming("AWS::RDS::DBCluster", "aws_rds_cluster", CLUSTER) },
    Row {
        unsure: &["backup_retention_period"],
        ..renaming(
            "AWS::RDS::DBInstance",
            "aws_db_instance",
            &[
                ("MasterUserPassword", "password"),
                ("SourceDBInstanceIdentifier", "replicate_source_db"),
                ("DBSnapshotIdentifier", "snapshot_identifier"),
            ],
        )
    },
    renaming("AWS::Redshift::Cluster", "aws_redshift_cluster", &[("MasterUserPassword", "master_password")]),
    renaming(
        "AWS::S3::Bucket",
        "aws_s3_bucket",
        &[
            ("AccessControl", "acl"),
            ("VersioningConfiguration", "versioning"),
            ("VersioningConfiguration.Status", "enabled"),
        ],
    ),
    row("AWS::SNS::Topic", "aws_sns_topic"),
    row("AWS::SQS::Queue", "aws_sqs_queue"),
];

/// The elements that Terraform would have for this one of a template; none for kinds without a row.
#[must_use]
pub fn as_terraform(element: &Element) -> Vec<Element> {
    let Some(row) = ROWS.iter().find(|row| *row.kind == *element.kind) else { return Vec::new() };
    if row.provider == "aws_db_instance" && element.value.get("DBClusterIdentifier").is_some() {
        return Vec::new(); // the cluster decides
    }
    let mut entries = renamed(row, &element.value, "");
    for name in row.unsure {
        if entries.iter().all(|entry| *entry.key != **name) {
            let value = Value::unknown(element.head);
            entries.push(Entry { key: (*name).into(), key_origin: element.head, value });
        }
    }
    if row.provider == "aws_flow_log"
        && let Some(of) = element.value.entry("ResourceId")
    {
        entries.push(Entry { key: "vpc_id".into(), ..of.clone() });
    }
    let named = |kind: &str, address: Rc<str>, entries: Vec<Entry>| Element {
        kind: kind.into(),
        key: Key { address, ..element.key.clone() },
        value: Value::object(entries, element.value.origin),
        ..element.clone()
    };
    let mut elements = vec![named(row.provider, Rc::clone(&element.key.address), entries)];
    // What is one resource here and two there.
    if let Some(block) = element.value.get("PublicAccessBlockConfiguration").filter(|_| row.provider == "aws_s3_bucket")
    {
        let bucket = Reference { to: element.key.clone(), attribute: "id".into(), known: None };
        let mut entries = renamed(row, block, "PublicAccessBlockConfiguration");
        let value = Value::new(Kind::Reference(Rc::new(bucket)), element.head);
        entries.push(Entry { key: "bucket".into(), key_origin: element.head, value });
        let address = format!("{}.PublicAccessBlockConfiguration", element.key.address);
        let block = named("aws_s3_bucket_public_access_block", address.into(), entries);
        elements.push(Element { value: Value { origin: element.value.origin, ..block.value }, ..block });
    }
    elements
}

/// The entries of an object at a path, under the provider's names.
fn renamed(row: &Row, value: &Value, path: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for entry in value.as_object().unwrap_or(&[]) {
        let path = if path.is_empty() { entry.key.to_string() } else { format!("{path}.{}", entry.key) };
        let name = row.renamed.iter().find(|(from, _)| *from == path).map(|(_, to)| *to);
        if name == Some("") {
            entries.extend(renamed(row, &entry.value, &path));
            continue;
        }
        let key: Rc<str> = name.map_or_else(|| snake(&entry.key).into(), Into::into);
        let mut value =
            if FREE.contains(&path.as_str()) { entry.value.clone() } else { converted(row, &entry.value, &path) };
        match (row.provider, &*key) {
            ("aws_s3_bucket", "acl" | "enabled") => value = spelt(&value),
            (_, "container_definitions") => value = Value::encoded(value.clone(), value.origin),
            _ => {}
        }
        entries.push(Entry { key, key_origin: entry.key_origin, value });
    }
    entries
}

fn converted(row: &Row, value: &Value, path: &str) -> Value {
    match &value.kind {
        Kind::Object(_) => Value::object(renamed(row, value, path), value.origin),
        Kind::List(_) => Value::list(value.each().map(|item| converted(row, item, path)).collect(), value.origin),
        // Fetched when the stack is made.
        Kind::Text(text) | Kind::Partial(text) if text.starts_with("{{resolve:") => Value::unknown(value.origin),
        _ => value.clone(),
    }
}

/// `PublicRead` as `public-read`, and a status as a truth.
fn spelt(value: &Value) -> Value {
    let kind = match value.as_str() {
        Some("Enabled") => Kind::Bool(true),
        Some("Suspended") => Kind::Bool(false),
        Some(text) => Kind::Text(snake(text).replace('_', "-").into()),
        None => return value.clone(),
    };
    Value::new(kind, value.origin)
}

/// `KMSKeyId` as `kms_key_id`.
fn snake(name: &str) -> String {
    let bytes = name.as_bytes();
    let mut out = String::with_capacity(name.len() + 8);
    for (at, letter) in name.char_indices() {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let behind = bytes.get(at + 1);
        let opens = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() || behind.is_some_and(|behind| behind.is_ascii_lowercase())
            });
        if opens {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::cloudformation::elements;
    use crate::yaml::Yaml;

    #[test]
    fn resources_get_the_providers_kinds_and_settings() {
        let text = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead\n      \
                    VersioningConfiguration: {Status: Suspended}\n      PublicAccessBlockConfiguration: {BlockPublicAcls: false}\n  \
                    D:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      \
                    PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}\n  \
                    R:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      \
                    MasterUserPassword: '{{resolve:secretsmanager:db}}'\n      Tags: [{Key: OwnName, Value: x}]\n";
        let yaml = Yaml::parse(text.to_owned());
        let made: Vec<Element> = elements(yaml.root().unwrap(), 0, 0).iter().flat_map(as_terraform).collect();
        let kinds: Vec<&str> = made.iter().map(|element| &*element.kind).collect();
        let want = ["aws_s3_bucket", "aws_s3_bucket_public_access_block", "aws_dynamodb_table", "aws_db_instance"];
        assert_eq!(kinds, want);
        let get = |at: usize, name: &str| made[at].value.get(name).unwrap().clone();
        assert_eq!(get(0, "acl").as_str(), Some("public-read"));
        assert_eq!(get(0, "versioning").get("enabled").unwrap().as_bool(), Some(false));
        assert_eq!(get(1, "block_public_acls").as_bool(), Some(false));
        assert_eq!(get(1, "bucket").target(), Some(&made[0].key));
        assert_eq!(get(2, "point_in_time_recovery").get("enabled").unwrap().as_bool(), Some(true));
        assert!(get(3, "password").is_unknown() && get(3, "backup_retention_period").is_unknown());
        assert_eq!(get(3, "tags").each().next().unwrap().get("Key").unwrap().as_str(), Some("OwnName"));
    }

    #[test]
    fn names_are_spelt_as_the_provider_does() {
        let names =
            ["KMSKeyId", "EnforceHTTPS", "StorageEncrypted", "SqsManagedSseEnabled", "CidrIpv6", "DBSubnetGroupName"];
        let want = [
            "kms_key_id",
            "enforce_https",
            "storage_encrypted",
            "sqs_managed_sse_enabled",
            "cidr_ipv6",
            "db_subnet_group_name",
        ];
        assert_eq!(names.map(snake), want);
    }
}
