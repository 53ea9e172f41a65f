//! Where the state is kept: it holds every secret of what it describes.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use crate::iac::{Resource, Setting, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("state.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/tf-state-over-plain-http",
            "state is sent without TLS",
            PAGE,
            Severity::High,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["backend"],
        plain_http,
    ),
    Check::on_resource(
        likely(meta(
            "iac/tf-state-unencrypted",
            "state in a bucket is not asked to be encrypted",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-311"],
        )),
        &["backend"],
        unencrypted,
    ),
    Check::on_resource(
        likely(meta(
            "iac/tf-state-unlocked",
            "two runs may write the state at once",
            PAGE,
            Severity::Low,
            &["E9-T1"],
            &["CWE-362"],
        )),
        &["backend"],
        unlocked,
    ),
];

fn plain_http(resource: &Resource<'_>, report: &mut Report<'_>) {
    for name in ["address", "lock_address", "unlock_address"] {
        let setting = resource.setting(name);
        let text = setting.value.and_then(Value::as_str).unwrap_or("");
        let local = text.contains("://localhost") || text.contains("://127.0.0.1");
        if resource.name() == "http" && text.starts_with("http://") && !local {
            resource.fault(
                setting,
                "the state, with every password in it, crosses the network readable: use https",
                report,
            );
        }
    }
    let skipped = resource.setting("skip_cert_verification");
    if skipped.value.and_then(Value::as_bool) == Some(true) {
        resource.fault(skipped, "whoever is on the way can read and replace the state", report);
    }
}

/// A backend whose settings come with `-backend-config` says little here.
fn is_partial(resource: &Resource<'_>) -> bool {
    resource.get("bucket").is_none() || resource.get("key").is_none()
}

fn unencrypted(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("encrypt");
    let missed = setting.value.is_none_or(|value| value.as_bool() == Some(false));
    if resource.name() == "s3" && missed && !is_partial(resource) {
        resource.fault(setting, "the state holds every secret of what it describes: set `encrypt = true`", report);
    }
}

fn unlocked(resource: &Resource<'_>, report: &mut Report<'_>) {
    let locked = resource.get("use_lockfile").is_some_and(|value| value.as_bool() != Some(false))
        || resource.get("dynamodb_table").is_some();
    if resource.name() == "s3" && !locked && !is_partial(resource) {
        let place = resource.head();
        let message = "two runs at once can each lose what the other did: set `use_lockfile = true`";
        resource.fault(Setting { value: None, place }, message, report);
    }
}
