//! Gateways and the firewalls in front of web apps.

use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("edge.md");
const FIREWALLS: &[&str] = &[
    "azurerm_web_application_firewall_policy",
    "azurerm_cdn_frontdoor_firewall_policy",
    "azurerm_frontdoor_firewall_policy",
    "azurerm_application_gateway",
];

/// Switches of an API gateway for protocols with known breaks, under the names of newer and older providers.
const OLD_PROTOCOLS: [&str; 12] = [
    "security.frontend_ssl30_enabled",
    "security.frontend_tls10_enabled",
    "security.frontend_tls11_enabled",
    "security.backend_ssl30_enabled",
    "security.backend_tls10_enabled",
    "security.backend_tls11_enabled",
    "security.enable_frontend_ssl30",
    "security.enable_frontend_tls10",
    "security.enable_frontend_tls11",
    "security.enable_backend_ssl30",
    "security.enable_backend_tls10",
    "security.enable_backend_tls11",
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        likely(meta(
            "iac/azure-firewall-only-watches",
            "firewall for web apps lets attacks through",
            PAGE,
            Severity::Medium,
            &["US-024.3"],
            &["CWE-693"],
        )),
        FIREWALLS,
        Rule::new(
            "policy_settings.mode|mode|waf_configuration.firewall_mode",
            Wanted::NoneOf(&["Detection"]),
            "what it recognises as an attack is written down and let through; use Prevention",
        )
        .mended("\"Prevention\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-firewall-off",
            "firewall for web apps is switched off",
            PAGE,
            Severity::Medium,
            &["US-024.3"],
            &["CWE-693"],
        ),
        FIREWALLS,
        Rule::new(
            "policy_settings.enabled|enabled|waf_configuration.enabled",
            Wanted::NotFalse,
            "it is declared and lets every attack through",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/azure-gateway-old-tls",
            "gateway accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["azurerm_application_gateway"],
        Rule::new(
            "ssl_policy.min_protocol_version|ssl_policy.policy_name",
            Wanted::NoneOf(&["TLSv1_0", "TLSv1_1", "AppGwSslPolicy20150501", "AppGwSslPolicy20170401"]),
            "TLS before 1.2 has known breaks; use TLSv1_2, or the policy AppGwSslPolicy20220101",
        ),
    ),
    Check::on_resource(
        meta(
            "iac/azure-api-old-tls",
            "API gateway speaks old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["azurerm_api_management"],
        old_protocols,
    ),
];

fn old_protocols(resource: &Resource<'_>, report: &mut Report<'_>) {
    for path in OLD_PROTOCOLS {
        for setting in resource.settings(path) {
            if setting.value.and_then(|value| value.as_bool()) == Some(true) {
                let message = "SSL 3.0 and TLS before 1.2 have known breaks: leave them off";
                resource.fault(setting, message, report);
            }
        }
    }
}
