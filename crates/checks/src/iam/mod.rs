//! Policies of AWS wherever they stand: who may do what, and who may become whom.
//!
//! Terraform, templates of CloudFormation and JSON files give the same
//! [`Document`]s, and one set of checks reads them all. What only an account
//! knows (who is attached by hand, what a boundary cuts off) is not judged.

mod actions;
mod conditions;
mod document;
mod environments;
mod escalation;
mod exposure;
mod holders;
pub mod narrow;
mod trust;
mod wildcards;

use crate::check::{Run, likely, meta};
use crate::iac::Ground;
use crate::{Check, Report};

pub use actions::{Action, Level, Service, service, taken_on};
pub use document::{Document, Role};
pub use environments::IamSettings;

/// The family's checks.
pub static CHECKS: &[&[Check]] = &[
    conditions::CHECKS,
    environments::CHECKS,
    escalation::CHECKS,
    exposure::CHECKS,
    holders::CHECKS,
    trust::CHECKS,
    wildcards::CHECKS,
];

/// Whether elements of a kind hold policies.
pub(crate) fn wants(kind: &str) -> bool {
    document::PLACES.iter().any(|place| place.kind == kind) || matches!(kind, document::FILE | document::DATA)
}

/// Runs the checks of policies over everything that was evaluated.
pub(crate) fn judge(checks: &[&'static Check], ground: &Ground<'_>, report: &mut Report<'_>) {
    let chosen: Vec<_> = checks
        .iter()
        .filter_map(|check| if let Run::Policy(run) = check.run { Some((&check.meta, run)) } else { None })
        .collect();
    if chosen.is_empty() {
        return;
    }
    for document in document::all(ground) {
        for (meta, run) in &chosen {
            report.switch(meta);
            run(&document, report);
        }
    }
}
