//! Clusters, registries, functions and tasks.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta, network};
use crate::{Check, Report};

const PAGE: &str = include_str!("containers.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/aws-cluster-open-to-world",
            "API server of a cluster is open to the internet",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-EKS:5.4.1", "CWE-284"],
        ),
        &["aws_eks_cluster"],
        open_cluster,
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-cluster-without-audit-log",
            "cluster keeps no audit log",
            PAGE,
            Severity::Low,
            &["E7-T1", "US-024.5"],
            &["CIS-EKS:2.1.1", "CWE-778"],
        )),
        &["aws_eks_cluster"],
        without_audit,
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-cluster-secrets-without-own-key",
            "secrets of a cluster are not encrypted under a key of one's own",
            PAGE,
            Severity::Info,
            &["US-024.4"],
            &["CIS-EKS:5.3.1"],
        )),
        &["aws_eks_cluster"],
        Rule::new("encryption_config.resources", Wanted::Set, "secrets in etcd are encrypted with AWS's key only"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-registry-mutable-tags",
            "tags of a registry can be moved",
            PAGE,
            Severity::Low,
            &["T-024.3", "E5-T4"],
            &["CWE-494"],
        ),
        &["aws_ecr_repository"],
        Rule::new(
            "image_tag_mutability",
            Wanted::OneOf(&["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"]),
            "whoever may push can swap the image behind a tag that is deployed already",
        )
        .mended("\"IMMUTABLE\"", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-registry-unscanned",
            "images of a registry are not scanned",
            PAGE,
            Severity::Low,
            &["T-024.1"],
            &["CWE-1104"],
        )),
        &["aws_ecr_repository"],
        Rule::new(
            "image_scanning_configuration.scan_on_push",
            Wanted::True,
            "nobody is told of known holes in what is pushed here",
        )
        .mended("true", Safety::Safe),
    ),
    Check::on_resource(
        meta(
            "iac/aws-secret-in-environment",
            "secret stands in the environment of a function or task",
            PAGE,
            Severity::High,
            &["E3-T1", "AP-1"],
            &["CWE-798", "CWE-526"],
        ),
        &[
            "aws_lambda_function",
            "aws_ecs_task_definition",
            "aws_codebuild_project",
            "aws_apprunner_service",
            "aws_batch_job_definition",
        ],
        secret_in_environment,
    ),
    Check::on_resource(
        meta(
            "iac/aws-privileged-task",
            "container holds every privilege of its machine",
            PAGE,
            Severity::High,
            &["E5-T2"],
            &["CWE-250"],
        ),
        &["aws_ecs_task_definition", "aws_batch_job_definition"],
        privileged,
    ),
    Check::on_resource(
        meta(
            "iac/aws-secret-in-user-data",
            "secret stands in the start script of a machine",
            PAGE,
            Severity::High,
            &["E3-T1", "AP-1"],
            &["CWE-798"],
        ),
        &["aws_instance", "aws_launch_template", "aws_launch_configuration"],
        secret_in_user_data,
    ),
    Check::on_resource(
        meta(
            "iac/aws-task-files-plaintext",
            "task reads a file system without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_ecs_task_definition"],
        plaintext_files,
    ),
];

fn open_cluster(resource: &Resource<'_>, report: &mut Report<'_>) {
    for config in resource.blocks("vpc_config") {
        let public = config.get("endpoint_public_access");
        if config.is_unknown() || public.is_some_and(|value| value.as_bool() != Some(true)) {
            continue;
        }
        let message = "every host on the internet may talk to this cluster's API server: \
                       switch the public endpoint off, or list the addresses in `public_access_cidrs`";
        match config.entry("public_access_cidrs").filter(|entry| !entry.value.is_null()) {
            Some(entry) => {
                if let Some(world) = network::world(Some(&entry.value)) {
                    resource.fault(Setting { value: Some(world), place: entry.key_origin }, message, report);
                }
            }
            None => {
                let place = config.entry("endpoint_public_access").map_or(config.origin, |entry| entry.key_origin);
                resource.fault(Setting { value: None, place }, message, report);
            }
        }
    }
}

