//! Roles that lead to more roles, and members that are more than one meant.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use super::access::{DATA, WIDE, members};
use crate::iac::{Resource, Setting, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("grants.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        likely(meta(
            "iac/google-self-promotion",
            "a role with which its holder gives itself any role",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        )),
        WIDE,
        self_promotion,
    ),
    Check::on_resource(
        meta(
            "iac/google-whole-pool-trusted",
            "everybody of an identity pool is given a role",
            PAGE,
            Severity::High,
            &["E2-T3", "E4-T2"],
            &["CWE-284"],
        ),
        DATA,
        whole_pool,
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-custom-role-promotes",
            "a custom role leads to more permissions",
            PAGE,
            Severity::Low,
            &["E4-T1"],
            &["CWE-269"],
        )),
        &["google_project_iam_custom_role", "google_organization_iam_custom_role"],
        custom_role,
    ),
];

/// Roles that change who holds which role.
const GIVING: [&str; 5] = [
    "roles/resourcemanager.projectIamAdmin",
    "roles/resourcemanager.folderIamAdmin",
    "roles/resourcemanager.organizationAdmin",
    "roles/iam.securityAdmin",
    "roles/iam.organizationRoleAdmin",
];

fn self_promotion(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("role");
    let Some(role) = setting.value.and_then(Value::as_str).filter(|role| GIVING.contains(role)) else { return };
    // A condition limits which roles may be given.
    if resource.get("condition").is_some() {
        return;
    }
    // People who administer are few and log in; what runs by itself is what gets broken into.
    let robots = members(resource).any(|member| {
        let text = member.as_partial().unwrap_or("");
        text.starts_with("serviceAccount:") || text.starts_with("principal")
    });
    if robots {
        let message = format!(
            "{role} gives its holder every other role: limit it with a condition on \
             `iam.googleapis.com/modifiedGrantsByRole`, or give it on one resource"
        );
        resource.fault(Setting { value: None, ..setting }, &message, report);
    }
}

fn whole_pool(resource: &Resource<'_>, report: &mut Report<'_>) {
    for member in members(resource) {
        let all = member.as_partial().is_some_and(|text| {
            text.starts_with("principalSet://iam.googleapis.com/")
                && text.contains("/workloadIdentityPools/")
                && text.ends_with("/*")
        });
        if all {
            let message = "whoever the pool knows holds this role, every repository of its forge or pod of its \
                           cluster: name the subject or an attribute";
            resource.fault_at(member.origin, message, report);
        }
    }
}

/// Permissions with which a holder becomes somebody stronger, and how.
const PROMOTING: [(&str, &str); 8] = [
    ("resourcemanager.projects.setIamPolicy", "give itself every role in its project"),
    ("resourcemanager.folders.setIamPolicy", "give itself every role in its folder"),
    ("resourcemanager.organizations.setIamPolicy", "give itself every role in the organisation"),
    ("iam.roles.update", "add every permission to this role"),
    ("iam.serviceAccountKeys.create", "make keys of stronger service accounts"),
    ("iam.serviceAccounts.getAccessToken", "take tokens of stronger service accounts"),
    ("iam.serviceAccounts.signJwt", "sign tokens of stronger service accounts"),
    ("iam.serviceAccounts.setIamPolicy", "make itself every service account"),
];

fn custom_role(resource: &Resource<'_>, report: &mut Report<'_>) {
    let found = resource.blocks("permissions").find_map(|permission| {
        let (_, what) = PROMOTING.iter().find(|(known, _)| permission.as_str() == Some(known))?;
        Some((permission, what))
    });
    if let Some((permission, what)) = found {
        let message = format!("whoever holds this role over a project can {what}: give it on single accounts only");
        resource.fault_at(permission.origin, &message, report);
    }
}
