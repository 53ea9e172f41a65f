//! Clusters, web apps, machines, registries and roles.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta, network};
use crate::{Check, Report};

const PAGE: &str = include_str!("platform.md");
const APPS: &[&str] = &[
    "azurerm_linux_web_app",
    "azurerm_windows_web_app",
    "azurerm_app_service",
    "azurerm_linux_function_app",
    "azurerm_windows_function_app",
    "azurerm_function_app",
];
const CLUSTER: &[&str] = &["azurerm_kubernetes_cluster"];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta("iac/azure-cluster-without-rbac", "cluster has no roles", PAGE, Severity::High, &["E4-T1"], &["CWE-284"]),
        CLUSTER,
        Rule::new(
            "role_based_access_control_enabled|role_based_access_control.enabled",
            Wanted::NotFalse,
            "every service account may do everything in this cluster",
        ),
    ),
    Check::on_resource(
        likely(meta(
            "iac/azure-cluster-open-to-world",
            "API server of a cluster is open to the internet",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-284"],
        )),
        CLUSTER,
        open_cluster,
    ),
    Check::on_setting(
        likely(meta(
            "iac/azure-cluster-local-accounts",
            "cluster has an administrator that no directory knows",
            PAGE,
            Severity::Low,
            &["E4-T4"],
            &["CWE-287"],
        )),
        CLUSTER,
        Rule::new(
            "local_account_disabled",
            Wanted::NotFalse,
            "the local administrator's certificate works after its holder has left",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/azure-app-plaintext",
            "web app answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:9.2", "CWE-319"],
        ),
        APPS,
        Rule::new(
            "https_only",
            Wanted::True,
            "visitors who type the name send what they type readable: set `https_only = true`",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-app-old-tls",
            "web app accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:9.3", "CWE-326"],
        ),
        APPS,
        Rule::new(
            "site_config.minimum_tls_version|site_config.min_tls_version",
            Wanted::NoneOf(&["1.0", "1.1"]),
            "TLS before 1.2 has known breaks; use 1.2",
        )
        .mended("\"1.2\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-app-remote-debugging",
            "web app lets debuggers in",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-489"],
        ),
        APPS,
        Rule::new(
            "site_config.remote_debugging_enabled",
            Wanted::NotTrue,
            "whoever reaches the debugger's port owns the app",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-machine-password-login",
            "machine is logged into by a password",
            PAGE,
            Severity::Medium,
            &["E3-T3"],
            &["CWE-521"],
        ),
        &["azurerm_linux_virtual_machine", "azurerm_linux_virtual_machine_scale_set"],
        Rule::new(
            "disable_password_authentication",
            Wanted::NotFalse,
            "passwords of machines are guessed all day long: use keys",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/azure-registry-admin",
            "registry has a shared administrator",
            PAGE,
            Severity::Medium,
            &["E3-T3"],
            &["CWE-798"],
        ),
        &["azurerm_container_registry"],
        Rule::new("admin_enabled", Wanted::NotTrue, "one password, shared by all, may push images: use identities")
            .mended("false", Safety::Unsafe),
    ),
    Check::on_resource(
        likely(meta(
            "iac/azure-role-over-subscription",
            "a role over nearly everything is given",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CIS-AZURE:1.23", "CWE-250"],
        )),
        &["azurerm_role_assignment"],
        wide_role,
    ),
    Check::on_resource(
        meta(
            "iac/azure-role-of-all-actions",
            "a role allows everything",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T3"],
            &["CIS-AZURE:1.23", "CWE-250"],
        ),
        &["azurerm_role_definition"],
        all_actions,
    ),
    Check::on_setting(
        meta(
            "iac/azure-disk-unencrypted",
            "encryption of a disk is switched off",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["azurerm_managed_disk"],
        Rule::new("encryption_settings.enabled", Wanted::NotFalse, "whoever gets a copy of this disk can read it"),
    ),
];

fn open_cluster(resource: &Resource<'_>, report: &mut Report<'_>) {
    if resource.get("private_cluster_enabled").is_some_and(|value| value.as_bool() != Some(false)) {
        return;
    }
    let paths = ["api_server_access_profile.authorized_ip_ranges", "api_server_authorized_ip_ranges"];
    let given: Vec<Setting<'_>> =
        paths.iter().flat_map(|path| resource.settings(path)).filter(|setting| setting.value.is_some()).collect();
    let message =
        "every host on the internet may talk to this cluster's API server: list the addresses, or make it private";
    if given.is_empty() {
        resource.fault(Setting { value: None, place: resource.head() }, message, report);
    }
    for setting in given {
        if network::world(setting.value).is_some() {
            resource.fault(setting, message, report);
        }
    }
}

fn wide_role(resource: &Resource<'_>, report: &mut Report<'_>) {
    let role = resource.setting("role_definition_name");
    let Some(name @ ("Owner" | "Contributor" | "User Access Administrator")) = role.value.and_then(Value::as_str)
    else {
        return;
    };
    let scope = resource.get("scope");
    let subscription = scope.is_some_and(|scope| {
        let address = scope.target().map_or("", |target| &target.address);
        let text = scope.as_partial().unwrap_or("");
        let plain = text.strip_prefix("/subscriptions/").is_some_and(|rest| !rest.contains('/'));
        address.starts_with("data.azurerm_subscription.")
            || plain
            || text.starts_with("/providers/Microsoft.Management/managementGroups/")
    });
    if subscription {
        let message = format!("{name} over the whole subscription; give the role that is needed, where it is needed");
        resource.fault(Setting { value: None, ..role }, &message, report);
    }
}

fn all_actions(resource: &Resource<'_>, report: &mut Report<'_>) {
    for setting in resource.settings("permissions.actions") {
        let star = setting.value.into_iter().flat_map(Value::each).find(|action| action.as_str() == Some("*"));
        if let Some(star) = star {
            resource.fault_at(
                star.origin,
                "whoever holds this role may do everything in its scope; name the actions",
                report,
            );
        }
    }
}
