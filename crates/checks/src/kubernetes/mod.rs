//! Kubernetes manifests: Pod Security Standards, RBAC, isolation, images.

pub mod privileged_container;

use crate::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[&privileged_container::CHECK];