fn without_audit(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("enabled_cluster_log_types");
    let known = setting
        .value
        .is_none_or(|value| value.as_list().is_some_and(|list| list.iter().all(|one| one.as_str().is_some())));
    let audit = setting.value.into_iter().flat_map(Value::each).any(|one| one.as_str() == Some("audit"));
    if known && !audit {
        resource.fault(
            setting,
            "nobody can say who did what in this cluster: add `audit` to `enabled_cluster_log_types`",
            report,
        );
    }
}

/// Whether a value under a name is a secret that was written down.
pub(super) fn is_written_secret(name: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let reference = text.starts_with("arn:") || text.starts_with('/') || text.starts_with("{{") || text.contains("${");
    super::super::is_secret_name(name)
        && text.len() >= 6
        && !reference
        && !text.contains(' ')
        && !matches!(text, "changeme" | "CHANGEME" | "placeholder" | "REPLACE_ME" | "REPLACEME" | "example")
}

fn secret_in_environment(resource: &Resource<'_>, report: &mut Report<'_>) {
    let message = "everybody who may read this function's or task's configuration reads this secret: \
                   fetch it from a secrets manager at start";
    for block in resource.blocks("environment") {
        for entry in block.get("variables").and_then(Value::as_object).unwrap_or(&[]) {
            if is_written_secret(&entry.key, &entry.value) {
                secret_at(resource, &entry.value, message, report);
            }
        }
        for variable in block.get("environment_variable").into_iter().flat_map(Value::each) {
            let plain = variable.get("type").is_none_or(|kind| kind.as_str() == Some("PLAINTEXT"));
            named(resource, variable, "name", plain, message, report);
        }
    }
    for container in containers(resource) {
        for variable in container.get("environment").into_iter().flat_map(Value::each) {
            named(resource, variable, "name", true, message, report);
        }
    }
}

fn named(resource: &Resource<'_>, variable: &Value, key: &str, plain: bool, message: &str, report: &mut Report<'_>) {
    let name = variable.get(key).and_then(Value::as_str).unwrap_or("");
    if let Some(value) = variable.get("value").filter(|value| plain && is_written_secret(name, value)) {
        secret_at(resource, value, message, report);
    }
}

fn secret_at(resource: &Resource<'_>, value: &Value, message: &str, report: &mut Report<'_>) {
    resource.fault_secret(Setting { value: Some(value), place: value.origin }, message, report);
}

/// The containers of a task, from the JSON that holds them.
fn containers(resource: &Resource<'_>) -> Vec<Value> {
    let held = ["container_definitions", "container_properties"].into_iter().filter_map(|name| resource.get(name));
    held.filter_map(Value::decoded).flat_map(|value| value.each().cloned().collect::<Vec<_>>()).collect()
}

fn privileged(resource: &Resource<'_>, report: &mut Report<'_>) {
    for container in containers(resource) {
        if let Some(value) = container.get("privileged").filter(|value| value.as_bool() == Some(true)) {
            resource.fault_at(value.origin, "an escape from this container is root on its machine", report);
        }
    }
}

fn plaintext_files(resource: &Resource<'_>, report: &mut Report<'_>) {
    for files in
        resource.blocks("volume").flat_map(|volume| volume.get("efs_volume_configuration")).flat_map(Value::each)
    {
        let encryption = files.entry("transit_encryption").filter(|entry| !entry.value.is_null());
        let off = encryption.is_none_or(|entry| entry.value.as_str() == Some("DISABLED"));
        if off && !files.is_unknown() {
            let place = encryption.map_or(files.origin, |entry| entry.key_origin);
            let message = "files cross the network readable: set `transit_encryption = \"ENABLED\"`";
            resource.fault(Setting { value: None, place }, message, report);
        }
    }
}

fn secret_in_user_data(resource: &Resource<'_>, report: &mut Report<'_>) {
    for name in ["user_data", "user_data_base64"] {
        let setting = resource.setting(name);
        let Some(text) = setting.value.and_then(Value::as_partial) else { continue };
        let written = text.lines().find_map(|line| {
            let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']);
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && value.bytes().all(|b| b.is_ascii_graphic())
                && !value.starts_with(['$', '<', '`', '{']);
            (plain && value.len() >= 6 && super::super::is_secret_name(name)).then(|| name.to_owned())
        });
        if let Some(name) = written {
            let message = format!(
                "every program on the machine can read `{name}` from its metadata: fetch it from a secrets manager at start"
            );
            resource.fault_secret(setting, &message, report);
        }
    }
}
