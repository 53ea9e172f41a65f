//! Storage accounts, key vaults and databases.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("data.md");
const STORAGE: &[&str] = &["azurerm_storage_account"];
const SQL: &[&str] = &[
    "azurerm_mssql_server",
    "azurerm_sql_server",
    "azurerm_postgresql_server",
    "azurerm_mysql_server",
    "azurerm_mariadb_server",
    "azurerm_postgresql_flexible_server",
    "azurerm_cosmosdb_account",
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        likely(meta(
            "iac/azure-storage-public-allowed",
            "containers of a storage account may be made public",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CIS-AZURE:3.7", "CWE-732"],
        )),
        STORAGE,
        Rule::new(
            "allow_nested_items_to_be_public",
            Wanted::False,
            "one wrong container setting publishes its files: set `allow_nested_items_to_be_public = false`",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-container-public",
            "container of files is public",
            PAGE,
            Severity::High,
            &["E4-T3"],
            &["CIS-AZURE:3.7", "CWE-732"],
        ),
        &["azurerm_storage_container"],
        Rule::new(
            "container_access_type",
            Wanted::NoneOf(&["blob", "container"]),
            "everybody on the internet can read what is stored here",
        )
        .mended("\"private\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-storage-plaintext",
            "storage account answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:3.1", "CWE-319"],
        ),
        STORAGE,
        Rule::new(
            "https_traffic_only_enabled|enable_https_traffic_only",
            Wanted::NotFalse,
            "keys and files cross the network readable",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-storage-old-tls",
            "storage account accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:3.15", "CWE-326"],
        ),
        STORAGE,
        Rule::new(
            "min_tls_version",
            Wanted::NoneOf(&["TLS1_0", "TLS1_1"]),
            "TLS before 1.2 has known breaks; use TLS1_2",
        )
        .mended("\"TLS1_2\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-storage-open-network",
            "storage account is reached from every network",
            PAGE,
            Severity::Low,
            &["E6-T3"],
            &["CIS-AZURE:3.8", "CWE-284"],
        ),
        &["azurerm_storage_account", "azurerm_storage_account_network_rules"],
        Rule::new(
            "network_rules.default_action|default_action",
            Wanted::NoneOf(&["Allow"]),
            "whoever has a key can use it from anywhere: deny by default and list the networks",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/azure-vault-without-purge-protection",
            "keys and secrets can be deleted for good at once",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CIS-AZURE:8.5", "CWE-693"],
        )),
        &["azurerm_key_vault"],
        Rule::new(
            "purge_protection_enabled",
            Wanted::True,
            "whoever may delete this vault can make everything it encrypts unreadable for ever",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/azure-vault-open-network",
            "key vault is reached from every network",
            PAGE,
            Severity::Low,
            &["E6-T3"],
            &["CWE-284"],
        ),
        &["azurerm_key_vault"],
        Rule::new(
            "network_acls.default_action",
            Wanted::NoneOf(&["Allow"]),
            "a stolen token can be used from anywhere: deny by default and list the networks",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/azure-database-public",
            "database server has a public address",
            PAGE,
            Severity::Medium,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        )),
        SQL,
        Rule::new(
            "public_network_access_enabled",
            Wanted::NotTrue,
            "the server is reached by a public address: use a private endpoint",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/azure-database-open-to-world",
            "database server lets the internet in",
            PAGE,
            Severity::High,
            &["E4-T3", "E6-T3"],
            &["CIS-AZURE:4.1.2", "CWE-284"],
        ),
        &[
            "azurerm_mssql_firewall_rule",
            "azurerm_sql_firewall_rule",
            "azurerm_postgresql_firewall_rule",
            "azurerm_postgresql_flexible_server_firewall_rule",
            "azurerm_mysql_firewall_rule",
            "azurerm_mysql_flexible_server_firewall_rule",
            "azurerm_mariadb_firewall_rule",
            "azurerm_redis_firewall_rule",
        ],
        open_database,
    ),
    Check::on_setting(
        meta(
            "iac/azure-database-plaintext",
            "database server answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-AZURE:4.3.1", "CWE-319"],
        ),
        SQL,
        Rule::new("ssl_enforcement_enabled", Wanted::NotFalse, "passwords and rows cross the network readable")
            .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-database-old-tls",
            "database server accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        SQL,
        Rule::new(
            "minimum_tls_version|ssl_minimal_tls_version_enforced|minimal_tls_version",
            Wanted::NoneOf(&["1.0", "TLS1_0", "TLS1_1", "Tls", "Tls11", "1.1", "Disabled"]),
            "TLS before 1.2 has known breaks; use 1.2",
        ),
    ),
    Check::on_resource(
        meta(
            "iac/azure-database-password-in-code",
            "administrator's password of a database is written down",
            PAGE,
            Severity::High,
            &["E3-T1", "AP-1"],
            &["CWE-798"],
        ),
        SQL,
        password_in_code,
    ),
    Check::on_setting(
        meta(
            "iac/azure-cache-plaintext",
            "cache answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["azurerm_redis_cache"],
        Rule::new(
            "non_ssl_port_enabled|enable_non_ssl_port",
            Wanted::NotTrue,
            "sessions and passwords in this cache cross the network readable",
        )
        .mended("false", Safety::Unsafe),
    ),
];

fn open_database(resource: &Resource<'_>, report: &mut Report<'_>) {
    let end = resource.setting("end_ip_address");
    let from = resource.text("start_ip_address").unwrap_or("");
    match (from, end.value.and_then(Value::as_str).unwrap_or("")) {
        ("0.0.0.0", "255.255.255.255") => {
            resource.fault(
                end,
                "every host on the internet may try to log in to this server; list the addresses",
                report,
            );
        }
        ("0.0.0.0", "0.0.0.0") => {
            let message = "machines of every Azure customer may try to log in to this server: use a private endpoint";
            if let Some(draft) = resource.fault(end, message, report) {
                draft.severity(resource.limit(Severity::Medium));
            }
        }
        _ => {}
    }
}

fn password_in_code(resource: &Resource<'_>, report: &mut Report<'_>) {
    for name in ["administrator_login_password", "administrator_password"] {
        let setting = resource.setting(name);
        if setting.value.and_then(Value::as_str).is_some_and(|text| !text.is_empty()) {
            let message =
                "everybody who reads this repository or its state knows this password: take it from a key vault";
            resource.fault_secret(setting, message, report);
        }
    }
}
