//! Images of services from registries that the settings do not list.

use palisade_inventory::compose::Compose;
use palisade_model::{Confidence, Meta, Severity};

use super::unapproved_registry::is_approved;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/unapproved-service-registry",
        title: "service image comes from a registry that is not approved",
        page: include_str!("unapproved_service_registry.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T4"],
        maps: &["CWE-829"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    let approved = report.settings().container.registries.clone();
    for (service, node) in compose.stating("image") {
        let Some(name) = node.as_str() else { continue };
        let resolved = super::compose_values::with_defaults(name);
        let unknown = resolved.split('/').next().is_some_and(|first| first.contains('$'));
        if !approved.is_empty() && !unknown && service.get("build").is_none() && !is_approved(&resolved, &approved) {
            report
                .finding(node.span(), format!("{resolved} is in none of the registries that `palisade.toml` approves"));
        }
    }
}
