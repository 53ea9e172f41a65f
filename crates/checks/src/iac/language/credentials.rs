//! Credentials that are written into the configuration.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use crate::iac::{Resource, is_secret_name, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("credentials.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/tf-credentials-in-provider",
            "credentials of a provider are written down",
            PAGE,
            Severity::High,
            &["E2-T3", "AP-1"],
            &["CWE-798"],
        ),
        &["provider", "backend"],
        in_provider,
    ),
    Check::on_resource(
        meta(
            "iac/tf-secret-as-default",
            "secret is the default of a variable",
            PAGE,
            Severity::Medium,
            &["E3-T1", "AP-1"],
            &["CWE-798"],
        ),
        &["variable"],
        as_default,
    ),
];

fn in_provider(resource: &Resource<'_>, report: &mut Report<'_>) {
    // Emulators are given made-up credentials.
    let local =
        |value: &Value| value.as_str().is_some_and(|text| text.contains("localhost") || text.contains("127.0.0.1"));
    if resource.blocks("endpoints").flat_map(|block| block.as_object().unwrap_or(&[])).any(|entry| local(&entry.value))
    {
        return;
    }
    for entry in resource.body().as_object().unwrap_or(&[]) {
        let text = entry.value.as_str().unwrap_or("");
        let plain =
            text.len() >= 6 && !text.contains(' ') && !matches!(text, "mock_access_key" | "mock_secret_key" | "test");
        let named = is_secret_name(&entry.key) || matches!(&*entry.key, "client_certificate" | "credentials");
        if plain && named && !text.ends_with(".json") && !text.starts_with(['~', '/', '.']) {
            let message = "everybody who reads this repository can act as this provider: \
                           take it from the environment, or log in by OIDC";
            let setting = resource.setting(&entry.key);
            resource.fault_secret(setting, message, report);
        }
    }
}

fn as_default(resource: &Resource<'_>, report: &mut Report<'_>) {
    let text = resource.text("default").unwrap_or("");
    let plain = text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let secret = is_secret_name(resource.name()) && !text.starts_with("arn:") && !text.starts_with(['/', '~']);
    let varied = text.bytes().any(|byte| byte.is_ascii_digit()) || resource.truth("sensitive") == Some(true);
    if plain && secret && varied && !text.starts_with("http") {
        let message = "everybody who reads this repository knows this secret, and whoever forgets to set it uses it";
        resource.fault_secret(resource.setting("default"), message, report);
    }
}
