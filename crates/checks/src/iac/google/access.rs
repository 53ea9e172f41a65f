//! Who may do what: members, roles, keys and federation.

use palisade_inventory::terraform::{Kind, Value};
use palisade_model::Severity;

use crate::iac::{Resource, Setting, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("access.md");

/// Grants on what holds data.
pub(super) const DATA: &[&str] = &[
    "google_storage_bucket_iam_member",
    "google_storage_bucket_iam_binding",
    "google_bigquery_dataset_iam_member",
    "google_bigquery_dataset_iam_binding",
    "google_bigquery_table_iam_member",
    "google_bigquery_table_iam_binding",
    "google_kms_crypto_key_iam_member",
    "google_kms_crypto_key_iam_binding",
    "google_kms_key_ring_iam_member",
    "google_kms_key_ring_iam_binding",
    "google_secret_manager_secret_iam_member",
    "google_secret_manager_secret_iam_binding",
    "google_pubsub_topic_iam_member",
    "google_pubsub_topic_iam_binding",
    "google_pubsub_subscription_iam_member",
    "google_pubsub_subscription_iam_binding",
    "google_compute_instance_iam_member",
    "google_artifact_registry_repository_iam_member",
    "google_artifact_registry_repository_iam_binding",
    "google_project_iam_member",
    "google_project_iam_binding",
    "google_folder_iam_member",
    "google_folder_iam_binding",
    "google_organization_iam_member",
    "google_organization_iam_binding",
    "google_service_account_iam_member",
    "google_service_account_iam_binding",
];
/// Grants on what serves requests, which is public more often on purpose.
const SERVICES: &[&str] = &[
    "google_cloud_run_service_iam_member",
    "google_cloud_run_service_iam_binding",
    "google_cloud_run_v2_service_iam_member",
    "google_cloud_run_v2_service_iam_binding",
    "google_cloudfunctions_function_iam_member",
    "google_cloudfunctions_function_iam_binding",
    "google_cloudfunctions2_function_iam_member",
    "google_cloudfunctions2_function_iam_binding",
];
/// Grants on whole projects, folders and organisations.
pub(super) const WIDE: &[&str] = &[
    "google_project_iam_member",
    "google_project_iam_binding",
    "google_folder_iam_member",
    "google_folder_iam_binding",
    "google_organization_iam_member",
    "google_organization_iam_binding",
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/google-public-member",
            "everybody is given a role",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CIS-GCP:5.1", "CWE-732"],
        ),
        DATA,
        |resource, report| public(resource, "everybody on the internet holds this role here; name the members", report),
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-public-service",
            "everybody may call a service",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-306"],
        )),
        SERVICES,
        |resource, report| {
            public(resource, "everybody on the internet may call this service without logging in", report)
        },
    ),
    Check::on_resource(
        meta(
            "iac/google-public-dataset",
            "dataset is open to everybody",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CIS-GCP:7.1", "CWE-732"],
        ),
        &["google_bigquery_dataset", "google_bigquery_dataset_access"],
        public_dataset,
    ),
    Check::on_resource(
        meta(
            "iac/google-public-acl",
            "objects of a bucket are public by ACL",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CIS-GCP:5.1", "CWE-732"],
        ),
        &[
            "google_storage_bucket_acl",
            "google_storage_default_object_acl",
            "google_storage_object_acl",
            "google_storage_bucket_access_control",
            "google_storage_default_object_access_control",
            "google_storage_object_access_control",
        ],
        public_acl,
    ),
    Check::on_resource(
        meta(
            "iac/google-primitive-role",
            "a role over nearly everything is given",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CIS-GCP:1.5", "CWE-250"],
        ),
        WIDE,
        primitive,
    ),
    Check::on_resource(
        meta(
            "iac/google-impersonation-everywhere",
            "every service account may be impersonated",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CIS-GCP:1.6", "CWE-269"],
        ),
        WIDE,
        impersonation,
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-service-account-key",
            "a key that lasts for years is made for a service account",
            PAGE,
            Severity::Medium,
            &["E2-T3", "E3-T3"],
            &["CIS-GCP:1.4", "CWE-798"],
        )),
        &["google_service_account_key"],
        |resource, report| {
            let message = "this key lies in the state and works until somebody deletes it: use workload identity";
            resource.fault(Setting { value: None, place: resource.head() }, message, report);
        },
    ),
    Check::on_resource(
        meta(
            "iac/google-federation-without-condition",
            "every pipeline of a forge may log in",
            PAGE,
            Severity::High,
            &["E2-T3", "E4-T2"],
            &["CWE-284", "CWE-346"],
        ),
        &["google_iam_workload_identity_pool_provider"],
        federation,
    ),
];

