//! Messages, apps in containers, keys, backups and what watches over a subscription.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("services.md");
const MESSAGES: &[&str] = &["azurerm_servicebus_namespace", "azurerm_eventhub_namespace"];
const APPS: &[&str] = &[
    "azurerm_linux_web_app",
    "azurerm_windows_web_app",
    "azurerm_app_service",
    "azurerm_linux_function_app",
    "azurerm_windows_function_app",
    "azurerm_function_app",
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/azure-messages-old-tls",
            "messages or cache accept old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["azurerm_servicebus_namespace", "azurerm_eventhub_namespace", "azurerm_redis_cache"],
        Rule::new("minimum_tls_version", Wanted::NoneOf(&["1.0", "1.1"]), "TLS before 1.2 has known breaks; use 1.2")
            .mended("\"1.2\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-messages-open-network",
            "messages are reached from every network",
            PAGE,
            Severity::Low,
            &["E6-T3"],
            &["CWE-284"],
        ),
        MESSAGES,
        Rule::new(
            "network_rule_set.default_action|network_rulesets.default_action",
            Wanted::NoneOf(&["Allow"]),
            "a stolen key can be used from anywhere: deny by default and list the networks",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/azure-cache-without-login",
            "cache asks for no password",
            PAGE,
            Severity::Medium,
            &["E6-T3"],
            &["CWE-306"],
        ),
        &["azurerm_redis_cache"],
        Rule::new(
            "redis_configuration.authentication_enabled|redis_configuration.enable_authentication",
            Wanted::NotFalse,
            "whoever reaches this network reads and changes what is cached",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/azure-database-tls-off",
            "database is told not to insist on TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:4.3.1", "CWE-319"],
        ),
        &["azurerm_mysql_flexible_server_configuration", "azurerm_postgresql_flexible_server_configuration"],
        tls_off,
    ),
    Check::on_setting(
        meta(
            "iac/azure-container-app-plaintext",
            "app in a container answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["azurerm_container_app"],
        Rule::new(
            "ingress.allow_insecure_connections",
            Wanted::NotTrue,
            "visitors who type the name send what they type readable",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-registry-anonymous-pull",
            "registry gives images to anybody",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-306"],
        ),
        &["azurerm_container_registry"],
        Rule::new("anonymous_pull_enabled", Wanted::NotTrue, "everybody on the internet may pull every image of yours")
            .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/azure-cluster-without-network-policy",
            "cluster cannot enforce network policies",
            PAGE,
            Severity::Low,
            &["E6-T1"],
            &["CWE-284"],
        )),
        &["azurerm_kubernetes_cluster"],
        Rule::new(
            "network_profile.network_policy",
            Wanted::Set,
            "every pod reaches every other, and policies that are applied do nothing: choose an engine",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/azure-app-plaintext-upload",
            "files of a web app are uploaded without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:9.10", "CWE-319"],
        ),
        APPS,
        Rule::new(
            "site_config.ftps_state",
            Wanted::NoneOf(&["AllAllowed"]),
            "the password that replaces this app crosses the network readable; use Disabled",
        )
        .mended("\"Disabled\"", Safety::Unsafe),
    ),
    Check::on_resource(
        likely(meta(
            "iac/azure-app-any-origin",
            "web app answers scripts of every site",
            PAGE,
            Severity::Low,
            &["US-024.3"],
            &["CWE-942"],
        )),
        APPS,
        any_origin,
    ),
    Check::on_resource(
        likely(meta(
            "iac/azure-key-without-end",
            "key neither ends nor rotates",
            PAGE,
            Severity::Low,
            &["E3-T2"],
            &["CIS-AZURE:8.1", "CWE-324"],
        )),
        &["azurerm_key_vault_key"],
        key_without_end,
    ),
    Check::on_setting(
        meta(
            "iac/azure-backups-deleted-at-once",
            "backups can be deleted for good at once",
            PAGE,
            Severity::Medium,
            &["E9-T1"],
            &["CWE-693"],
        ),
        &["azurerm_recovery_services_vault"],
        Rule::new(
            "soft_delete_enabled",
            Wanted::NotFalse,
            "whoever breaks in deletes the backups first, and nobody can bring them back",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/azure-service-public",
            "service has a public address",
            PAGE,
            Severity::Low,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        )),
        &[
            "azurerm_automation_account",
            "azurerm_batch_account",
            "azurerm_cognitive_account",
            "azurerm_eventgrid_domain",
            "azurerm_eventgrid_topic",
            "azurerm_machine_learning_workspace",
            "azurerm_search_service",
            "azurerm_synapse_workspace",
        ],
        Rule::new(
            "public_network_access_enabled",
            Wanted::NotTrue,
            "the internet reaches it, and a stolen key is enough: use a private endpoint",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/azure-watch-off",
            "Defender is switched off for a kind of resources",
            PAGE,
            Severity::Low,
            &["E7-T2"],
            &["CWE-778"],
        )),
        &["azurerm_security_center_subscription_pricing"],
        Rule::new("tier", Wanted::NoneOf(&["Free"]), "attacks on these resources are seen by nobody; use Standard"),
    ),
    Check::on_setting(
        meta(
            "iac/azure-database-watch-off",
            "alerts of a database server are switched off",
            PAGE,
            Severity::Low,
            &["E7-T2"],
            &["CWE-778"],
        ),
        &["azurerm_mssql_server_security_alert_policy"],
        Rule::new("state", Wanted::NoneOf(&["Disabled"]), "they are declared, and nobody is told of an attack")
            .mended("\"Enabled\"", Safety::Unsafe),
    ),
];

fn tls_off(resource: &Resource<'_>, report: &mut Report<'_>) {
    let insists = resource.text("name").is_some_and(|name| name.eq_ignore_ascii_case("require_secure_transport"));
    let setting = resource.setting("value");
    if insists && setting.value.and_then(Value::as_str).is_some_and(|value| value.eq_ignore_ascii_case("off")) {
        resource.fault(setting, "passwords and rows may cross the network readable: set this to `ON`", report);
    }
}

fn any_origin(resource: &Resource<'_>, report: &mut Report<'_>) {
    for setting in resource.settings("site_config.cors.allowed_origins") {
        if let Some(star) = setting.value.into_iter().flat_map(Value::each).find(|one| one.as_str() == Some("*")) {
            let message = "scripts of every site may read its answers; list the sites";
            resource.fault_at(star.origin, message, report);
        }
    }
}

fn key_without_end(resource: &Resource<'_>, report: &mut Report<'_>) {
    if ["expiration_date", "rotation_policy"].iter().all(|name| resource.setting(name).value.is_none()) {
        let message = "a key that leaked once opens everything until it is replaced by hand: \
                       add a `rotation_policy`, or an `expiration_date`";
        resource.fault(Setting { value: None, place: resource.head() }, message, report);
    }
}
