//! CI pipelines: GitHub Actions and GitLab CI.

use crate::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[];
