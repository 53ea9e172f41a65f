//! Custom roles that lead to more rights.

use palisade_inventory::terraform::Value;
use palisade_inventory::wildcard;
use palisade_model::Severity;

use crate::iac::{Resource, meta};
use crate::{Check, Report};

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[Check::on_resource(
    meta(
        "iac/azure-role-gives-roles",
        "a custom role lets its holder give itself any role",
        include_str!("roles.md"),
        Severity::Medium,
        &["E4-T1", "E4-T2"],
        &["CWE-269"],
    ),
    &["azurerm_role_definition"],
    gives_roles,
)];

const GIVING: [&str; 2] =
    ["microsoft.authorization/roleassignments/write", "microsoft.authorization/roledefinitions/write"];

fn gives_roles(resource: &Resource<'_>, report: &mut Report<'_>) {
    for block in resource.blocks("permissions") {
        let excluded = || block.get("not_actions").into_iter().flat_map(Value::each);
        let known = excluded().all(|action| action.as_str().is_some());
        let covers = |action: &Value, wanted: &str| {
            action.as_str().is_some_and(|text| wildcard::covers(&text.to_ascii_lowercase(), wanted))
        };
        let gives = |action: &&Value| {
            // Everything is told by its own check.
            let named = action.as_str() != Some("*");
            let left = |wanted: &&str| covers(action, wanted) && !excluded().any(|one| covers(one, wanted));
            named && GIVING.iter().any(left)
        };
        let action = block.get("actions").into_iter().flat_map(Value::each).find(gives);
        if let Some(action) = action.filter(|_| known) {
            let message = "whoever holds this role can give itself Owner in its scope: leave out what writes roles";
            resource.fault_at(action.origin, message, report);
        }
    }
}
