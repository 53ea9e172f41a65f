//! Which resource of Terraform stands behind a type, from `kinds.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("kinds.txt");

/// Packages that are made from Terraform's providers of the clouds that checks know.
const BRIDGED: [&str; 5] = ["aws", "azure", "cloudflare", "gcp", "pulumi"];
/// Packages whose resources are names, numbers and files: there is nothing to judge in them.
const HELPERS: [&str; 8] = ["archive", "command", "external", "local", "null", "random", "time", "tls"];

static KINDS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
});

/// Names of blocks that Terraform has in the singular where Pulumi has a list in the plural.
const BLOCKS: [(&str, &str, &str); 24] = [
    ("aws_alb_listener", "default_actions", "default_action"),
    ("aws_cloudfront_distribution", "origins", "origin"),
    ("aws_codebuild_project", "environment_variables", "environment_variable"),
    ("aws_db_parameter_group", "parameters", "parameter"),
    ("aws_docdb_cluster_parameter_group", "parameters", "parameter"),
    ("aws_ecs_task_definition", "volumes", "volume"),
    ("aws_elb", "listeners", "listener"),
    ("aws_iam_role", "inline_policies", "inline_policy"),
    ("aws_instance", "ebs_block_devices", "ebs_block_device"),
    ("aws_launch_configuration", "ebs_block_devices", "ebs_block_device"),
    ("aws_lb_listener", "default_actions", "default_action"),
    ("aws_rds_cluster_parameter_group", "parameters", "parameter"),
    ("aws_redshift_parameter_group", "parameters", "parameter"),
    ("aws_s3_bucket", "versionings", "versioning"),
    ("azurerm_container_app", "containers", "container"),
    ("azurerm_container_app", "volumes", "volume"),
    ("azurerm_key_vault", "access_policies", "access_policy"),
    ("azurerm_network_security_group", "security_rules", "security_rule"),
    ("azurerm_storage_account", "bypasses", "bypass"),
    ("azurerm_storage_account_network_rules", "bypasses", "bypass"),
    ("cloudflare_tunnel_config", "ingress_rules", "ingress_rule"),
    ("google_bigquery_dataset", "accesses", "access"),
    ("google_compute_firewall", "allows", "allow"),
    ("", "role_entities", "role_entity"),
];

/// The kind of Terraform's resource: `aws_s3_bucket` for `aws:s3/bucket:Bucket` or `aws:s3:Bucket`.
#[must_use]
pub fn kind_of(name: &str) -> Option<&'static str> {
    let mut parts = name.split(':');
    let (package, second, third) = (parts.next()?, parts.next()?, parts.next());
    let (module, class) = match third {
        Some(class) => (second.split('/').next()?, class),
        None => ("index", second),
    };
    if parts.next().is_some() {
        return None;
    }
    KINDS.get(format!("{package}:{module}:{class}").as_str()).copied()
}

/// Whether what there is to say about resources of a package can be said.
pub(super) fn is_read(package: &str) -> bool {
    BRIDGED.contains(&package) || HELPERS.contains(&package)
}

/// The name that Terraform has for a property: `kms_key_id` for `kmsKeyId`.
pub(super) fn property(kind: &str, name: &str) -> String {
    let snake = snake(name);
    let block = BLOCKS.iter().find(|(of, plural, _)| *plural == snake && (*of == kind || of.is_empty()));
    block.map_or(snake, |(.., singular)| (*singular).to_owned())
}

fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Properties whose keys are the user's own words.
const FREE: [&str; 10] = [
    "annotations",
    "appSettings",
    "buildEnvironmentVariables",
    "environmentVariables",
    "labels",
    "metadata",
    "tags",
    "tagsAll",
    "userLabels",
    "variables",
];

/// Whether the keys below a property are left as they are.
pub(super) fn is_free(name: &str) -> bool {
    FREE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_in_both_spellings() {
        for (name, kind) in [
            ("aws:s3/bucket:Bucket", Some("aws_s3_bucket")),
            ("aws:s3:Bucket", Some("aws_s3_bucket")),
            ("aws:ec2/securityGroup:SecurityGroup", Some("aws_security_group")),
            ("aws:rds/instance:Instance", Some("aws_db_instance")),
            ("aws:ec2/instance:Instance", Some("aws_instance")),
            ("aws:lb/loadBalancer:LoadBalancer", Some("aws_lb")),
            ("gcp:projects/iAMMember:IAMMember", Some("google_project_iam_member")),
            ("azure:storage/account:Account", Some("azurerm_storage_account")),
            ("cloudflare:index/zoneSetting:ZoneSetting", Some("cloudflare_zone_setting")),
            ("cloudflare:ZoneSetting", Some("cloudflare_zone_setting")),
            ("aws:ec2/subnet:Subnet", None),
            ("pulumi:pulumi:Stack", None),
            ("a:b:c:d", None),
            ("", None),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
        assert!(KINDS.len() > 250 && KINDS.values().all(|kind| kind.contains('_')));
    }

    #[test]
    fn properties_are_spelt_as_terraform_does() {
        let kind = "aws_instance";
        let names = ["kmsKeyId", "cidrIpv4", "blockPublicAcls", "ebsBlockDevices", "ipv6CidrBlocks"];
        let want = ["kms_key_id", "cidr_ipv4", "block_public_acls", "ebs_block_device", "ipv6_cidr_blocks"];
        assert_eq!(names.map(|name| property(kind, name)), want);
    }
}