pub(super) fn members<'a>(resource: &Resource<'a>) -> impl Iterator<Item = &'a Value> {
    resource.blocks("member").chain(resource.blocks("members"))
}

fn public(resource: &Resource<'_>, message: &str, report: &mut Report<'_>) {
    for member in
        members(resource).filter(|member| matches!(member.as_str(), Some("allUsers" | "allAuthenticatedUsers")))
    {
        resource.fault_at(member.origin, message, report);
    }
}

fn public_dataset(resource: &Resource<'_>, report: &mut Report<'_>) {
    for path in ["access.special_group", "special_group", "access.iam_member", "iam_member"] {
        for setting in resource.settings(path) {
            if matches!(setting.value.and_then(Value::as_str), Some("allAuthenticatedUsers" | "allUsers")) {
                resource.fault(setting, "everybody with a Google account can read this dataset", report);
            }
        }
    }
}

fn public_acl(resource: &Resource<'_>, report: &mut Report<'_>) {
    let message = "everybody on the internet can read what is stored here";
    for name in ["predefined_acl", "default_acl"] {
        let setting = resource.setting(name);
        let public = ["publicRead", "publicReadWrite", "publicread", "publicreadwrite", "authenticatedRead"];
        if setting.value.and_then(Value::as_str).is_some_and(|acl| public.contains(&acl)) {
            resource.fault(setting, message, report);
        }
    }
    let grants = resource.blocks("role_entity").chain(resource.blocks("entity"));
    for grant in grants.filter(|grant| {
        grant.as_str().is_some_and(|text| text.ends_with("allUsers") || text.ends_with("allAuthenticatedUsers"))
    }) {
        resource.fault_at(grant.origin, message, report);
    }
}

fn primitive(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("role");
    let Some(role @ ("roles/owner" | "roles/editor")) = setting.value.and_then(Value::as_str) else { return };
    let place = Setting { value: None, ..setting };
    resource.fault(
        place,
        &format!("{role} may change nearly everything in here; give the roles that are needed"),
        report,
    );
}

fn impersonation(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("role");
    let wide =
        ["roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser", "roles/iam.serviceAccountKeyAdmin"];
    let Some(role) = setting.value.and_then(Value::as_str).filter(|role| wide.contains(role)) else { return };
    if resource.get("condition").is_some() {
        return;
    }
    let message =
        format!("{role} up here holds for every service account below, the strongest included: give it on one account");
    resource.fault(Setting { value: None, ..setting }, &message, report);
}

fn federation(resource: &Resource<'_>, report: &mut Report<'_>) {
    let shared = [
        "token.actions.githubusercontent.com",
        "gitlab.com",
        "app.terraform.io",
        "oidc.circleci.com",
        "agent.buildkite.com",
    ];
    let issuer = resource.setting("oidc.issuer_uri");
    let text = issuer.value.and_then(Value::as_str).unwrap_or("");
    let condition = resource.setting("attribute_condition");
    let absent = condition.value.is_none_or(|value| matches!(&value.kind, Kind::Text(text) if text.trim().is_empty()));
    if absent && shared.iter().any(|shared| text.contains(shared)) {
        let message = "every pipeline of that forge can get a token from this pool: \
                       compare the owner or repository in `attribute_condition`";
        resource.fault(issuer, message, report);
    }
}
