//! Services that run code, names, registries and what a project starts with.

use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("platform.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/google-service-without-caller-check",
            "service does not ask who calls",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-306"],
        ),
        &["google_cloud_run_v2_service"],
        Rule::new(
            "invoker_iam_disabled",
            Wanted::NotTrue,
            "whoever reaches this service may call it, whatever its IAM policy says",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/google-function-plaintext",
            "function answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["google_cloudfunctions_function", "google_app_engine_standard_app_version"],
        Rule::new(
            "https_trigger_security_level|handlers.security_level",
            Wanted::NoneOf(&["SECURE_OPTIONAL", "SECURE_NEVER"]),
            "what callers send may cross the network readable; use SECURE_ALWAYS",
        ),
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-zone-unsigned",
            "names of a public zone can be forged",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CIS-GCP:3.3", "CWE-345"],
        )),
        &["google_dns_managed_zone"],
        unsigned_zone,
    ),
    Check::on_setting(
        meta(
            "iac/google-zone-weak-signature",
            "names of a zone are signed with SHA-1",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CIS-GCP:3.4", "CIS-GCP:3.5", "CWE-328"],
        ),
        &["google_dns_managed_zone"],
        Rule::new(
            "dnssec_config.default_key_specs.algorithm",
            Wanted::NoneOf(&["rsasha1"]),
            "resolvers stop trusting SHA-1; use ecdsap256sha256",
        ),
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-registry-mutable-tags",
            "tags of a registry can be moved",
            PAGE,
            Severity::Low,
            &["T-024.3", "E5-T4"],
            &["CWE-494"],
        )),
        &["google_artifact_registry_repository"],
        mutable_tags,
    ),
    Check::on_setting(
        meta(
            "iac/google-images-admitted-unchecked",
            "clusters admit every image",
            PAGE,
            Severity::Medium,
            &["E1-T4", "E5-T4"],
            &["CWE-345"],
        ),
        &["google_binary_authorization_policy"],
        Rule::new(
            "default_admission_rule.evaluation_mode",
            Wanted::NoneOf(&["ALWAYS_ALLOW"]),
            "a policy for signed images is declared and lets every image in; use REQUIRE_ATTESTATION",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/google-default-network",
            "project starts with a network that lets SSH in from anywhere",
            PAGE,
            Severity::Low,
            &["E6-T3"],
            &["CIS-GCP:3.1", "CWE-284"],
        )),
        &["google_project"],
        Rule::new(
            "auto_create_network",
            Wanted::False,
            "the network `default` opens SSH and RDP to the internet: set `auto_create_network = false`",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/google-notebook-public",
            "notebook has a public address",
            PAGE,
            Severity::Low,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        )),
        &["google_workbench_instance"],
        Rule::new(
            "gce_setup.disable_public_ip",
            Wanted::True,
            "a machine that runs anybody's code and reads your data is reached from the internet",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/google-cluster-for-analysis-public",
            "machines of a cluster for analysis have public addresses",
            PAGE,
            Severity::Low,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        ),
        &["google_dataproc_cluster"],
        Rule::new(
            "cluster_config.gce_cluster_config.internal_ip_only",
            Wanted::NotFalse,
            "machines that run anybody's code and read your data are reached from the internet",
        ),
    ),
];

fn unsigned_zone(resource: &Resource<'_>, report: &mut Report<'_>) {
    let private = resource.get("visibility").is_some_and(|value| value.as_str() != Some("public"));
    let elsewhere = ["private_visibility_config", "forwarding_config", "peering_config", "service_directory_config"];
    let setting = resource.setting("dnssec_config.state");
    if private || setting.is_unknown() || elsewhere.iter().any(|name| resource.get(name).is_some()) {
        return;
    }
    if setting.value.is_none_or(|value| value.as_str() == Some("off")) {
        let message = "whoever sits between a visitor and a resolver can send visitors elsewhere: \
                       set `state = \"on\"` in `dnssec_config`";
        resource.fault(setting, message, report);
    }
}

fn mutable_tags(resource: &Resource<'_>, report: &mut Report<'_>) {
    // Mirrors and unions hold what others pushed.
    let own = resource.get("mode").is_none_or(|mode| mode.as_str() == Some("STANDARD_REPOSITORY"));
    let docker = resource.text("format").is_some_and(|format| format.eq_ignore_ascii_case("docker"));
    let setting = resource.setting("docker_config.immutable_tags");
    if own && docker && !setting.is_unknown() && setting.value.is_none_or(|value| value.as_bool() == Some(false)) {
        let message = "whoever may push can swap the image behind a tag that is deployed already: \
                       set `immutable_tags = true` in `docker_config`";
        resource.fault(setting, message, report);
    }
}
