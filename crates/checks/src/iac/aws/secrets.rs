//! Secrets that are kept where they can be read, or lost too easily.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use super::containers::is_written_secret;
use crate::iac::{Resource, Rule, Wanted, is_secret_name, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("secrets.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        likely(meta(
            "iac/aws-parameter-plaintext",
            "secret is kept as a plain parameter",
            PAGE,
            Severity::Medium,
            &["E3-T1"],
            &["CWE-312"],
        )),
        &["aws_ssm_parameter"],
        plaintext_parameter,
    ),
    Check::on_resource(
        meta(
            "iac/aws-secret-value-in-code",
            "value of a managed secret is written down",
            PAGE,
            Severity::High,
            &["E3-T1", "AP-1"],
            &["CWE-798"],
        ),
        &["aws_secretsmanager_secret_version"],
        value_in_code,
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-secret-deleted-quickly",
            "secret is gone at once when it is deleted",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CWE-693"],
        )),
        &["aws_secretsmanager_secret"],
        Rule::new(
            "recovery_window_in_days",
            Wanted::AtLeastIfSet(1.0),
            "a renamed resource or a wrong workspace deletes this secret, and nobody can bring it back",
        ),
    ),
];

fn plaintext_parameter(resource: &Resource<'_>, report: &mut Report<'_>) {
    let name = resource.get("name").and_then(Value::as_partial).unwrap_or("");
    let setting = resource.setting("type");
    let plain = setting.value.and_then(Value::as_str).is_some_and(|kind| matches!(kind, "String" | "StringList"));
    let speaks = is_secret_name(name.rsplit('/').next().unwrap_or(""));
    // Addresses and names of secrets are no secrets.
    let harmless = ["value", "insecure_value"].into_iter().filter_map(|name| resource.get(name)).any(|value| {
        value.as_bool().is_some()
            || value.as_number().is_some()
            || value.as_partial().is_some_and(|text| text.starts_with("http") || text.contains("arn:"))
            || value.as_str().is_some() && !is_written_secret("password", value)
    });
    if plain && speaks && !harmless {
        let message = "everybody who may list parameters reads this secret: use `SecureString`, or a secrets manager";
        resource.fault(setting, message, report);
    }
}

fn value_in_code(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("secret_string");
    let Some(value) = setting.value else { return };
    // A value that only fills the place until somebody writes the real one.
    let replaced = resource.blocks("lifecycle").any(|lifecycle| lifecycle.entry("ignore_changes").is_some());
    if replaced || value.as_partial().is_some_and(|text| text.starts_with("http")) {
        return;
    }
    let written = match value.decoded().as_ref().and_then(Value::as_object) {
        Some(entries) => entries.iter().any(|entry| is_written_secret(&entry.key, &entry.value)),
        None => is_written_secret("password", value),
    };
    if written {
        let message = "everybody who reads this repository or its state knows this secret: \
                       make it at random, or write it into the secrets manager by hand";
        resource.fault_secret(setting, message, report);
    }
}
