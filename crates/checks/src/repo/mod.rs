//! What a repository as a whole lacks: each is said once, and only of whole repositories.

pub mod missing_autoscaler;
pub mod missing_backups;
pub mod missing_branch_rules;
pub mod missing_codeowners;
pub mod missing_commit_hook;
pub mod missing_devcontainer;
pub mod missing_disruption_budget;
pub mod missing_licence;
pub mod missing_rollback_document;
pub mod missing_runbooks;
pub mod missing_security_policy;
pub mod missing_threat_model;
pub mod missing_update_bot;
pub mod unowned_sensitive_path;

mod repository;

use crate::Check;

use repository::Repository;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &missing_autoscaler::CHECK,
    &missing_backups::CHECK,
    &missing_branch_rules::CHECK,
    &missing_codeowners::CHECK,
    &missing_commit_hook::CHECK,
    &missing_devcontainer::CHECK,
    &missing_disruption_budget::CHECK,
    &missing_licence::CHECK,
    &missing_rollback_document::CHECK,
    &missing_runbooks::CHECK,
    &missing_security_policy::CHECK,
    &missing_threat_model::CHECK,
    &missing_update_bot::CHECK,
    &unowned_sensitive_path::CHECK,
];
