//! Policies of AWS wherever they stand: who may do what, and who may become whom.
//!
//! Terraform, templates of CloudFormation and JSON files give the same
//! [`Document`]s, and one set of checks reads them all; [`Access`] joins them with
//! who holds them. What only an account knows (what is attached by hand, which
//! policies of the organisation are above it) is not judged.

mod actions;
mod boundary;
mod chains;
mod conditions;
mod document;
mod environments;
mod escalation;
mod exposure;
mod holders;
mod holding;
mod managed;
pub mod narrow;
mod organizations;
mod pods;
mod reach;
mod trust;
mod wildcards;

use palisade_inventory::Inventory;

use crate::check::{Run, likely, meta};
use crate::iac::Ground;
use crate::{Check, Report};

pub use actions::{Action, Level, Service, service, taken_on};
pub use document::{Document, Role};
pub use environments::IamSettings;
pub use holding::Access;
pub(crate) use pods::has_accounts;

/// The family's checks.
pub static CHECKS: &[&[Check]] = &[
    chains::CHECKS,
    conditions::CHECKS,
    environments::CHECKS,
    escalation::CHECKS,
    exposure::CHECKS,
    holders::CHECKS,
    organizations::CHECKS,
    pods::CHECKS,
    trust::CHECKS,
    wildcards::CHECKS,
];

/// Whether elements of a kind hold policies.
pub(crate) fn wants(kind: &str) -> bool {
    document::PLACES.iter().any(|place| place.kind == kind)
        || holding::wants(kind)
        || pods::wants(kind)
        || matches!(kind, document::FILE | document::DATA)
}

/// Runs the checks of policies over everything that was evaluated.
pub(crate) fn judge(checks: &[&'static Check], ground: &Ground<'_>, inventory: &Inventory, report: &mut Report<'_>) {
    if !checks.iter().any(|check| matches!(check.run, Run::Policy(_) | Run::Access(_))) {
        return;
    }
    let access = Access::of(ground, inventory);
    for check in checks {
        report.switch(&check.meta);
        match check.run {
            Run::Policy(run) => access.documents.iter().for_each(|document| run(document, report)),
            Run::Access(run) => run(&access, report),
            _ => {}
        }
    }
}
