//! Zones, tunnels, Access and buckets of Cloudflare.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use super::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("cloudflare.md");
const KINDS: &[&str] =
    &["cloudflare_zone_settings_override", "cloudflare_zone_setting", "cloudflare_hostname_tls_setting"];
const APPLICATIONS: &[&str] = &["cloudflare_zero_trust_access_application", "cloudflare_access_application"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/cloudflare-origin-plaintext",
            "traffic behind Cloudflare is not protected",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        KINDS,
        |resource, report| {
            let message = "visitors see a padlock, and what they send goes on readable, or to an origin nobody checked: use `strict`";
            judge(resource, "ssl", &["off", "flexible", "full"], message, report);
        },
    ),
    Check::on_resource(
        meta("iac/cloudflare-old-tls", "zone accepts old TLS", PAGE, Severity::Medium, &["US-024.4"], &["CWE-326"]),
        KINDS,
        |resource, report| {
            judge(resource, "min_tls_version", &["1.0", "1.1"], "TLS before 1.2 has known breaks; use 1.2", report)
        },
    ),
    Check::on_resource(
        meta("iac/cloudflare-plaintext", "zone answers without TLS", PAGE, Severity::Low, &["US-024.4"], &["CWE-319"]),
        KINDS,
        |resource, report| {
            let message = "visitors who type the name are not sent to HTTPS";
            judge(resource, "always_use_https", &["off"], message, report);
        },
    ),
    Check::on_resource(
        meta(
            "iac/cloudflare-firewall-off",
            "zone has no firewall",
            PAGE,
            Severity::Medium,
            &["US-024.3"],
            &["CWE-693"],
        ),
        KINDS,
        |resource, report| judge(resource, "waf", &["off"], "attacks on known holes reach the origin", report),
    ),
    Check::on_resource(
        likely(meta(
            "iac/cloudflare-guard-off",
            "zone lets known attackers in",
            PAGE,
            Severity::Low,
            &["US-024.3"],
            &["CWE-693"],
        )),
        KINDS,
        |resource, report| {
            let message = "addresses that attack others are not even challenged; use medium";
            judge(resource, "security_level", &["off", "essentially_off"], message, report);
        },
    ),
    Check::on_resource(
        meta(
            "iac/cloudflare-origin-unchecked",
            "tunnel takes every certificate of its origin",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-295"],
        ),
        &["cloudflare_zero_trust_tunnel_cloudflared_config", "cloudflare_tunnel_config"],
        unchecked_origin,
    ),
    Check::on_resource(
        likely(meta(
            "iac/cloudflare-access-for-everyone",
            "application behind Access is open to everybody",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-284"],
        )),
        &["cloudflare_zero_trust_access_policy", "cloudflare_access_policy"],
        for_everyone,
    ),
    Check::on_setting(
        meta(
            "iac/cloudflare-access-any-origin",
            "application behind Access answers scripts of every site",
            PAGE,
            Severity::Low,
            &["US-024.3"],
            &["CWE-942"],
        ),
        APPLICATIONS,
        Rule::new(
            "cors_headers.allow_all_origins",
            Wanted::NotTrue,
            "scripts of every site may call it with the login of whoever visits; list the sites",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/cloudflare-access-cookie-for-scripts",
            "scripts may read the cookie of a login",
            PAGE,
            Severity::Low,
            &["US-024.3"],
            &["CWE-1004"],
        ),
        APPLICATIONS,
        Rule::new(
            "http_only_cookie_attribute",
            Wanted::NotFalse,
            "one injected script takes the login of everybody who sees it",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_setting(
        likely(meta(
            "iac/cloudflare-bucket-public",
            "bucket is public",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-732"],
        )),
        &["cloudflare_r2_managed_domain"],
        Rule::new("enabled", Wanted::NotTrue, "everybody on the internet can read what is stored in this bucket")
            .mended("false", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/cloudflare-bucket-old-tls",
            "bucket accepts old TLS",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["cloudflare_r2_custom_domain"],
        Rule::new(
            "min_tls",
            Wanted::OneOf(&["1.2", "1.3"]),
            "TLS before 1.2, which has known breaks, is accepted when nothing is set; use 1.2",
        )
        .mended("\"1.2\"", Safety::Unsafe),
    ),
];

fn unchecked_origin(resource: &Resource<'_>, report: &mut Report<'_>) {
    // The rule of one host has another name in older providers.
    for path in ["config.origin_request", "config.ingress.origin_request", "config.ingress_rule.origin_request"] {
        for setting in resource.settings(&format!("{path}.no_tls_verify")) {
            if setting.value.and_then(Value::as_bool) == Some(true) {
                let message = "whoever sits before the origin can play it: give its authority by `ca_pool` instead";
                resource.fault(setting, message, report);
            }
        }
    }
}

fn for_everyone(resource: &Resource<'_>, report: &mut Report<'_>) {
    let decision = resource.text("decision").unwrap_or("");
    let narrowed = resource.get("require").is_some_and(|value| value.as_list().is_none_or(|list| !list.is_empty()));
    for include in resource.blocks("include") {
        let everyone = include.entry("everyone").filter(|entry| !entry.value.is_null());
        let meant = everyone.filter(|entry| entry.value.as_bool() != Some(false) && !entry.value.is_unknown());
        let message = match decision {
            "bypass" => "everybody on the internet gets past Access without a login",
            "allow" if !narrowed => "everybody who can log in anywhere gets in: name groups, domains or addresses",
            _ => continue,
        };
        if let Some(entry) = meant {
            resource.fault(Setting { value: None, place: entry.key_origin }, message, report);
        }
    }
}

fn judge(resource: &Resource<'_>, name: &str, weak: &[&str], message: &str, report: &mut Report<'_>) {
    let setting: Setting<'_> = if resource.kind() != "cloudflare_zone_settings_override" {
        if resource.text("setting_id") != Some(name) {
            return;
        }
        resource.setting("value")
    } else {
        resource.setting(&format!("settings.{name}"))
    };
    if setting.value.and_then(Value::as_str).is_some_and(|value| weak.contains(&value)) {
        resource.fault(setting, message, report);
    }
}
