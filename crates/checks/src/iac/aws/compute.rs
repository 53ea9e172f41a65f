//! Virtual machines, their disks and their images.

use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("compute.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        likely(meta(
            "iac/aws-metadata-without-token",
            "instance metadata is served without a token",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-AWS:5.6", "CWE-918"],
        )),
        &["aws_instance", "aws_launch_template", "aws_launch_configuration"],
        metadata,
    ),
    Check::on_resource(
        meta(
            "iac/aws-unencrypted-volume",
            "disk is not encrypted",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AWS:2.2.1", "CWE-311"],
        ),
        &["aws_ebs_volume", "aws_instance", "aws_launch_configuration"],
        unencrypted,
    ),
    Check::on_setting(
        meta(
            "iac/aws-disk-encryption-off",
            "encryption of new disks is switched off for the account",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AWS:2.2.1", "CWE-311"],
        ),
        &["aws_ebs_encryption_by_default"],
        Rule::new("enabled", Wanted::NotFalse, "new disks of this account and region are not encrypted")
            .mended("true", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/aws-public-image",
            "image or snapshot is shared with everybody",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CWE-732"],
        ),
        &["aws_ami_launch_permission", "aws_db_snapshot", "aws_db_cluster_snapshot"],
        public_image,
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-public-address",
            "instances of this network get public addresses by default",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CWE-284"],
        )),
        &["aws_launch_configuration"],
        Rule::new(
            "associate_public_ip_address",
            Wanted::NotTrue,
            "each instance gets a public address; put a load balancer in front instead",
        ),
    ),
];

fn metadata(resource: &Resource<'_>, report: &mut Report<'_>) {
    let message = "any program that fetches URLs for strangers can be made to fetch this machine's credentials: \
                   set `http_tokens = \"required\"`";
    if let Some(options) = resource.get("metadata_options") {
        let options: Vec<_> = options.each().collect();
        if options
            .iter()
            .any(|one| one.is_unknown() || one.get("http_endpoint").is_some_and(|on| on.as_str() == Some("disabled")))
        {
            return;
        }
    }
    // A template decides for its instances.
    if resource.get("launch_template").is_some() {
        return;
    }
    let setting = resource.setting("metadata_options.http_tokens");
    let missed = setting.value.is_none_or(|value| value.as_str() == Some("optional"));
    if missed {
        let fix = resource.mend(setting, "metadata_options.http_tokens", "\"required\"", Safety::Unsafe);
        if let Some(draft) = resource.fault(setting, message, report) {
            draft.maybe_fix(fix);
        }
    }
}

fn unencrypted(resource: &Resource<'_>, report: &mut Report<'_>) {
    let on = |value: &palisade_inventory::terraform::Value| {
        value.get("enabled").is_none_or(|enabled| enabled.as_bool() != Some(false))
    };
    if resource.has_beside("aws_ebs_encryption_by_default", on) {
        return;
    }
    let message = "whoever gets a copy of this disk or of its snapshots can read it";
    let paths: &[&str] = if resource.kind() == "aws_ebs_volume" {
        &["encrypted"]
    } else {
        &["root_block_device.encrypted", "ebs_block_device.encrypted"]
    };
    for path in paths {
        let block = path.split('.').next().unwrap_or("");
        if *path != "encrypted" && resource.get(block).is_none() {
            continue;
        }
        for setting in resource.settings(path) {
            let snapshot = resource.get("snapshot_id").is_some();
            if setting.value.is_none_or(|value| value.as_bool() == Some(false))
                && !(setting.value.is_none() && snapshot)
            {
                resource.fault(setting, message, report);
            }
        }
    }
}

fn public_image(resource: &Resource<'_>, report: &mut Report<'_>) {
    let message = "everybody with an AWS account can start this image and read what is on it";
    let group = resource.setting("group");
    if group.value.and_then(|value| value.as_str()) == Some("all") {
        resource.fault(group, message, report);
    }
    let shared = resource.setting("shared_accounts");
    let all = shared.value.into_iter().flat_map(|value| value.each()).any(|account| account.as_str() == Some("all"));
    if all {
        resource.fault(
            Setting { value: None, ..shared },
            "everybody with an AWS account can restore this snapshot",
            report,
        );
    }
}
