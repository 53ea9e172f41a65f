//! Where modules and providers come from.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use crate::iac::resource::Setting;
use crate::iac::{Resource, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("sources.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/tf-unpinned-module",
            "module comes from a moving branch",
            PAGE,
            Severity::Medium,
            &["E2-T2"],
            &["CWE-494", "CWE-829"],
        ),
        &["module"],
        unpinned,
    ),
    Check::on_resource(
        likely(meta(
            "iac/tf-unversioned-module",
            "module comes in whichever version is newest",
            PAGE,
            Severity::Low,
            &["E2-T2"],
            &["CWE-829"],
        )),
        &["module"],
        unversioned,
    ),
    Check::on_resource(
        meta(
            "iac/tf-module-over-plain-http",
            "module is fetched without TLS",
            PAGE,
            Severity::High,
            &["E2-T2"],
            &["CWE-319", "CWE-494"],
        ),
        &["module"],
        plain_http,
    ),
    Check::on_resource(
        likely(meta(
            "iac/tf-unversioned-provider",
            "provider comes in whichever version is newest",
            PAGE,
            Severity::Info,
            &["E2-T2"],
            &["CWE-829"],
        )),
        &["terraform"],
        unversioned_provider,
    ),
];

fn source<'a>(resource: &Resource<'a>) -> Option<(&'a str, Setting<'a>)> {
    let setting = resource.setting("source");
    Some((setting.value?.as_str()?, setting))
}

fn is_git(source: &str) -> bool {
    let hosts = ["github.com/", "bitbucket.org/", "git@", "git::", "gitlab.com/"];
    hosts.iter().any(|host| source.starts_with(host))
        || source.split('?').next().is_some_and(|path| path.ends_with(".git"))
}

fn unpinned(resource: &Resource<'_>, report: &mut Report<'_>) {
    let Some((text, setting)) = source(resource).filter(|(text, _)| is_git(text)) else { return };
    let reference = text.split_once("ref=").map(|(_, rest)| rest.split('&').next().unwrap_or(""));
    let moving = reference.is_none_or(|name| matches!(name, "" | "main" | "master" | "develop" | "HEAD" | "latest"));
    if moving && resource.is_first(report, text) {
        let message =
            "whoever can push to that branch decides what the next apply does: add `?ref=` with a tag or commit";
        resource.fault(setting, message, report);
    }
}

fn unversioned(resource: &Resource<'_>, report: &mut Report<'_>) {
    let Some((text, setting)) = source(resource) else { return };
    let parts = text.split("//").next().unwrap_or("").split('/').count();
    let registry = matches!(parts, 3 | 4) && !is_git(text) && !text.starts_with('.') && !text.contains(':');
    if registry && resource.get("version").is_none() {
        resource.fault(setting, "the next `init` takes whichever version is newest: add `version`", report);
    }
}

fn plain_http(resource: &Resource<'_>, report: &mut Report<'_>) {
    let Some((text, setting)) = source(resource) else { return };
    let bare = text.strip_prefix("git::").or_else(|| text.strip_prefix("hg::")).unwrap_or(text);
    if bare.starts_with("http://") || bare.starts_with("git://") {
        resource.fault(setting, "whoever is on the way can replace this module: use https or ssh", report);
    }
}

fn unversioned_provider(resource: &Resource<'_>, report: &mut Report<'_>) {
    for block in resource.blocks("required_providers") {
        for entry in block.as_object().unwrap_or(&[]) {
            let named = match &entry.value {
                value if value.as_object().is_some() => value.get("version").is_some(),
                value => value.as_str().is_some_and(|text| !text.is_empty()) || value.is_unknown(),
            };
            let builtin =
                entry.value.get("source").and_then(Value::as_str).is_some_and(|text| text.contains("builtin"));
            if !named && !builtin {
                let message = "without a lock file the next `init` takes whichever version is newest: add `version`";
                resource.fault(Setting { value: None, place: entry.key_origin }, message, report);
            }
        }
    }
}
