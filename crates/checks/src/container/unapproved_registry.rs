//! Images from registries that the settings do not list.

use palisade_inventory::dockerfile::{Dockerfile, ImageName};
use palisade_model::{Confidence, Meta, Severity};

use super::images::pulled;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unapproved-registry",
        title: "image comes from a registry that is not approved",
        page: include_str!("unapproved_registry.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T4"],
        maps: &["CIS-DOCKER:4.2", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let approved = report.settings().container.registries.clone();
    if approved.is_empty() {
        return;
    }
    for image in pulled(file) {
        let unknown_registry = image.name.split('/').next().is_some_and(|first| first.contains('$'));
        if !unknown_registry && !is_approved(&image.name, &approved) {
            report.finding(
                image.span,
                format!("{} is in none of the registries that `palisade.toml` approves", image.name),
            );
        }
    }
}

/// Whether a name, written in full, starts with one of the prefixes.
pub(super) fn is_approved(name: &str, approved: &[String]) -> bool {
    let parts = ImageName::parse(name);
    let registry = parts.registry.unwrap_or("docker.io");
    let library = parts.registry.is_none() && !parts.repository.contains('/');
    let full = format!("{registry}/{}{}", if library { "library/" } else { "" }, parts.repository);
    approved.iter().any(|prefix| {
        let prefix = prefix.trim_end_matches('/');
        full.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}
