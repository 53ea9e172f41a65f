//! Kubernetes manifests: Pod Security Standards, RBAC, isolation, images.

mod judge;
pub mod privileged_container;

use crate::Check;

pub(crate) use judge::judge;

/// The family's checks.
pub static CHECKS: &[&Check] = &[&privileged_container::CHECK];
