//! Zones of Cloudflare.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use super::{Resource, Setting, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("cloudflare.md");
const KINDS: &[&str] = &["cloudflare_zone_settings_override", "cloudflare_zone_setting"];

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
];

fn judge(resource: &Resource<'_>, name: &str, weak: &[&str], message: &str, report: &mut Report<'_>) {
    let setting: Setting<'_> = if resource.kind() == "cloudflare_zone_setting" {
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
